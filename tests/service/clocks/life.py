"""A ticket of the tests' own, led through events at given moments."""

from datetime import timedelta

from service.clocks.models import TicketClock
from service.tickets.drafts import TicketDraft
from service.tickets.models import Ticket
from service.tickets.services.events import lock_ticket, write_event
from service.tickets.services.moving import enter_state
from service.tickets.services.opening import open_ticket
from service.tickets.services.waiting import customer_answered, wait_for_customer
from tests.service.clocks.oracle import at

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Life:
    """One ticket; each method is one thing that happens to it, at a moment like "05-20 10:32"."""

    def __init__(self, project, person, opened, **draft):
        self.person = person
        values = {"kind": "complaint", "subject": "厨房漏水", "first_responder": person} | draft
        self.ticket = open_ticket(
            TicketDraft(project=project, **values), actor=person, now=moment(opened)
        )

    def move(self, when, to, *, actor="person"):
        """Enter a state without what the procedure needs besides: the clocks read events only."""
        before = self.ticket.state
        lock_ticket(self.ticket)
        enter_state(self.ticket, to, now=moment(when))
        kind = "reopened" if to == "reopened" else "moved"
        self._write(kind, when, actor, (before, to))

    def event(self, when, kind, *, actor="person", data=None):
        self._write(kind, when, actor, ("", ""), data)

    def wait(self, when):
        wait_for_customer(self.ticket, actor=self.person, now=moment(when))

    def hear(self, when):
        customer_answered(self.ticket, actor=None, now=moment(when))

    def change(self, when, **columns):
        """Change facts of the ticket, as its form does."""
        Ticket.objects.filter(pk=self.ticket.pk).update(**columns)
        self.ticket.refresh_from_db()
        self._write("edited", when, "person", ("", ""))

    def merge(self, when, into):
        before = self.ticket.state
        Ticket.objects.filter(pk=self.ticket.pk).update(
            state="merged", merged_into=into, resume_state=before
        )
        self.ticket.refresh_from_db()
        self._write("merged", when, "person", (before, "merged"))

    def unmerge(self, when):
        after = self.ticket.resume_state
        Ticket.objects.filter(pk=self.ticket.pk).update(
            state=after, merged_into=None, resume_state=""
        )
        self.ticket.refresh_from_db()
        self._write("unmerged", when, "person", ("merged", after))

    def clock(self, kind="closure", round=0):
        return TicketClock.objects.get(ticket=self.ticket, kind=kind, round=round)

    def states(self):
        rows = TicketClock.objects.filter(ticket=self.ticket).order_by("round", "pk")
        return {f"{row.kind}-{row.round}" if row.round else row.kind: row.state for row in rows}

    def _write(self, kind, when, actor, states, data=None):
        person = self.person if actor == "person" else None
        write_event(
            self.ticket, kind, actor=person, now=moment(when), states=states, data=data or {}
        )


def moment(text):
    """Return a moment of 2026, or the text's own year, in Beijing time."""
    return text if not isinstance(text, str) else at(text if len(text) > 11 else f"2026-{text}")
