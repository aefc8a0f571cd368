"""Making and changing the plan by which a purchase is paid (CUS-70)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.display import money
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.payment.errors import PlanError
from customers.payment.models import Instalment, PaymentPlan
from customers.payment.policies import MOST_LINES
from customers.payment.rules import day_of, difference
from customers.payment.selectors import OWING
from customers.purchase.models import Purchase
from customers.purchase.rules import Step
from customers.purchase.services.locking import lock_purchase
from customers.rules.text import clean_text


@dataclass(frozen=True, slots=True)
class Line:
    """One instalment as somebody wants it: ``days`` after the signature, or a fixed day."""

    label: str
    amount: Decimal
    days: int | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan as somebody wants it; ``version`` is that of the plan it was made from, 0: none."""

    method: str
    lines: Sequence[Line]
    version: int = 0


@transaction.atomic
def set_plan(*, purchase: Purchase, draft: Draft, actor: User, now: datetime) -> PaymentPlan:
    """Write the plan of a purchase, in place of the one before, and return it.

    Instalments keep their place, so what was reminded of is not told again. Raise PlanError for a
    purchase without an agreed price, a line that says nothing, and where the instalments do not
    add up; StaleError where somebody changed the plan meanwhile.
    """
    current = lock_purchase(purchase)
    if current.state not in OWING or current.agreed_total is None:
        raise PlanError(_("A plan needs a subscription with its agreed price."))
    _check(draft, current.agreed_total)
    plan = PaymentPlan.objects.filter(purchase=current).first()
    if draft.version != (plan.version if plan else 0):
        raise StaleError(_("Somebody else changed the plan meanwhile. Reload."))
    if plan is None:
        plan = PaymentPlan(purchase=current, version=0)
    plan.method, plan.total = draft.method, current.agreed_total
    plan.version, plan.made_by = plan.version + 1, actor
    plan.save()
    _write_lines(plan, draft, signed_on=_day(current.signed_at))
    record(
        kind="payment.plan_set",
        actor=actor,
        subject=("purchase", current.pk),
        facts={"version": plan.version, "method": plan.method, "instalments": len(draft.lines)},
        now=now,
    )
    return plan


def date_plan(purchase: Purchase, step: Step, _actor: User | None, now: datetime) -> None:
    """Give the instalments that count from the signature their days, once it is made."""
    if step is not Step.SIGN:
        return
    signed_on = _day(purchase.signed_at or now)
    rows = list(Instalment.objects.filter(plan__purchase=purchase, days__isnull=False))
    for row in rows:
        row.due_on = day_of(days=row.days, fixed=None, signed_on=signed_on)
    Instalment.objects.bulk_update(rows, ["due_on"])


def _check(draft: Draft, total: Decimal) -> None:
    if not draft.lines:
        raise PlanError(_("Enter at least one instalment."))
    if len(draft.lines) > MOST_LINES:
        raise PlanError(_("Enter at most %(count)s instalments.") % {"count": MOST_LINES})
    for number, line in enumerate(draft.lines, start=1):
        if not clean_text(line.label) or line.amount <= 0:
            raise PlanError(
                _("Instalment %(number)s needs a name and an amount above 0.") % {"number": number}
            )
        if (line.days is None) == (line.due_on is None):
            raise PlanError(
                _("Instalment %(number)s needs either a day or days after the signature.")
                % {"number": number}
            )
    over = difference((line.amount for line in draft.lines), total)
    if over:
        words = (
            _("The instalments exceed the agreed price of %(total)s by %(gap)s.")
            if over > 0
            else _("The instalments fall short of the agreed price of %(total)s by %(gap)s.")
        )
        raise PlanError(words % {"total": money(total), "gap": money(abs(over))})


def _write_lines(plan: PaymentPlan, draft: Draft, *, signed_on: date | None) -> None:
    known = {row.position: row for row in plan.instalments.all()}
    wanted = [
        Instalment(
            pk=known[place].pk if place in known else None,
            plan=plan,
            position=place,
            label=clean_text(line.label),
            amount=line.amount,
            days=line.days,
            due_on=day_of(days=line.days, fixed=line.due_on, signed_on=signed_on),
        )
        for place, line in enumerate(draft.lines, start=1)
    ]
    plan.instalments.filter(position__gt=len(wanted)).delete()
    old = [row for row in wanted if row.pk]
    Instalment.objects.bulk_update(old, ["label", "amount", "days", "due_on"])
    Instalment.objects.bulk_create(row for row in wanted if not row.pk)


def _day(moment: datetime | None) -> date | None:
    return timezone.localtime(moment).date() if moment else None
