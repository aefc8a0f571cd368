"""The customer specialist of each sold unit, and the first contact with the buyer (CUS-68)."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.journey.policies import SPECIALIST, SpecialistRules
from customers.journey.tried import in_company_words
from customers.models import Task
from customers.property.people import specialists_near
from customers.purchase.hooks import PartState
from customers.purchase.models import Purchase
from customers.purchase.rules import ACTIVE, Step
from customers.purchase.services.locking import lock_purchase
from customers.rules.axes import TaskKind, TaskState
from customers.services.contact_stop import refuses_contact
from customers.services.responsible import least_busy
from customers.services.tasks import (
    TaskEntry,
    cancel_task,
    create_task,
    reassign_task,
    strike_task,
)

SOURCE: Final = "specialist"
FIRST_CONTACT: Final = gettext_lazy("First contact by the customer specialist: %(unit)s")
ENDING: Final = frozenset({Step.CANCEL, Step.UNSIGN, Step.CHANGE_UNIT})


class SpecialistError(RefusedError):
    """This person cannot be the specialist of this purchase."""

    code = "specialist"
    title = gettext_lazy("This person cannot look after the buyer")


def follow(purchase: Purchase, step: Step, actor: User | None, now: datetime) -> None:
    """Name a specialist at the subscription and plan the first contact; drop it at the end.

    Another buyer is contacted anew. Runs in the transaction of the step.
    """
    if step in ENDING:
        _cancel_open(purchase, reason=_("The purchase ended"), actor=actor, now=now)
    elif step is Step.SUBSCRIBE:
        if purchase.specialist is None:
            purchase.specialist = _named_for(purchase)
            purchase.save(update_fields=["specialist"])
        _plan(purchase, actor=actor, now=now)
    elif step is Step.CHANGE_NAME:
        _cancel_open(purchase, reason=_("Another buyer"), actor=actor, now=now)
        _plan(purchase, actor=actor, now=now)


@transaction.atomic
def name_specialist(*, purchase: Purchase, person: User, actor: User, now: datetime) -> Purchase:
    """Make ``person`` the specialist of a purchase; the open first contact moves along.

    Raise SpecialistError for somebody who is not a specialist near the project.
    """
    current = lock_purchase(purchase)
    if current.state not in {each.value for each in ACTIVE}:
        raise SpecialistError(_("The purchase has ended."))
    if not specialists_near(current.project).filter(pk=person.pk).exists():
        raise SpecialistError(_("Choose a customer specialist of this project."))
    former, current.specialist = current.specialist_id, person
    current.updated_at = now
    current.save(update_fields=["specialist", "updated_at"])
    for task in contacts_of(current).filter(state=TaskState.OPEN.value):
        if task.owner_id != person.pk:
            reassign_task(task=task, owner=person, actor=actor, now=now)
    record(
        kind="purchase.specialist_named",
        actor=actor,
        subject=("purchase", current.pk),
        facts={"from": former, "to": person.pk},
        now=now,
    )
    return current


def contacts_of(purchase: Purchase) -> QuerySet[Any]:
    """Return the first contacts planned for a purchase, that of the present buyer last."""
    rows = Task.objects.filter(source=SOURCE, subject_kind="purchase", subject_id=str(purchase.pk))
    return rows.select_related("owner").order_by("pk")


def contacts_seen_by(user: User) -> QuerySet[Any]:
    """Return the first contacts that ``user`` may see, those of withdrawn purchases left out."""
    rows = Task.objects.visible_to(user).filter(source=SOURCE)
    rows = rows.exclude(state=TaskState.CANCELLED.value)
    return rows.select_related("owner", "customer")


def late(now: datetime) -> Q:
    """Return what makes a first contact late: still open after its day, or made after it."""
    is_open = Q(state=TaskState.OPEN.value, due_at__lt=now)
    return is_open | Q(state=TaskState.DONE.value, done_at__gt=F("due_at"))


def part_state(purchase: Purchase, now: datetime) -> PartState | None:
    """Return who looks after the buyer and how the first contact stands; None before it is due."""
    task = contacts_of(purchase).last()
    if purchase.subscribed_at is None or (task is None and purchase.specialist is None):
        return None
    if purchase.specialist is None:
        return PartState(_("Nobody is named"), "red")
    name = purchase.specialist.name
    if task is None or task.state == TaskState.CANCELLED.value:
        return PartState(name)
    if task.state == TaskState.DONE.value:
        return PartState(_("%(name)s · contacted") % {"name": name}, "green")
    if task.due_at < now:
        return PartState(_("%(name)s · contact is late") % {"name": name}, "red")
    return PartState(_("%(name)s · contact is planned") % {"name": name}, "amber")


def _named_for(purchase: Purchase) -> User | None:
    """Return the project's specialist, else the least busy one near it, else nobody."""
    named = purchase.project.specialist
    if named is not None and named.is_active:
        return named
    return least_busy(specialists_near(purchase.project))


def _plan(purchase: Purchase, *, actor: User | None, now: datetime) -> None:
    rules: SpecialistRules = in_force(SPECIALIST, at=now).value
    entry = TaskEntry(
        title=in_company_words(FIRST_CONTACT, unit=purchase.unit or purchase.project),
        due_at=now + timedelta(days=rules.contact_days),
        # Nobody named: the consultant, so that the buyer is not forgotten.
        owner=purchase.specialist or purchase.consultant,
        customer=purchase.customer,
        kind=TaskKind.CALL,
        source=SOURCE,
        source_id=f"{purchase.pk}:{purchase.customer_id}",
        subject=("purchase", purchase.pk),
    )
    if refuses_contact(purchase.customer_id):
        strike_task(entry=entry, actor=actor, now=now)
    else:
        create_task(entry=entry, actor=actor, now=now)


def _cancel_open(purchase: Purchase, *, reason: str, actor: User | None, now: datetime) -> None:
    for task in contacts_of(purchase).filter(state=TaskState.OPEN.value):
        cancel_task(task=task, reason=reason, actor=actor, now=now)
