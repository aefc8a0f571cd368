"""Starting, stopping and changing the clocks of a ticket, with what happens to it (SVC-04)."""

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from crm_site.calendars.rules import clocks as rules
from crm_site.calendars.rules.clocks import Clock, ClockLimit
from crm_site.calendars.rules.states import Basis, ClockState
from crm_site.calendars.services import clock_of, clock_values
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from service.clocks.models import TicketClock, TicketClockEffect, TicketClockEntry
from service.clocks.policies import TICKET_CLOCKS, TicketClockPolicy
from service.clocks.rules import changes
from service.clocks.rules.limits import Promise, TicketLimit, limits_for
from service.clocks.rules.moves import Happening, Moves, moves_of
from service.clocks.services.terms import Terms, matter_of, signature
from service.tickets.models import Ticket, TicketEvent
from service.tickets.rules import ENDED, Channel, is_history

OPEN = ("running", "paused", "breached")
TICKING = ("running", "breached")
CLOSURE = Promise.CLOSURE.value
MERGED = "merged"


def follow_ticket(ticket: Ticket, event: TicketEvent, now: dt.datetime) -> None:
    """Bring the clocks of a ticket up to date after an event, in the event's transaction."""
    happening = Happening(
        kind=event.kind,
        ticket_kind=ticket.kind,
        from_state=event.from_state,
        to_state=event.to_state,
        by_person=event.actor_id is not None,
        data=event.data,
    )
    Keeper(ticket, at=event.at, actor=event.actor, now=now).take(moves_of(happening))


