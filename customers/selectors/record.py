"""Everything the record page of one customer shows, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm_site.calendars.rules.states import ClockState
from crm_site.staff.models import User
from customers import choices
from customers.models import (
    ClassEvent,
    Customer,
    CustomField,
    GradeEvent,
    Interaction,
    Lead,
    LeadClock,
    OwnershipEvent,
    SourceEvent,
    Task,
)
from customers.rules.axes import OPEN_LEAD_STATES, Channel, ClockKind, Result
from customers.services.ownership import BY_JOB, FROM_POOL
from customers.vocabulary import CAPTURE_POINTS, labels

TIMELINE_LENGTH = 30
TALK_COLUMNS = ("customer", "channel", "result", "content", "next_step", "at", "author__name")
TASK_COLUMNS = ("customer", "title", "due_at", "owner__name")
CLOCK_ORDER = {kind.value: place for place, kind in enumerate(ClockKind)}
CHANNEL_ICONS = {
    Channel.PHONE.value: "phone",
    Channel.VISIT.value: "home",
    Channel.WECHAT.value: "msg",
    Channel.SMS.value: "msg",
    Channel.EMAIL.value: "msg",
    Channel.NOTE.value: "file",
}
TONE_OF_RESULT = {Result.REFUSED.value: "red", Result.NO_ANSWER.value: "amber"}


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One line of the timeline; ``kind`` is what the filter chips offer."""

    kind: str
    icon: str
    tone: str
    title: str
    at: datetime
    text: str = ""
    meta: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A time limit as the page draws it; ``share`` is the part of the allowance left, 0 to 100."""

    name: str
    due_at: datetime
    share: int
    tone: str
    note: str
    is_open: bool
    is_provisional: bool
    url: str = ""


@dataclass(frozen=True, slots=True)
class CapturePointLine:
    """Where and when the customer was captured."""

    point: str
    at: datetime


@dataclass(slots=True)
class Record:
    """What the record page shows of one customer."""

    customer: Customer
    leads: list[Lead]
    clocks: list[ClockLine]
    tasks: list[Task]
    timeline: list[tuple[Any, list[TimelineItem]]]
    visits: int
    last_visit: datetime | None
    custom: list[tuple[str, Any]] = field(default_factory=list)
    capture_points: list["CapturePointLine"] = field(default_factory=list)

    @property
    def open_lead(self) -> Lead | None:
        """The newest lead that is neither signed nor lost."""
        open_states = {state.value for state in OPEN_LEAD_STATES}
        return next((lead for lead in self.leads if lead.state in open_states), None)

    @property
    def next_task(self) -> Task | None:
        """The open task that is due first."""
        return self.tasks[0] if self.tasks else None


def find(*, user: User, customer_id: int) -> Customer | None:
    """Return the customer with owner, project and grade, or ``None`` if ``user`` may not see it."""
    return (
        Customer.objects.visible_to(user)
        .select_related("owner", "project", "grading")
        .filter(pk=customer_id)
        .first()
    )


def read_record(customer: Customer, *, now: datetime) -> Record:
    """Return what the record page shows of ``customer``."""
    clocks = LeadClock.objects.order_by("due_at")
    leads = list(
        customer.leads.select_related("project")
        .prefetch_related(Prefetch("clocks", queryset=clocks))
        .order_by("-received_at")[:10]
    )
    talks = customer.interactions.select_related("author").only(*TALK_COLUMNS)
    interactions = list(talks.order_by("-at")[:TIMELINE_LENGTH])
    sources = list(SourceEvent.objects.filter(customer=customer).order_by("-at")[:10])
    visits = Q(channel=Channel.VISIT.value) | Q(result=Result.VISITED.value)
    visit_times = list(
        customer.interactions.filter(visits).order_by("-at").values_list("at", flat=True)[:100]
    )
    open_tasks = customer.tasks.open().select_related("owner").only(*TASK_COLUMNS)
    return Record(
        customer=customer,
        leads=leads,
        clocks=[line for lead in leads if _is_open(lead) for line in clock_lines(lead, now)],
        tasks=list(open_tasks.order_by("due_at")[:10]),
        timeline=_by_day([*_talks(interactions), *_sources(sources), *_history(customer)]),
        visits=len(visit_times),
        last_visit=visit_times[0] if visit_times else None,
        custom=_custom(customer),
        capture_points=[CapturePointLine(_point(event), event.at) for event in sources],
    )


def _is_open(lead: Lead) -> bool:
    return lead.state in {state.value for state in OPEN_LEAD_STATES}


def clock_lines(lead: Lead, now: datetime) -> Iterable[ClockLine]:
    """Yield the time limits of ``lead`` as the pages draw them, in the order of the process."""
    names = dict(choices.CLOCK_KINDS)
    url = reverse("customers:lead-detail", args=[lead.pk])
    for clock in sorted(lead.clocks.all(), key=lambda clock: CLOCK_ORDER.get(clock.kind, 9)):
        total = (clock.due_at - clock.started_at) or timedelta(seconds=1)
        left = max(timedelta(0), clock.due_at - (clock.met_at or now))
        is_void = clock.state == ClockState.CANCELLED.value
        is_open = clock.met_at is None and not is_void
        late = is_open and now > clock.due_at
        red = late or left / total < 0.2
        yield ClockLine(
            name=str(names.get(clock.kind, clock.kind)),
            due_at=clock.due_at,
            share=int(left / total * 100) if is_open else 0 if is_void else 100,
            tone="" if is_void else "green" if not is_open else "red" if red else "amber",
            note=_clock_note(clock, late=late),
            is_open=is_open,
            is_provisional=clock.is_provisional,
            url=url,
        )


def _clock_note(clock: LeadClock, *, late: bool) -> str:
    if clock.met_at is not None:
        when = timezone.localtime(clock.met_at)
        words = _("met %(when)s") if clock.breached_at is None else _("met late, %(when)s")
        return words % {"when": f"{when:%m-%d %H:%M}"}
    if clock.state == ClockState.CANCELLED.value:
        return pgettext("time limit", "cancelled")
    if late:
        return _("breached")
    return _("provisional, no official calendar yet") if clock.is_provisional else _("running")


def _talks(interactions: list[Interaction]) -> Iterable[TimelineItem]:
    channels = {key: str(label) for key, label in choices.CHANNELS}
    results = {key: str(label) for key, label in choices.RESULTS}
    for talk in interactions:
        meta = [talk.author.name if talk.author else _("System")]
        if talk.next_step:
            meta.append(_("Next: %(step)s") % {"step": talk.next_step})
        yield TimelineItem(
            kind=talk.channel,
            icon=CHANNEL_ICONS[talk.channel],
            tone=TONE_OF_RESULT.get(talk.result, "blue"),
            title=f"{channels[talk.channel]} · {results[talk.result]}",
            at=talk.at,
            text=talk.content,
            meta=tuple(meta),
        )


def _point(event: SourceEvent) -> str:
    return str(CAPTURE_POINTS.get(event.capture_point, event.capture_point))


def _sources(events: list[SourceEvent]) -> Iterable[TimelineItem]:
    names = labels("source")
    for event in events:
        yield TimelineItem(
            kind="system",
            icon="flag",
            tone="",
            title=_("Captured: %(source)s") % {"source": names.get(event.source, event.source)},
            at=event.at,
            text=_point(event),
        )


def _history(customer: Customer) -> Iterable[TimelineItem]:
    classes = dict(choices.CUSTOMER_CLASSES)
    for grade in GradeEvent.objects.filter(customer=customer).order_by("-at")[:10]:
        title = _("Grade %(old)s → %(new)s") % {
            "old": grade.from_grade or "--",
            "new": grade.to_grade,
        }
        text = _("Score %(score)s, policy version %(version)s") % {
            "score": grade.score,
            "version": grade.policy_version,
        }
        yield TimelineItem("system", "star", "", title, grade.at, text)
    for move in ClassEvent.objects.filter(customer=customer).order_by("-at")[:10]:
        title = f"{classes.get(move.from_class, '--')} → {classes.get(move.to_class, '--')}"
        yield TimelineItem("system", "tag", "", title, move.at, reason_text(move.reason))
    owners = OwnershipEvent.objects.filter(customer=customer).select_related("to_owner")
    for change in owners.only("at", "reason", "to_owner__name").order_by("-at")[:10]:
        name = change.to_owner.name if change.to_owner else _("customer pool")
        title = _("Assigned to %(name)s") % {"name": name}
        yield TimelineItem("system", "swap", "", title, change.at, reason_text(change.reason))


def reason_text(reason: str) -> str:
    """Return why something happened in the current language; what a person wrote stays."""
    fixed = {BY_JOB: _("Shared out by the system"), FROM_POOL: _("Taken from the pool")}
    states = {f"lead:{value}": label for value, label in choices.LEAD_STATES}
    if reason in states:
        return _("Lead: %(state)s") % {"state": states[reason]}
    return fixed.get(reason, reason)


def _by_day(items: list[TimelineItem]) -> list[tuple[Any, list[TimelineItem]]]:
    days: dict[Any, list[TimelineItem]] = {}
    for item in sorted(items, key=lambda item: item.at, reverse=True)[:TIMELINE_LENGTH]:
        days.setdefault(timezone.localtime(item.at).date(), []).append(item)
    return list(days.items())


def _custom(customer: Customer) -> list[tuple[str, Any]]:
    if not customer.custom:
        return []
    fields = CustomField.objects.filter(is_active=True, key__in=customer.custom)
    return [(field.label, customer.custom[field.key]) for field in fields if not field.is_personal]
