"""Everything the record page of one customer shows, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm_site.calendars.rules.states import ClockState
from crm_site.staff.models import User
from customers import choices
from customers.data_categories import is_for_everyone
from customers.models import (
    Customer,
    CustomField,
    Interaction,
    Lead,
    LeadClock,
    Task,
)
from customers.open_items import LONGEST
from customers.rules.axes import OPEN_LEAD_STATES, Channel, ClockKind, Result
from customers.selectors.history import History, TimelineItem, read_history
from customers.selectors.tags import tag_words
from customers.vocabulary import labels_of

TIMELINE_LENGTH = 30
LEAD_COLUMNS = ("customer", "state", "received_at", "enquiry", "project__name")
CLOCK_COLUMNS = (
    *("lead", "kind", "started_at", "due_at", "state", "met_at", "breached_at", "is_provisional"),
)
TALK_COLUMNS = ("customer", "channel", "result", "content", "next_step", "at", "author__name")
TASK_COLUMNS = ("customer", "title", "due_at", "subject_kind", "subject_id", "owner__name")
CLOCK_ORDER = {kind.value: place for place, kind in enumerate(ClockKind)}
CHANNEL_ICONS = {
    Channel.PHONE.value: "phone",
    Channel.VISIT.value: "home",
    Channel.WECHAT.value: "msg",
    Channel.SMS.value: "msg",
    Channel.EMAIL.value: "msg",
    Channel.APP.value: "msg",
    Channel.WEBSITE.value: "msg",
    Channel.SOCIAL.value: "msg",
    Channel.PLATFORM.value: "msg",
    Channel.HOME_VISIT.value: "home",
    Channel.NOTE.value: "file",
}
TONE_OF_RESULT = {Result.REFUSED.value: "red", Result.NO_ANSWER.value: "amber"}


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


@dataclass(slots=True)
class Record:
    """What the record page shows of one customer."""

    customer: Customer
    leads: list[Lead]
    clocks: list[ClockLine]
    tasks: list[Task]
    timeline: list[tuple[Any, list[TimelineItem]]]
    history: History
    source_label: str
    layout_label: str
    custom: list[tuple[str, Any]] = field(default_factory=list)

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
        .annotate(tag_words=tag_words())
        .filter(pk=customer_id)
        .first()
    )


def find_to_work_on(*, user: User, customer_id: int) -> Customer | None:
    """Return the customer with its name alone, or ``None`` if ``user`` may not see it."""
    seen = Customer.objects.visible_to(user).only("name")
    return next(iter(seen.filter(pk=customer_id)[:1]), None)


def successor_of(customer_id: int, *, user: User) -> Customer | None:
    """Return the record a merged customer became, ``None`` for others or out of scope (BEY-01)."""
    seen: set[int] = set()
    key = customer_id
    while key not in seen:
        seen.add(key)
        found = Customer.objects.filter(pk=key).values_list("merged_into_id", flat=True).first()
        if found is None:
            break
        key = int(found)
    if key == customer_id:
        return None
    return Customer.objects.visible_to(user).filter(pk=key).first()


def read_record(customer: Customer, *, now: datetime) -> Record:
    """Return what the record page shows of ``customer``."""
    clocks = LeadClock.objects.only(*CLOCK_COLUMNS).order_by("due_at")
    leads = list(
        customer.leads.select_related("project")
        .only(*LEAD_COLUMNS)
        .prefetch_related(Prefetch("clocks", queryset=clocks))
        .order_by("-received_at")[:10]
    )
    talks = customer.interactions.select_related("author").only(*TALK_COLUMNS)
    interactions = list(talks.order_by("-at")[:TIMELINE_LENGTH])
    sources, layouts = labels_of("source", "layout")
    history = read_history(customer.pk, sources=sources)
    open_tasks = Task.objects.open().select_related("owner").only(*TASK_COLUMNS)
    found = Prefetch("tasks", open_tasks.order_by("due_at")[: 3 * LONGEST], "tasks_read")
    prefetch_related_objects([customer], found)  # what is open on top reads them as well
    tasks: list[Task] = customer.tasks_read  # type: ignore[attr-defined]
    return Record(
        customer=customer,
        leads=leads,
        clocks=[line for lead in leads if _is_open(lead) for line in clock_lines(lead, now)],
        tasks=tasks[:10],
        timeline=_by_day([*_talks(interactions), *history.items]),
        history=history,
        source_label=sources.get(customer.source, customer.source),
        layout_label=layouts.get(customer.layout, customer.layout),
        custom=_custom(customer),
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


def _by_day(items: list[TimelineItem]) -> list[tuple[Any, list[TimelineItem]]]:
    days: dict[Any, list[TimelineItem]] = {}
    for item in sorted(items, key=lambda item: item.at, reverse=True)[:TIMELINE_LENGTH]:
        days.setdefault(timezone.localtime(item.at).date(), []).append(item)
    return list(days.items())


def _custom(customer: Customer) -> list[tuple[str, Any]]:
    if not customer.custom:
        return []
    fields = CustomField.objects.filter(is_active=True, key__in=customer.custom)
    return [(field.label, customer.custom[field.key]) for field in fields if is_for_everyone(field)]
