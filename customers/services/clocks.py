"""Starting, meeting and cancelling the clocks of leads (CUS-39 to CUS-42)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from crm_site.calendars.rules import clocks as rules
from crm_site.calendars.rules.states import Basis, ClockState
from crm_site.calendars.rules.working_time import Calendar
from crm_site.calendars.services import calendar_for, clock_of, clock_values, recompute_open_clocks
from crm_site.policies.services import in_force
from customers.clock_policies import LEAD_CLOCKS, LeadClockPolicy
from customers.models import Lead, LeadClock, LeadClockEffect
from customers.rules.axes import ClockKind
from customers.rules.followups import (
    INNER_LIMIT,
    ClockStart,
    Limit,
    Request,
    Urgency,
    clock_start,
    limits_for,
)
from customers.rules.packages import URGENCY_OF
from customers.rules.reminders import BREACH, Step, clock_steps, find_due
from customers.rules.responses import cell_for
from customers.service_policy import MATRIX, PACKAGES, ServicePackages

BATCH = 2000
# What closing a clock writes; a closed clock has no next step.
CLOSING = ["state", "met_at", "breached_at", "paused_at", "paused_for", "next_step_at"]


@dataclass(frozen=True, slots=True)
class _Opening:
    """What every clock started in one go has in common."""

    policy: LeadClockPolicy
    version: int
    calendar: Calendar
    packages: ServicePackages

    def clock(self, *, lead_id: int, started_at: dt.datetime, limit: Limit) -> LeadClock:
        """Return an unsaved running clock; its next step is its first one.

        The first touch never takes longer than the floor that holds for every grade (CUS-14).
        """
        allowed = [rules.ClockLimit(Basis(limit.basis), dt.timedelta(minutes=limit.minutes))]
        if limit.clock == ClockKind.FIRST_TOUCH.value:
            floor = dt.timedelta(hours=self.packages.floor_hours)
            allowed.append(rules.ClockLimit(Basis.NATURAL, floor))
        facts = min(
            (
                rules.start(started_at=started_at, limit=one, calendar=self.calendar)
                for one in allowed
            ),
            key=lambda clock: clock.due.at,
        )
        percents = self.policy.reminder_percents
        values = clock_values(facts, calendar=self.calendar, percents=percents)
        row = LeadClock(lead_id=lead_id, kind=limit.clock, policy_version=self.version, **values)
        row.next_step_at = min(step.at for step in steps_of(row, self.policy, self.calendar))
        return row

    def enforces(self, started_at: dt.datetime) -> bool:
        """Return whether an enquiry of that moment gets clocks at all."""
        since = self.policy.enforce_from
        return since is None or started_at >= since


def steps_of(row: LeadClock, policy: LeadClockPolicy, calendar: Calendar) -> tuple[Step, ...]:
    """Return every reminder and escalation of a clock under the policy it was started with."""
    facts = clock_of(row)
    reminders = rules.reminders(
        facts.started_at, facts.limit, facts.pauses, calendar, row.reminder_percents
    )
    return clock_steps(reminders, row.due_at, policy.escalations)


@transaction.atomic
def start_clocks(
    *, lead: Lead, started_at: dt.datetime, now: dt.datetime, urgency: Urgency | None = None
) -> list[LeadClock]:
    """Start first touch, follow-up and closure of ``lead``; return the clocks it has.

    They run from ``started_at``, when the enquiry was received, under the policy in force at
    ``now``, whose version they keep. With an ``urgency``, given, rated on the lead or following
    from the customer's service package, the desk's inner limit runs as well; a lead rated on both
    axes has the one of the matrix. A lead that has clocks keeps them; one received before the
    policy is enforced gets none.
    """
    opening = _opening(now)
    if opening.enforces(started_at):
        (_pk, found), *_none = _requests([lead.pk], opening.packages)
        request = replace(found, urgency=urgency) if urgency else found
        rows = _clocks_of(
            opening,
            lead_id=lead.pk,
            started_at=started_at,
            request=request,
            inner=_inner_limit(lead, now),
        )
        LeadClock.objects.bulk_create(rows, ignore_conflicts=True)
    return list(LeadClock.objects.filter(lead=lead).order_by("due_at"))


@transaction.atomic
def start_clocks_bulk(
    *, received: Sequence[tuple[int, dt.datetime]], mode: ClockStart, now: dt.datetime
) -> int:
    """Start the clocks of imported leads, given as (lead id, received at); return how many leads.

    History older than a week starts none (``rules.followups.clock_start``). Nobody is told of a
    moment that had passed before the import: such steps count as overtaken, and a limit that had
    already run out is breached from the start.
    """
    opening = _opening(now)
    starts = {
        lead_id: start
        for lead_id, received_at in received
        if (start := clock_start(mode, received_at=received_at, now=now))
        and opening.enforces(start)
    }
    if not starts:
        return 0
    rows: list[LeadClock] = []
    for lead_id, request in _requests(starts, opening.packages):
        rows += _clocks_of(opening, lead_id=lead_id, started_at=starts[lead_id], request=request)
    _insert_quietly(rows, opening=opening, now=now)
    return len(starts)


def meet(*, lead: Lead, kind: str, at: dt.datetime) -> bool:
    """Stop the clock ``kind`` of ``lead``; return whether it was still open.

    Whether it was in time follows from the due time alone, however late a sweep runs (CUS-39).
    """
    return bool(meet_all(lead=lead, kinds=[kind], at=at))


@transaction.atomic(savepoint=False)
def meet_all(*, lead: Lead, kinds: Iterable[str], at: dt.datetime) -> list[str]:
    """Stop the clocks of the given kinds; return the kinds that were open and are met now."""
    rows = _open_clocks(lead, kinds)
    rows = [row for row in rows if at >= row.started_at]
    for row in rows:
        _take(row, rules.meet(clock_of(row), at=at))
    LeadClock.objects.bulk_update(rows, CLOSING)
    return [row.kind for row in rows]


@transaction.atomic
def cancel_clocks(*, lead: Lead, now: dt.datetime) -> int:
    """Cancel what still runs for ``lead``, because the matter is void; return how many clocks."""
    rows = _open_clocks(lead, None)
    for row in rows:
        _take(row, rules.cancel(clock_of(row)))
    LeadClock.objects.bulk_update(rows, CLOSING)
    return len(rows)


def recompute_lead_clocks(*, year: int, now: dt.datetime) -> int:
    """Bring the open clocks of leads up to date with a newly loaded official year (PLT-43)."""
    return recompute_open_clocks(LeadClock, year=year, now=now)


def _opening(now: dt.datetime) -> _Opening:
    current = in_force(LEAD_CLOCKS, at=now)
    packages = in_force(PACKAGES, at=now).value
    return _Opening(current.value, current.version, calendar_for(current.value.calendar), packages)


def _clocks_of(
    opening: _Opening,
    *,
    lead_id: int,
    started_at: dt.datetime,
    request: Request,
    inner: Limit | None = None,
) -> list[LeadClock]:
    limits = limits_for(request, opening.policy.limits)
    if inner is not None:
        limits[INNER_LIMIT] = inner
    return [
        opening.clock(lead_id=lead_id, started_at=started_at, limit=limit)
        for limit in limits.values()
    ]


def _inner_limit(lead: Lead, now: dt.datetime) -> Limit | None:
    """Return the limit that the matrix gives a lead rated on both axes (CUS-48)."""
    if not (lead.complexity and lead.urgency):
        return None
    matrix = in_force(MATRIX, at=now).value.cells
    cell = cell_for(matrix, complexity=lead.complexity, urgency=lead.urgency)
    return Limit(INNER_LIMIT, cell.minutes, Basis.WORKING) if cell else None


def _requests(lead_ids: Iterable[int], packages: ServicePackages) -> Iterable[tuple[int, Request]]:
    """Yield what the table of limits asks about each lead; how urgent follows from the package."""
    found = Lead.objects.filter(pk__in=list(lead_ids)).values_list(
        *("pk", "capture_point", "urgency", "customer__grading__grade", "customer__customer_class")
    )
    for pk, kind, urgency, grade, customer_class in found:
        package = packages.package(grade=grade, customer_class=customer_class)
        usual = URGENCY_OF[package[1].response] if package else None
        yield pk, Request(kind=kind, urgency=urgency or usual or "", grade=grade or "")


def _insert_quietly(rows: list[LeadClock], *, opening: _Opening, now: dt.datetime) -> None:
    passed: dict[tuple[int, str], Sequence[Step]] = {}
    for row in rows:
        due = find_due(steps_of(row, opening.policy, opening.calendar), fired=(), now=now)
        passed[row.lead_id, row.kind] = due.all
        apply_steps(row, due.all, next_at=due.next_at)
    LeadClock.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    behind = {lead_id for (lead_id, _kind), steps in passed.items() if steps}
    saved = LeadClock.objects.filter(lead__in=behind).values_list("pk", "lead_id", "kind")
    LeadClockEffect.objects.bulk_create(
        [
            LeadClockEffect(clock_id=pk, step=step.name, at=now)
            for pk, lead_id, kind in saved
            for step in passed.get((lead_id, kind), ())
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )


def apply_steps(row: LeadClock, steps: Iterable[Step], *, next_at: dt.datetime | None) -> None:
    """Set on ``row`` what follows from the steps that take effect, without saving it."""
    for step in steps:
        if step.name.startswith("remind-"):
            row.step += 1
        else:
            row.escalation += 1
        if step.name == BREACH and row.state == ClockState.RUNNING.value:
            row.state, row.breached_at = ClockState.BREACHED.value, row.due_at
    row.next_step_at = next_at


def _open_clocks(lead: Lead, kinds: Iterable[str] | None) -> list[LeadClock]:
    wanted: dict[str, Any] = {} if kinds is None else {"kind__in": list(kinds)}
    open_clocks = LeadClock.objects.filter(
        lead=lead, state__in=["running", "paused", "breached"], **wanted
    )
    return list(open_clocks.order_by("pk").select_for_update())


def _take(row: LeadClock, facts: rules.Clock) -> None:
    row.state = facts.state.value
    row.met_at, row.breached_at, row.paused_at = facts.met_at, facts.breached_at, facts.paused_at
    row.paused_for, row.next_step_at = facts.paused_for, None
