"""Rules of segments as conditions of a query; ``rules.tree.matches`` is the definition."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now

from customers.models import (
    CustomerStanding,
    CustomerTag,
    IntentRegistration,
    Lead,
    Purchase,
)
from customers.querysets import BUYING_CLASSES
from marketing.segments.rules.tree import Group, Leaf, Node, Op, Way

MINE: Final = OuterRef("pk")
ROWS: Final[Mapping[str, tuple[Any, str]]] = {
    "lead_state": (Lead, "state"),
    "campaign": (Lead, "campaign"),
    "tag": (CustomerTag, "tag"),
}
PATHS: Final = {"grade": "grading__grade"}
STANDING: Final = ("activity", "loyalty")
COLUMNS: Final = {"contacted": "last_contact_at", "captured": "created_at"}


def narrowed(customers: QuerySet[Any], node: Node, *, now: datetime | None = None) -> QuerySet[Any]:
    """Return those of the customers whom the rule means; days count to ``now``, else to today."""
    moment: Any = now if now is not None else Now()
    return customers.filter(condition(node, moment))


def condition(node: Node, moment: Any) -> Q:
    """Return a rule as a condition on customers that is never unknown."""
    if isinstance(node, Group):
        return _group(node, moment)
    if node.op in (Op.IN, Op.NOT_IN):
        found = _any_of(node)
        return found if node.op is Op.IN else ~found
    if node.op is Op.IS:
        flag = FLAGS[node.field]()
        return flag if node.value else ~flag
    if node.op in (Op.WITHIN, Op.LONGER, Op.NEVER):
        return _days(node, moment)
    return _number(node)


def _group(node: Group, moment: Any) -> Q:
    parts = [condition(part, moment) for part in node.parts]
    if node.way is Way.ALL:
        return reduce(and_, parts)
    joined = reduce(or_, parts)
    return joined if node.way is Way.ANY else ~joined


def _any_of(leaf: Leaf) -> Q:
    if leaf.field in ROWS:
        model, column = ROWS[leaf.field]
        wanted = {f"{column}__in": leaf.value}
        return Q(Exists(model.objects.filter(customer=MINE, **wanted)))
    if leaf.field == "purpose":
        return Q(Exists(_newest_intents().filter(purpose__in=leaf.value)))
    path = PATHS.get(leaf.field, leaf.field)
    return Q(**{f"{path}__in": leaf.value, f"{path}__isnull": False})


def _newest_intents() -> QuerySet[Any]:
    """Return the newest intent of the customer outside: the one without a later version."""
    rows = IntentRegistration.objects.filter(customer=MINE)
    later = IntentRegistration.objects.filter(
        customer=OuterRef("customer"), version__gt=OuterRef("version")
    )
    return rows.filter(~Exists(later))


def _number(leaf: Leaf) -> Q:
    if leaf.field == "purchases":
        signed = _signed().order_by().values("customer").annotate(n=Count("pk")).values("n")
        return _compared_rows(leaf, Coalesce(Subquery(signed), 0))
    bounds = _bounds(leaf)
    if leaf.field in STANDING:
        wanted = {f"{leaf.field}__{end}": value for end, value in bounds.items()}
        return Q(Exists(CustomerStanding.objects.filter(customer=MINE, **wanted)))
    wanted = {f"{leaf.field}__{end}": value for end, value in bounds.items()}
    return Q(**wanted, **{f"{leaf.field}__isnull": False})


def _bounds(leaf: Leaf) -> dict[str, Any]:
    if leaf.op is Op.BETWEEN:
        return {"gte": leaf.value[0], "lte": leaf.value[1]}
    return {"gte" if leaf.op is Op.AT_LEAST else "lte": leaf.value}


def _compared_rows(leaf: Leaf, expression: Any) -> Q:
    from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

    lookups = {"gte": GreaterThanOrEqual, "lte": LessThanOrEqual}
    parts = [Q(lookups[end](expression, value)) for end, value in _bounds(leaf).items()]
    return reduce(and_, parts)


def _days(leaf: Leaf, moment: Any) -> Q:
    edge = None if leaf.op is Op.NEVER else moment - timedelta(days=leaf.value + 1)
    if leaf.field == "signed":
        rows = _signed()
        if leaf.op is Op.NEVER:
            return ~Q(Exists(rows))
        recent = Q(Exists(rows.filter(signed_at__gt=edge)))
        return recent if leaf.op is Op.WITHIN else ~recent & Q(Exists(rows))
    column = COLUMNS[leaf.field]
    if leaf.op is Op.NEVER:
        return Q(**{f"{column}__isnull": True})
    end = "gt" if leaf.op is Op.WITHIN else "lte"
    return Q(**{f"{column}__{end}": edge, f"{column}__isnull": False})


def _signed() -> QuerySet[Any]:
    return Purchase.objects.filter(customer=MINE, signed_at__isnull=False, ended_at__isnull=True)


def _open_lead() -> Q:
    return Q(Exists(Lead.objects.open().filter(customer=MINE)))


def _high_value() -> Q:
    return Q(Exists(CustomerStanding.objects.filter(customer=MINE, is_high_value=True)))


FLAGS: Final[Mapping[str, Callable[[], Q]]] = {
    "has_owner": lambda: Q(owner__isnull=False),
    "open_lead": _open_lead,
    "bought": lambda: Q(customer_class__in=BUYING_CLASSES),
    "high_value": _high_value,
    "unreachable": lambda: Q(is_unreachable=True),
}
