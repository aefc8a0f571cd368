"""The policy version, calendars and steps of the clocks of tickets, each read once."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from crm_site.calendars.rules import clocks as rules
from crm_site.calendars.rules.working_time import SHANGHAI, Calendar
from crm_site.calendars.services import calendar_for, clock_of
from crm_site.policies.services import at_version
from crm_site.staff.models import User
from customers.rules.reminders import Step, clock_steps
from service.clocks.models import TicketClock, TicketClockEntry
from service.clocks.policies import TICKET_CLOCKS, TicketClockPolicy
from service.clocks.rules.limits import Matter
from service.tickets.models import Ticket


@dataclass(slots=True)
class Terms:
    """What a batch of clocks needs to know besides its rows."""

    policies: dict[int, TicketClockPolicy] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)

    def policy(self, version: int) -> TicketClockPolicy:
        """Return the table of limits of a version."""
        if version not in self.policies:
            self.policies[version] = at_version(TICKET_CLOCKS, version)
        return self.policies[version]

    def calendar(self, key: str) -> Calendar:
        """Return the calendar in force under the key."""
        if key not in self.calendars:
            self.calendars[key] = calendar_for(key)
        return self.calendars[key]

    def steps(self, row: TicketClock) -> tuple[Step, ...]:
        """Return every reminder and escalation of a clock under the version it is pinned to."""
        facts, calendar = clock_of(row), self.calendar(row.calendar_key)
        reminders = rules.reminders(
            facts.started_at, facts.limit, facts.pauses, calendar, row.reminder_percents
        )
        escalations = self.policy(row.policy_version).escalations
        return clock_steps(reminders, row.due_at, escalations)

    def next_step(self, row: TicketClock, fired: Collection[str]) -> dt.datetime | None:
        """Return when the first step not yet fired is due, None while the clock is not ticking."""
        if row.state not in ("running", "breached"):
            return None
        return min((s.at for s in self.steps(row) if s.name not in fired), default=None)

    def entry(
        self,
        row: TicketClock,
        kind: str,
        *,
        at: dt.datetime,
        before: dt.datetime | None = None,
        actor: User | None = None,
        reason: str = "",
    ) -> TicketClockEntry:
        """Return an unsaved line of the proof trail: what the due time rests on (BEY-02)."""
        facts: dict[str, Any] = {
            "limit_minutes": row.limit_minutes,
            "basis": row.basis,
            "policy_version": row.policy_version,
            "calendar": row.calendar_key,
            "years": years_behind(row, self.calendar(row.calendar_key)),
            "is_provisional": row.is_provisional,
        }
        if reason:
            facts["reason"] = reason
        return TicketClockEntry(
            clock=row,
            at=at,
            kind=kind,
            due_before=before,
            due_after=row.due_at,
            facts=facts,
            actor=actor,
        )


def years_behind(row: TicketClock, calendar: Calendar) -> dict[str, int]:
    """Return the versions of the official years a working due time rests on; 0 for a missing one.

    A calendar that ignores public holidays and a limit in natural time rest on none.
    """
    if row.basis != "working" or not calendar.plan.follows_public_holidays:
        return {}
    first, last = (moment.astimezone(SHANGHAI).year for moment in (row.started_at, row.due_at))
    found = {}
    for year in range(first, last + 1):
        table = calendar.years.get(year)
        found[str(year)] = table.version if table else 0
    return found


def signature(ticket: Ticket) -> dict[str, Any]:
    """Return what decides the limits of a ticket, in short."""
    return {
        "kind": ticket.kind,
        "urgency": ticket.urgency,
        "channel": ticket.channel,
        "category": ticket.category_id,
    }


def matter_of(ticket: Ticket) -> Matter:
    """Return what the table of limits asks about a ticket; reads the classes above its own."""
    codes: list[str] = []
    category = ticket.category
    while category is not None and category.code not in codes:
        codes.append(category.code)
        category = category.parent
    return Matter(ticket.kind, ticket.urgency, ticket.channel, tuple(codes))