@dataclass(slots=True)
class Keeper:
    """Changes the clocks of one locked ticket and writes the proof trail."""

    ticket: Ticket
    at: dt.datetime
    now: dt.datetime
    actor: User | None = None
    terms: Terms = field(default_factory=Terms)
    rows: list[TicketClock] = field(default_factory=list)
    trail: list[TicketClockEntry] = field(default_factory=list)
    changed: dict[int, TicketClock] = field(default_factory=dict)

    def take(self, moves: Moves) -> None:
        """Do what an event asks for, write the rows that changed and the ticket's next limit."""
        if moves.starts:  # a ticket just written has no clocks to read
            self._start_all()
        else:
            clocks = TicketClock.objects.filter(ticket=self.ticket)
            self.rows = list(clocks.order_by("pk").select_for_update(of=("self",)))
            if self.rows:
                self._change(moves)
                self._write()
        self._note_next_limit()

    def _change(self, moves: Moves) -> None:
        if moves.revives:
            self._revive()
        if moves.goes_on:
            self._each(self._open(), "resumed", self._going_on)
        if self.ticket.state not in ENDED:
            self._retarget()
        met = [row for row in self._open() if row.kind in moves.meets]
        self._each(met, "met", self._met)
        if moves.new_round:
            self._new_round()
        if moves.stands_still:
            self._each(
                self._open(), "paused", lambda facts, _row: changes.stands_still(facts, at=self.at)
            )
        if moves.cancels:
            why = self.ticket.state
            self._each(self._open(), "cancelled", lambda facts, _row: rules.cancel(facts), why)

    def _open(self) -> list[TicketClock]:
        return [row for row in self.rows if row.state in OPEN]

    def _after(self, facts: Clock) -> dt.datetime:
        """Return the moment of the event, never before the clock began."""
        return max(self.at, facts.started_at)

    def _met(self, facts: Clock, row: TicketClock) -> Clock:
        """Return the clock as met; what it stood still until now is not held against it."""
        return rules.meet(self._going_on(facts, row), at=self._after(facts))

    def _going_on(self, facts: Clock, row: TicketClock) -> Clock:
        calendar = self.terms.calendar(row.calendar_key)
        return changes.goes_on(facts, at=self.at, calendar=calendar)

    def _each(self, rows: list[TicketClock], kind: str, change: Any, reason: str = "") -> None:
        for row in rows:
            before = clock_of(row)
            after = change(before, row)
            if after != before:
                self._put(row, after, kind, reason=reason)

    def _put(self, row: TicketClock, facts: Clock, kind: str, *, reason: str = "") -> None:
        """Set the columns of a clock from its facts and note the change."""
        due_before, calendar = row.due_at, self.terms.calendar(row.calendar_key)
        values = clock_values(
            facts, calendar=calendar, percents=row.reminder_percents, fired=row.step
        )
        for name, value in values.items():
            setattr(row, name, value)
        row.next_step_at = self.terms.next_step(row, self._fired(row))
        self.changed[row.pk] = row
        self.trail.append(
            self.terms.entry(
                row, kind, at=self.at, before=due_before, actor=self.actor, reason=reason
            )
        )

    def _fired(self, row: TicketClock) -> set[str]:
        if row.state not in ("running", "breached"):
            return set()
        effects = TicketClockEffect.objects.filter(clock=row, target=row.target)
        return set(effects.values_list("step", flat=True))

    def _write(self) -> None:
        fields = [
            *("started_at", "due_at", "basis", "limit_minutes", "calendar_key", "state"),
            *("paused_at", "paused_for", "pauses", "met_at", "breached_at", "is_provisional"),
            *("next_step_at", "step", "target", "matter", "line", "escalation"),
        ]
        TicketClock.objects.bulk_update(list(self.changed.values()), fields)
        TicketClockEntry.objects.bulk_create(self.trail)

    def _note_next_limit(self) -> None:
        """Keep the earliest limit that runs on the ticket, which lists sort and filter by."""
        due = min((row.due_at for row in self.rows if row.state in TICKING), default=None)
        if due != self.ticket.due_at:
            self.ticket.due_at = due
            Ticket.objects.filter(pk=self.ticket.pk).update(due_at=due)

    def _start_all(self) -> None:
        current = in_force(TICKET_CLOCKS, at=self.now)
        self.terms.policies[current.version] = current.value
        if not _enforced(current.value, self.at) or self._is_history():
            return
        limits = limits_for(matter_of(self.ticket), current.value.limits)
        rows = [self._new(line, current.version, self.at) for line in limits.values()]
        if self.ticket.channel == Channel.IMPORT:
            rows = [row for row in rows if row.due_at > self.now]
        self._add(rows)

    def _is_history(self) -> bool:
        ticket = self.ticket
        return is_history(
            ticket.channel,
            received_at=ticket.opened_at,
            occurred_on=ticket.occurred_on,
            now=self.now,
        )

    def _add(self, rows: list[TicketClock]) -> None:
        made = TicketClock.objects.bulk_create(rows)
        self.rows += made
        TicketClockEntry.objects.bulk_create(
            [self.terms.entry(row, "started", at=self.at, actor=self.actor) for row in made]
        )

    def _new(self, line: TicketLimit, version: int, started_at: dt.datetime) -> TicketClock:
        """Return an unsaved running clock of this round under a line of the table."""
        policy = self.terms.policy(version)
        calendar = self.terms.calendar(line.calendar or policy.calendar)
        facts = rules.start(started_at=started_at, limit=limit_of(line), calendar=calendar)
        values = clock_values(facts, calendar=calendar, percents=policy.reminder_percents)
        row = TicketClock(
            ticket=self.ticket,
            kind=line.clock,
            round=self.ticket.reopened,
            policy_version=version,
            matter=signature(self.ticket),
            line=line_facts(line),
            **values,
        )
        row.next_step_at = self.terms.next_step(row, ())
        return row

    def _new_round(self) -> None:
        """Start a new closure clock for a ticket reopened after it was closed (SVC-27)."""
        if any(row.kind == CLOSURE for row in self._open()):
            return
        version = self.rows[0].policy_version
        policy = self.terms.policy(version)
        line = limits_for(matter_of(self.ticket), policy.limits).get(Promise.CLOSURE)
        if line is not None:
            self._add([self._new(line, version, self.at)])

    def _revive(self) -> None:
        """Let the clocks count again that stopped because the ticket was merged by mistake."""
        lost = [row for row in self.rows if row.state == ClockState.CANCELLED.value]
        last = TicketClockEntry.objects.filter(clock__in=lost, kind="cancelled").order_by("pk")
        why = {entry.clock_id: entry.facts.get("reason") for entry in last}
        for row in lost:
            if why.get(row.pk) == MERGED:
                self._put(row, revived(clock_of(row)), "revived")

    def _retarget(self) -> None:
        """Give open clocks the limits of the matter as it is now, of the pinned version."""
        rows, now_is = self._open(), signature(self.ticket)
        if not rows or all(row.matter == now_is for row in rows):
            return
        version = self.rows[0].policy_version
        limits = limits_for(matter_of(self.ticket), self.terms.policy(version).limits)
        for row in rows:
            line = limits.get(row.kind)
            row.matter = now_is
            self.changed[row.pk] = row
            if line is None:
                self._put(row, rules.cancel(clock_of(row)), "cancelled", reason="no limit")
            elif line_facts(line) != row.line:
                self._aim(row, line)
        self._add_inner(limits.get(Promise.RESPONSE), version)

    def _aim(self, row: TicketClock, line: TicketLimit) -> None:
        policy = self.terms.policy(row.policy_version)
        row.line, row.calendar_key = line_facts(line), line.calendar or policy.calendar
        calendar = self.terms.calendar(row.calendar_key)
        facts = changes.retarget(
            clock_of(row), limit=limit_of(line), calendar=calendar, now=self.at
        )
        if facts.state is not ClockState.BREACHED:
            row.target, row.step, row.escalation = row.target + 1, 0, 0
            self._pass_over(row, facts)
        self._put(row, facts, "retargeted")

    def _pass_over(self, row: TicketClock, facts: Clock) -> None:
        """Count reminders that lie behind as overtaken; a limit that ran out is left to tell."""
        if facts.due.at <= self.at:
            return
        calendar = self.terms.calendar(row.calendar_key)
        behind = [
            reminder
            for reminder in rules.reminders(
                facts.started_at, facts.limit, facts.pauses, calendar, row.reminder_percents
            )
            if reminder.at <= self.at
        ]
        row.step = len(behind)
        TicketClockEffect.objects.bulk_create(
            [
                TicketClockEffect(
                    clock=row,
                    target=row.target,
                    step=f"remind-{reminder.percent}",
                    at=self.at,
                    is_told=False,
                )
                for reminder in behind
            ]
        )

    def _add_inner(self, line: TicketLimit | None, version: int) -> None:
        """Start the desk's inner limit where the matter has come to need it, from now on."""
        first = [row for row in self._open() if row.kind == Promise.FIRST_TOUCH]
        has = any(
            row.kind == Promise.RESPONSE and row.round == self.ticket.reopened for row in self.rows
        )
        if line is not None and first and not has:
            self._add([self._new(line, version, self.at)])


def limit_of(line: TicketLimit) -> ClockLimit:
    """Return the limit of a line of the table."""
    return ClockLimit(Basis(line.basis), dt.timedelta(minutes=line.minutes))


def line_facts(line: TicketLimit) -> dict[str, Any]:
    """Return a line of the table as it is kept on the clock."""
    return {
        "minutes": line.minutes,
        "basis": Basis(line.basis).value,
        "kind": line.kind,
        "category": line.category,
        "urgency": line.urgency,
        "channel": line.channel,
        "calendar": line.calendar,
    }


def revived(facts: Clock) -> Clock:
    """Return a cancelled clock as if it had never stopped: the customer went on waiting."""
    late = facts.breached_at is not None
    return replace(facts, state=ClockState.BREACHED if late else ClockState.RUNNING)


def _enforced(policy: TicketClockPolicy, started_at: dt.datetime) -> bool:
    return policy.enforce_from is None or started_at >= policy.enforce_from
