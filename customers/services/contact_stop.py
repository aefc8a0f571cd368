"""What a withdrawn consent to contact stops: everything that plans to speak to the customer.

The last word of the customer on ``contact`` counts, and only a no: who was never asked may be
called about an own enquiry. Calls, follow-ups and visits are not planned any more, and those that
were are cancelled in the transaction of the withdrawal. What stays: work that speaks to nobody, the
answer to an enquiry that the customer sends later, appointments agreed on before, and writing down
a talk that the customer began.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext_lazy

from crm_site.staff.models import User
from customers.models import ConsentEvent, Meeting, PlaybookRun, Task, TaskEvent
from customers.rules.axes import TaskKind, TaskState
from customers.rules.consent import Purpose
from customers.rules.meetings import MeetingState

CONTACTS: Final = frozenset({TaskKind.CALL, TaskKind.FOLLOW_UP, TaskKind.VISIT})
ANSWER: Final = "response"  # the source of tasks that answer the customer's own enquiry
STOPPED: Final = "contact withdrawn"  # the reason in the task's history
REFUSED = gettext_lazy("The customer withdrew the consent to be contacted.")


def refuses_contact(customer_id: int) -> bool:
    """Return whether the customer's last word on being contacted is no."""
    said = _last_words(customer_id).values_list("is_given", flat=True).first()
    return said is False


def require_contact(customer_id: int | None, *, kind: TaskKind, field: str = "customer") -> None:
    """Raise ValidationError, at ``field``, where a task of ``kind`` would contact who refuses."""
    if customer_id is not None and kind in CONTACTS and refuses_contact(customer_id):
        raise ValidationError({field: str(REFUSED)})


def refusing(customer_ids: Iterable[int]) -> set[int]:
    """Return those of the customers whose last word on being contacted is no.

    One query for the few who ever said no; a second, where there are any, for their last words.
    """
    words = ConsentEvent.objects.filter(purpose=Purpose.CONTACT.value)
    said_no = words.filter(customer__in=list(customer_ids), is_given=False).order_by()
    ever = set(said_no.values_list("customer_id", flat=True))
    if not ever:
        return ever
    rows = words.filter(customer__in=ever)
    newest = rows.order_by("customer", "-at", "-id").distinct("customer")
    said = newest.values_list("customer_id", "is_given")
    return {pk for pk, is_given in said if not is_given}


@transaction.atomic
def stop_contacts(customer_id: int, *, actor: User | None, now: dt.datetime) -> int:
    """Cancel the open tasks and visits of upkeep that would contact the customer.

    Return how many tasks. Playbooks go on with the steps that speak to nobody.
    """
    _call_off(_visits(now).filter(plan__customer=customer_id), now=now)
    return _cancel(_planned().filter(customer=customer_id), actor=actor, now=now)


@transaction.atomic
def stop_refused(*, now: dt.datetime) -> int:
    """Cancel what was made while a withdrawal was being written; return how many.

    That is tasks of contact and visits of upkeep. Runs before the reminders, so none is sent.
    """
    said_no = ConsentEvent.objects.filter(purpose=Purpose.CONTACT.value, is_given=False)
    last_word = _last_words(OuterRef("customer")).values("is_given")[:1]
    left = _planned().filter(customer__in=said_no.values("customer")).exclude(source=ANSWER)
    found = left.alias(said=Subquery(last_word)).filter(said=False)
    ids = list(found.order_by().values_list("pk", flat=True))
    stopped = _cancel(_planned().filter(pk__in=ids), actor=None, now=now) if ids else 0
    visits = _visits(now).filter(plan__customer__in=said_no.values("customer"))
    cared_for = set(visits.order_by().values_list("plan__customer", flat=True))
    if cared_for:
        late = _visits(now).filter(plan__customer__in=refusing(cared_for))
        stopped += _call_off(late, now=now)
    return stopped


def _visits(now: dt.datetime) -> Any:
    return Meeting.objects.filter(state=MeetingState.PLANNED.value, starts_at__gt=now)


def _call_off(visits: Any, *, now: dt.datetime) -> int:
    """Cancel these visits; return how many."""
    called_off: int = visits.update(
        state=MeetingState.CANCELLED.value, result=str(REFUSED), updated_at=now
    )
    return called_off


def _cancel(planned: Any, *, actor: User | None, now: dt.datetime) -> int:
    locked = planned.select_for_update(of=("self",)).order_by("pk")
    rows = dict(locked.values_list("pk", "customer_id"))
    if not rows:
        return 0
    Task.objects.filter(pk__in=rows).update(
        state=TaskState.CANCELLED.value, next_step_at=None, updated_at=now
    )
    TaskEvent.objects.bulk_create(
        TaskEvent(task_id=pk, kind="cancelled", note=STOPPED, actor=actor, at=now) for pk in rows
    )
    runs = PlaybookRun.objects.filter(customer__in=set(rows.values()), ended_at__isnull=True)
    runs.update(next_step_at=now)
    return len(rows)


def _planned() -> Any:
    kinds = [kind.value for kind in CONTACTS]
    return Task.objects.open().filter(kind__in=kinds)


def _last_words(customer: Any) -> Any:
    rows = ConsentEvent.objects.filter(customer=customer, purpose=Purpose.CONTACT.value)
    return rows.order_by(F("at").desc(), F("id").desc())
