"""The sweep that reminds and escalates, once per step, and what a loaded year changes (A-57).

Every due clock is claimed with a row lock that other sweeps skip; each step writes one effect row
whose uniqueness lets it take effect once, in the transaction that also writes the message.
"""

import datetime as dt
import time
from dataclasses import dataclass

from django.db import transaction

from crm_site.calendars.rules.states import ClockState
from crm_site.calendars.services import recompute_open_clocks
from crm_site.outbox.services import Outgoing, send_many
from customers.rules.reminders import BREACH, Due, find_due
from service.clocks.models import TicketClock, TicketClockEffect, TicketClockEntry
from service.clocks.services.notices import DeskLine, clock_notices
from service.clocks.services.terms import Terms
from service.tickets.models import Ticket
from service.tickets.querysets import OPEN

BATCH = 500
LONGEST = 60.0  # seconds; what is left is due still when the next tick comes
RUNNING, BREACHED = ClockState.RUNNING.value, ClockState.BREACHED.value


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: clocks looked at, steps that took effect, messages written."""

    clocks: int = 0
    effects: int = 0
    messages: int = 0

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(
            self.clocks + other.clocks,
            self.effects + other.effects,
            self.messages + other.messages,
        )


def sweep_ticket_clocks(*, now: dt.datetime, limit: int = 20_000) -> Swept:
    """Take the due steps of the clocks of open tickets, for at most a minute; return the counts."""
    done, begun = Swept(), time.monotonic()
    while done.clocks < limit and time.monotonic() - begun < LONGEST:
        with transaction.atomic():
            part = _sweep_batch(now, min(BATCH, limit - done.clocks))
        if not part.clocks:
            break
        done += part
    return done


def claim(now: dt.datetime, size: int) -> list[TicketClock]:
    """Return due clocks, locked; those another sweep holds are skipped."""
    due = TicketClock.objects.due_now(now, OPEN)
    return list(
        due.select_related("ticket__project__node", "ticket__handler", "ticket__first_responder")
        .order_by("next_step_at", "pk")
        .select_for_update(skip_locked=True, of=("self",))[:size]
    )


def _sweep_batch(now: dt.datetime, size: int) -> Swept:
    rows = claim(now, size)
    if not rows:
        return Swept()
    terms = Terms()
    fired = _fired(rows)
    due = {row.pk: find_due(terms.steps(row), fired=fired[row.pk], now=now) for row in rows}
    effects = [
        TicketClockEffect(
            clock=row, target=row.target, step=step.name, at=now, is_told=step in due[row.pk].told
        )
        for row in rows
        for step in due[row.pk].all
    ]
    TicketClockEffect.objects.bulk_create(effects)
    line = DeskLine.above(row.ticket.project.node for row in rows)
    messages: list[Outgoing] = []
    trail: list[TicketClockEntry] = []
    for row in rows:
        messages += clock_notices(row, due[row.pk].told, line)
        if _apply(row, due[row.pk], now):
            trail.append(terms.entry(row, "breached", at=row.due_at, before=row.due_at))
    columns = ["step", "escalation", "state", "breached_at", "next_step_at"]
    TicketClock.objects.bulk_update(rows, columns)
    TicketClockEntry.objects.bulk_create(trail)
    return Swept(len(rows), len(effects), send_many(messages, now=now))


def _apply(row: TicketClock, due: Due, now: dt.datetime) -> bool:
    """Set on ``row`` what follows from the steps that take effect; return whether it ran out."""
    for step in due.all:
        if step.name.startswith("remind-"):
            row.step += 1
        else:
            row.escalation += 1
    row.next_step_at = due.next_at
    ran_out = row.state == RUNNING and row.due_at < now
    if ran_out or (row.state == RUNNING and any(step.name == BREACH for step in due.all)):
        row.state, row.breached_at = BREACHED, row.due_at
        return True
    return False


def _fired(rows: list[TicketClock]) -> dict[int, set[str]]:
    """Return the steps each clock has taken under the limit it has now."""
    fired: dict[int, set[str]] = {row.pk: set() for row in rows}
    targets = {row.pk: row.target for row in rows}
    past = TicketClockEffect.objects.filter(clock__in=rows)
    for pk, target, step in past.values_list("clock_id", "target", "step"):
        if targets[pk] == target:
            fired[pk].add(step)
    return fired


def recompute_ticket_clocks(*, year: int, now: dt.datetime) -> int:
    """Bring open clocks up to date with a loaded official year; return how many changed (PLT-43).

    What moved is noted in the trail and on the ticket. A breach that the year lifts counts as a new
    limit, so that it can be told again.
    """
    before = {
        row.pk: (row.due_at, row.state)
        for row in TicketClock.objects.open().only("pk", "due_at", "state").iterator()
    }
    changed = recompute_open_clocks(TicketClock, year=year, now=now)
    if not changed:
        return 0
    moved = [
        row
        for row in TicketClock.objects.open().select_related("ticket")
        if row.pk in before and before[row.pk] != (row.due_at, row.state)
    ]
    terms = Terms()
    with transaction.atomic():
        for row in moved:
            if before[row.pk][1] == BREACHED and row.state == RUNNING:
                row.target, row.step, row.escalation = row.target + 1, 0, 0
                row.next_step_at = terms.next_step(row, ())
        TicketClock.objects.bulk_update(moved, ["target", "step", "escalation", "next_step_at"])
        TicketClockEntry.objects.bulk_create(
            [
                terms.entry(
                    row, "recomputed", at=now, before=before[row.pk][0], reason=f"year {year}"
                )
                for row in moved
            ]
        )
        _note_next_limits({row.ticket_id for row in moved})
    return changed


def _note_next_limits(ticket_ids: set[int]) -> None:
    ticking = TicketClock.objects.filter(ticket__in=ticket_ids, state__in=(RUNNING, BREACHED))
    due: dict[int, dt.datetime] = {}
    for pk, moment in ticking.values_list("ticket_id", "due_at"):
        due[pk] = min(moment, due.get(pk, moment))
    tickets = list(Ticket.objects.filter(pk__in=due).only("pk", "due_at"))
    for ticket in tickets:
        ticket.due_at = due[ticket.pk]
    Ticket.objects.bulk_update(tickets, ["due_at"])
