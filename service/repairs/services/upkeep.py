"""The upkeep of older estates outside their maintenance fund (SVC-101)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.rules.text import clean_lines, clean_text
from service.repairs.errors import RepairRefusedError
from service.repairs.models import UpkeepItem, UpkeepPlan

ENDED = ("done", "dropped")


@transaction.atomic
def save_plan(plan: UpkeepPlan, *, actor: User, now: datetime) -> UpkeepPlan:
    """Write a plan and return it."""
    plan.name = clean_text(plan.name)
    plan.save()
    _audit(plan, "plan", actor, now)
    return plan


@transaction.atomic
def save_item(item: UpkeepItem, *, actor: User, now: datetime) -> UpkeepItem:
    """Write an item of a plan and return it; what is over needs its result (RepairRefusedError)."""
    item.result = clean_lines(item.result)
    if item.state in ENDED and not item.result:
        raise RepairRefusedError(_("Write down what came of it."))
    item.save()
    _audit(item.plan, item.state, actor, now)
    return item


def _audit(plan: UpkeepPlan, what: str, actor: User, now: datetime) -> None:
    record(
        kind="upkeep.saved",
        actor=actor,
        subject=("upkeep-plan", plan.pk),
        facts={"what": what},
        now=now,
    )
