"""The derived views, the existing base and the strata as conditions of a query.

``rules.derived`` and ``rules.strata`` are the definition; tests hold both against each other.
"""

from typing import Any

from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Lower, Trim

from customers.models import IntentRegistration
from customers.rules.axes import CustomerClass, Phase
from customers.rules.derived import NEW_CLASS, Base, ProcessView, TenureView
from customers.rules.lifecycle import OWNERS
from customers.rules.strata import FIRST_HOME, NEED_WORDS, StratumRule

OWNER_CLASSES = [each.value for each in OWNERS]
HAS_BOUGHT = Q(customer_class__in=OWNER_CLASSES)
IS_NEW = Q(customer_class=NEW_CLASS.value) & ~Q(phase=Phase.CHURNED.value)
PROCESS: dict[str, Q] = {
    ProcessView.POTENTIAL.value: Q(customer_class=CustomerClass.POTENTIAL.value),
    ProcessView.INTENT.value: Q(customer_class=CustomerClass.INTENT.value),
    ProcessView.CLOSED.value: HAS_BOUGHT,
}
TENURE: dict[str, Q] = {
    TenureView.POTENTIAL.value: ~HAS_BOUGHT,
    TenureView.NEW.value: IS_NEW,
    TenureView.OLD.value: HAS_BOUGHT & ~IS_NEW,
}


def process_case() -> Case:
    """Return the view potential, intent, closed as an expression over customers."""
    return _case(PROCESS)


def tenure_case() -> Case:
    """Return the view potential, new, old as an expression over customers."""
    return _case(TENURE)


def _case(conditions: dict[str, Q]) -> Case:
    whens = [When(condition, then=Value(key)) for key, condition in conditions.items()]
    return Case(*whens, output_field=CharField())


def existing_condition(base: Base | None = None) -> Q:
    """Return who counts as existing: of one kind, or of either (CUS-18)."""
    managed = ~HAS_BOUGHT & ~Q(managed_estate="")
    if base is None:
        return HAS_BOUGHT | managed
    return HAS_BOUGHT if base is Base.OWNER else managed


def in_stratum(customers: QuerySet[Any], rule: StratumRule) -> QuerySet[Any]:
    """Return the customers of a stratum (CUS-15)."""
    narrowed = customers
    if rule.need:
        narrowed = narrowed.alias(
            _purpose=Coalesce(purpose_of_newest(), Value("")), _motive=Lower(Trim(F("motive")))
        ).filter(_need(rule.need))
    if rule.credit_status:
        narrowed = narrowed.filter(credit_status=rule.credit_status)
    if rule.budget_min is not None or rule.budget_max is not None:
        narrowed = narrowed.alias(_most=Coalesce("budget_max", "budget_min"))
    if rule.budget_min is not None:
        narrowed = narrowed.filter(_most__gte=rule.budget_min)
    if rule.budget_max is not None:
        narrowed = narrowed.filter(_most__lte=rule.budget_max)
    return narrowed


def purpose_of_newest() -> Subquery:
    """Return the purpose of the newest registered intent, as an expression over customers."""
    newest = IntentRegistration.objects.filter(customer=OuterRef("pk")).order_by("-version")
    return Subquery(newest.values("purpose")[:1])


def _need(need: str) -> Q:
    said = Q(_motive__in=NEED_WORDS[need])
    if need == FIRST_HOME:
        own = Q(_purpose="own_use") & ~HAS_BOUGHT
        return own | (Q(_purpose__in=["", "own_use"]) & said)
    return Q(_purpose=need) | (Q(_purpose="") & said)
