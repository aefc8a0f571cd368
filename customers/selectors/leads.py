"""Everything the page of one lead shows, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.staff.models import User
from customers import choices
from customers.models import Lead, LeadClock, LeadEvent
from customers.rules.axes import CaseStage, LeadState
from customers.rules.leads import moves_from
from customers.rules.stages import next_stage, stage_durations
from customers.selectors.history import TimelineItem, reason_text
from customers.selectors.record import ClockLine, clock_lines
from customers.vocabulary import labels

EVENTS_SHOWN = 100
EVENT_ICONS = {
    "captured": "flag",
    "state": "go",
    "owner": "swap",
    "stage": "layers",
    "closed": "check",
}


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage of the communication process; ``took`` counts from the stage before (CUS-43)."""

    key: str
    label: str
    is_done: bool
    is_current: bool
    at: datetime | None
    by: str
    took: timedelta | None


@dataclass(frozen=True, slots=True)
class LeadPage:
    """What the page shows of one lead. ``moves`` are the states it may be moved to by hand."""

    stages: list[StageLine]
    next_stage: CaseStage | None
    clocks: list[ClockLine]
    events: list[tuple[Any, list[TimelineItem]]]
    moves: list[tuple[str, str]]
    may_lose: bool
    is_closed: bool
    need_is_collected: bool
    source: str
    lost_reason: str


def find_lead(*, user: User, lead_id: int) -> Lead | None:
    """Return the lead with customer, project and owner, or ``None`` if ``user`` may not see it."""
    clocks = LeadClock.objects.order_by("due_at")
    found: Lead | None = (
        Lead.objects.visible_to(user)
        .select_related("customer", "project", "owner")
        .prefetch_related(Prefetch("clocks", queryset=clocks))
        .filter(pk=lead_id)
        .first()
    )
    return found


def read_lead(lead: Lead, *, now: datetime) -> LeadPage:
    """Return what the page shows of ``lead``; two queries beside those of ``find_lead``."""
    events = list(lead.events.select_related("actor").order_by("-at", "-pk")[:EVENTS_SHOWN])
    people = _people(lead, events)
    state = LeadState(lead.state)
    moves = moves_from(state, has_owner=lead.owner_id is not None)
    words = {value: str(label) for value, label in choices.LEAD_STATES}
    is_closed = lead.customer_confirmed_at is not None
    return LeadPage(
        stages=_stages(lead, people, now),
        next_stage=None if is_closed else next_stage(lead.stages),
        clocks=list(clock_lines(lead, now)),
        events=_by_day(_items(events, people)),
        moves=[(to.value, words[to.value]) for to in moves if to is not LeadState.LOST],
        may_lose=LeadState.LOST in moves,
        is_closed=is_closed,
        need_is_collected=CaseStage.COLLECT_NEED.value in lead.stages,
        source=labels("source").get(lead.source, lead.source),
        lost_reason=labels("lost_reason").get(lead.lost_reason, lead.lost_reason),
    )


def _people(lead: Lead, events: Iterable[LeadEvent]) -> dict[str, str]:
    """Return the names of those who stamped a stage or owned the lead, by id as text."""
    ids = {str(stamp["by"]) for stamp in lead.stages.values() if stamp.get("by")}
    for event in events:
        if event.kind == "owner":
            ids |= {event.from_value, event.to_value}
    wanted = [int(each) for each in ids if each.isdigit()]
    if not wanted:
        return {}
    names = User.objects.filter(pk__in=wanted).values_list("pk", "name")
    return {str(pk): name for pk, name in names}


def _stages(lead: Lead, people: dict[str, str], now: datetime) -> list[StageLine]:
    took = stage_durations(lead.stages, received_at=lead.received_at, now=now)
    coming = None if lead.customer_confirmed_at else next_stage(lead.stages)
    lines = []
    for key, label in choices.CASE_STAGES:
        stage, stamp = CaseStage(key), lead.stages.get(key)
        lines.append(
            StageLine(
                key=key,
                label=str(label),
                is_done=stamp is not None,
                is_current=stage is coming,
                at=datetime.fromisoformat(stamp["at"]) if stamp else None,
                by=people.get(str(stamp["by"]), _("System")) if stamp else "",
                took=took.get(stage),
            )
        )
    return lines


def _items(events: Iterable[LeadEvent], people: dict[str, str]) -> Iterable[TimelineItem]:
    words = {"state": labels("lost_reason"), "captured": labels("source")}
    for event in events:
        yield TimelineItem(
            kind=event.kind,
            icon=EVENT_ICONS.get(event.kind, "info"),
            tone="green" if event.kind == "closed" else "",
            title=_title(event, people),
            at=event.at,
            text=words.get(event.kind, {}).get(event.reason) or reason_text(event.reason),
            meta=(event.actor.name if event.actor else _("System"),),
        )


def _title(event: LeadEvent, people: dict[str, str]) -> str:
    states = {value: str(label) for value, label in choices.LEAD_STATES}
    if event.kind == "state":
        ends = (states.get(value, "--") for value in (event.from_value, event.to_value))
        return " → ".join(ends)
    if event.kind == "owner":
        name = people.get(event.to_value) or _("customer pool")
        return _("Assigned to %(name)s") % {"name": name}
    if event.kind == "stage":
        stages = {value: str(label) for value, label in choices.CASE_STAGES}
        return _("Stage reached: %(stage)s") % {"stage": stages.get(event.to_value, "--")}
    return _("Enquiry closed") if event.kind == "closed" else _("Enquiry received")


def _by_day(items: Iterable[TimelineItem]) -> list[tuple[Any, list[TimelineItem]]]:
    days: dict[Any, list[TimelineItem]] = {}
    for item in items:
        days.setdefault(timezone.localtime(item.at).date(), []).append(item)
    return list(days.items())
