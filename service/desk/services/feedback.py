"""Everything customers tell us in one table, whichever way it came (SVC-44)."""

from dataclasses import dataclass
from datetime import datetime

from crm_site.staff.models import User
from customers.rules.text import clean_lines
from service.desk.models import Feedback
from service.tickets.models import Ticket, TicketEvent

# What a ticket that is opened counts as: by its kind.
WAY_OF = {
    "complaint": "complaint",
    "price_dispute": "complaint",
    "group_complaint": "complaint",
    "suggestion": "suggestion",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said; the same ``source_kind`` and ``source_id`` is one row."""

    way: str
    at: datetime
    text: str = ""
    score: int | None = None
    customer_id: int | None = None
    project_id: int | None = None
    source_kind: str = ""
    source_id: str = ""


def add_feedback(*, said: Said, actor: User | None) -> Feedback:
    """Keep feedback and return it; a source seen before returns the first row.

    Other parts call this for answered questionnaires, callbacks and ratings.
    """
    if not said.source_id:
        row = _row(said, actor)
        row.save(force_insert=True)
        return row
    count_feedback(said=said, actor=actor)
    found: Feedback = Feedback.objects.get(source_kind=said.source_kind, source_id=said.source_id)
    return found


def count_feedback(*, said: Said, actor: User | None) -> None:
    """Keep feedback in one statement; what came from the same source before stays as it is."""
    Feedback.objects.bulk_create([_row(said, actor)], ignore_conflicts=True)


def _row(said: Said, actor: User | None) -> Feedback:
    return Feedback(
        way=said.way,
        at=said.at,
        text=clean_lines(said.text)[:2000],
        score=said.score,
        customer_id=said.customer_id,
        project_id=said.project_id,
        source_kind=said.source_kind,
        source_id=said.source_id,
        author=actor,
    )


def follow_ticket(ticket: Ticket, event: TicketEvent, now: datetime) -> None:
    """Count complaints and suggestions as feedback when they are opened, callbacks when made."""
    if event.kind == "opened" and ticket.kind in WAY_OF:
        way, source, text = WAY_OF[ticket.kind], "ticket", ticket.subject
    elif event.kind == "called_back":
        way, source, text = "callback", "ticket_event", event.note or ticket.subject
    else:
        return
    key = ticket.pk if source == "ticket" else event.pk
    said = Said(
        way=way,
        at=ticket.opened_at if source == "ticket" else now,
        text=text,
        score=_score(event) if source == "ticket_event" else None,
        customer_id=ticket.customer_id,
        project_id=ticket.project_id,
        source_kind=source,
        source_id=str(key),
    )
    count_feedback(said=said, actor=event.actor)


def _score(event: TicketEvent) -> int | None:
    """Return how pleasant a callback found us, out of ten; ``None`` where nobody asked."""
    mark, scale = event.data.get("pleasant"), event.data.get("scale")
    return max(1, min(10, round(10 * mark / scale))) if mark and scale else None
