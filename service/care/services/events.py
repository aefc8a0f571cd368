"""Events: signed up for while there are places, checked in, asked, closed (SVC-106)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Avg, Count, F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.outbox.kinds import MessageKind, declare_message
from crm_site.outbox.services import ToAddressee, send_outside
from crm_site.staff.models import User
from customers.models import Customer
from customers.rules.consent import Purpose
from customers.rules.text import clean_lines, clean_text
from customers.services.delivering import register_delivery
from customers.services.reaching import ADDRESSEE
from customers.services.telling import channels_for, note_told
from service.care.errors import CareError
from service.care.models import CareEvent, CareIssue, EventSignUp
from service.care.rules import EventKind, EventState, share
from service.care.services.greeting import owners

INVITATION: Final = "care.invitation"
SUBJECT: Final = "care-event"
NEWSLETTER: Final = "care.newsletter"
ISSUE: Final = "care-issue"


@dataclass(frozen=True, slots=True)
class Figures:
    """What an event shows: people, attendance and closed questions in percent, mean of points."""

    signed_up: int
    came: int
    attendance: int | None
    questions: int
    answered: int
    closure: int | None
    scored: int
    score: Decimal | None


def figures_of(event: CareEvent) -> Figures:
    """Return the figures of an event over the sign-ups that stand; people, not rows."""
    rows = EventSignUp.objects.filter(event=event, cancelled_at=None)
    found = rows.aggregate(
        signed_up=Sum("people"),
        came=Sum("people", filter=Q(came_at__isnull=False)),
        questions=Count("pk", filter=~Q(question="")),
        answered=Count("pk", filter=~Q(question="") & ~Q(answer="")),
        scored=Count("score"),
        score=Avg("score"),
    )
    signed_up, came = found["signed_up"] or 0, found["came"] or 0
    score = None if found["score"] is None else Decimal(str(round(found["score"], 1)))
    return Figures(
        signed_up,
        came,
        share(came, signed_up),
        found["questions"],
        found["answered"],
        share(found["answered"], found["questions"]),
        found["scored"],
        score,
    )


@transaction.atomic
def sign_up(
    *, event: CareEvent, customer: Customer, people: int, actor: User, now: datetime
) -> EventSignUp:
    """Give a customer places at an event and return the sign-up.

    Raise CareError where there are not that many left, for an event that is over or cancelled, and
    for who is on the list already.
    """
    if people < 1:
        raise CareError(_("At least one person comes."))
    rows = CareEvent.objects.filter(
        pk=event.pk,
        state=EventState.PLANNED.value,
        ends_at__gt=now,
        taken__lte=F("capacity") - people,
    )
    if not rows.update(taken=F("taken") + people):
        raise CareError(_("There are not that many places left, or the event is over."))
    row = EventSignUp.objects.select_for_update().filter(event=event, customer=customer).first()
    if row is not None and row.cancelled_at is None:
        raise CareError(_("This customer is on the list already."))
    row = row or EventSignUp(event=event, customer=customer)
    row.people, row.at, row.by, row.cancelled_at = people, now, actor, None
    row.save()
    return row


@transaction.atomic
def cancel_sign_up(*, row: EventSignUp, now: datetime) -> EventSignUp:
    """Give the places of a sign-up back; raise CareError for who came or is off the list."""
    event = _open(row.event)
    if not EventSignUp.objects.filter(pk=row.pk, came_at=None, cancelled_at=None).update(
        cancelled_at=now
    ):
        raise CareError(_("This customer came, or is off the list already."))
    CareEvent.objects.filter(pk=event.pk).update(taken=F("taken") - row.people)
    row.refresh_from_db()
    return row


@transaction.atomic
def check_in(*, row: EventSignUp, now: datetime) -> EventSignUp:
    """Note that a customer is there; raise CareError a second time or off the list.

    At an open day the safety list must be written first.
    """
    event = _open(row.event)
    if event.kind == EventKind.OPEN_DAY and not event.safety.strip():
        raise CareError(_("Write the safety list of the open day first."))
    if not EventSignUp.objects.filter(pk=row.pk, came_at=None, cancelled_at=None).update(
        came_at=now
    ):
        raise CareError(_("This customer is checked in, or off the list."))
    row.refresh_from_db()
    return row


@transaction.atomic
def note_opinion(*, row: EventSignUp, score: int | None, question: str, answer: str) -> EventSignUp:
    """Keep the points, the question and its answer of who came, and return the sign-up."""
    _open(row.event)
    current = EventSignUp.objects.select_for_update().get(pk=row.pk)
    if current.came_at is None:
        raise CareError(_("Check the customer in first."))
    current.score = score
    current.question, current.answer = clean_text(question)[:300], clean_text(answer)[:300]
    if current.answer and not current.question:
        raise CareError(_("There is an answer without a question."))
    current.save(update_fields=["score", "question", "answer"])
    return current


@transaction.atomic
def close_event(
    *, event: CareEvent, cost: Decimal, leads: int, summary: str, actor: User, now: datetime
) -> CareEvent:
    """Close an event with its cost and result, and return it.

    Raise CareError before it begins, without anybody who came or any points, and while a question
    has no answer.
    """
    row = _open(event)
    found = figures_of(row)
    if row.starts_at > now:
        raise CareError(_("The event has not begun yet."))
    if not found.came or not found.scored:
        raise CareError(_("Closing needs who came, and at least one customer's points."))
    if found.answered < found.questions:
        raise CareError(_("Answer the open questions of customers first."))
    if cost < 0 or not clean_lines(summary):
        raise CareError(_("Enter the cost and what the event brought."))
    row.cost, row.leads, row.summary = cost, leads, clean_lines(summary)
    row.state, row.closed_at = EventState.CLOSED.value, now
    row.save(update_fields=["cost", "leads", "summary", "state", "closed_at", "updated_at"])
    record(
        kind="care.event_closed",
        actor=actor,
        subject=("project", row.project_id),
        facts={"event": row.pk, "came": found.came},
        now=now,
    )
    return row


@transaction.atomic
def cancel_event(*, event: CareEvent, reason: str, actor: User, now: datetime) -> CareEvent:
    """Call an event off, with a reason, and return it; raise CareError where somebody came."""
    row = _open(event)
    words = clean_text(reason)
    if not words or row.sign_ups.filter(came_at__isnull=False).exists():
        raise CareError(_("Say why. An event to which somebody came is closed instead."))
    row.state, row.summary, row.closed_at = EventState.CANCELLED.value, words, now
    row.save(update_fields=["state", "summary", "closed_at", "updated_at"])
    record(
        kind="care.event_cancelled",
        actor=actor,
        subject=("project", row.project_id),
        reason=words,
        facts={"event": row.pk},
        now=now,
    )
    return row


@transaction.atomic
def invite(*, event: CareEvent, now: datetime) -> tuple[int, int]:
    """Write the invitation to the owners of the project, once; return how many, and how many not.

    Consent, cap and quiet hours are asked when each message leaves.
    """
    row = _open(event)
    if row.starts_at <= now or row.invited_at is not None:
        raise CareError(_("The invitation is out already, or the event has begun."))
    people = list(owners().filter(Q(own=row.project_id) | Q(shared=row.project_id)))
    channels = channels_for(people, now=now)
    send_outside([_invitation(row, pk, channel.value) for pk, channel in channels.items()], now=now)
    row.invited_at = now
    row.save(update_fields=["invited_at", "updated_at"])
    return len(channels), len(people) - len(channels)


@transaction.atomic
def publish_issue(*, issue: CareIssue, now: datetime) -> CareIssue:
    """Publish an issue, write to the owners of its project and return it; raise CareError twice."""
    row: CareIssue = CareIssue.objects.select_for_update().get(pk=issue.pk)
    if row.published_at is not None:
        raise CareError(_("This issue is published already."))
    people = list(owners().filter(Q(own=row.project_id) | Q(shared=row.project_id)))
    channels = channels_for(people, now=now)
    send_outside(
        [
            ToAddressee(
                kind=NEWSLETTER,
                addressee=(ADDRESSEE, pk),
                channel=channel.value,
                purpose=Purpose.MARKETING.value,
                key=f"newsletter:{row.pk}:{pk}",
                params={"title": row.title, "body": row.body},
                subject=(ISSUE, row.pk),
            )
            for pk, channel in channels.items()
        ],
        now=now,
    )
    row.published_at, row.told = now, len(channels)
    row.save(update_fields=["published_at", "told", "updated_at"])
    return row


def register() -> None:
    """Make the invitation and what follows its delivery known."""
    declare_message(
        MessageKind(
            key=INVITATION,
            label=gettext_lazy("Invitations to events"),
            title="%(title)s",
            body=gettext_lazy("You are invited: %(day)s, %(place)s."),
            channels=(),
        )
    )
    register_delivery(SUBJECT, note_told)
    declare_message(
        MessageKind(
            key=NEWSLETTER,
            label=gettext_lazy("Club newsletter"),
            title="%(title)s",
            body="%(body)s",
            channels=(),
        )
    )
    register_delivery(ISSUE, note_told)


def _invitation(event: CareEvent, customer_id: int, channel: str) -> ToAddressee:
    day = timezone.localtime(event.starts_at)
    params: dict[str, Any] = {
        "title": event.title,
        "day": f"{day:%Y-%m-%d %H:%M}",
        "place": event.place,
    }
    return ToAddressee(
        kind=INVITATION,
        addressee=(ADDRESSEE, customer_id),
        channel=channel,
        purpose=Purpose.MARKETING.value,
        key=f"invitation:{event.pk}:{customer_id}",
        params=params,
        subject=(SUBJECT, event.pk),
    )


def require_open(event: CareEvent) -> None:
    """Raise CareError for an event that is closed or cancelled."""
    if event.state != EventState.PLANNED:
        raise CareError(_("This event is closed or cancelled."))


def _open(event: CareEvent) -> CareEvent:
    row: CareEvent = CareEvent.objects.select_for_update().get(pk=event.pk)
    require_open(row)
    return row
