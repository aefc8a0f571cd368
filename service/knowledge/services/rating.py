"""A short rating after each inquiry: asked for once, answered once (SVC-10)."""

import secrets
from datetime import datetime
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_site.common.refusals import RefusedError
from crm_site.staff.models import User
from customers.services.telling import Letter, tell
from service.desk.services.feedback import Said, add_feedback
from service.knowledge.finding import rules_at
from service.knowledge.rating_models import ConsultRating
from service.tickets.models import Ticket, TicketEvent

ASKED: Final = "knowledge.rate_consultation"
SUBJECT: Final = "consult_rating"
LOW: Final = 2  # a score up to this asks for an improvement


def follow_ticket(ticket: Ticket, event: TicketEvent, now: datetime) -> None:
    """Ask for a rating when an inquiry closes; closed again after a reopening asks nothing more."""
    if ticket.kind == "inquiry" and event.to_state == "closed":
        ask_for_rating(ticket=ticket, now=now)


@transaction.atomic
def ask_for_rating(*, ticket: Ticket, now: datetime) -> ConsultRating:
    """Return the request of the ticket, made once.

    A customer gets a message with the link where the company's public address is set; everybody
    else is asked by phone.
    """
    row, is_new = ConsultRating.objects.get_or_create(
        ticket=ticket,
        defaults={
            "consultant": ticket.responsible,
            "category": ticket.category,
            "token": secrets.token_urlsafe(12),
            "asked_at": now,
        },
    )
    site = rules_at(now).site_address.rstrip("/")
    if not is_new or ticket.customer is None or not site:
        return row
    link = f"{site}{reverse('service:help-rating', args=[row.token])}"
    letter = Letter(
        kind=ASKED,
        key=f"consult-rating:{ticket.pk}",
        subject=(SUBJECT, row.pk),
        params={"number": ticket.number, "link": link},
    )
    row.is_sent = tell(letter, [ticket.customer], now=now) > 0
    row.save(update_fields=["is_sent"])
    return row


@transaction.atomic
def answer_rating(
    *, rating: ConsultRating, score: int, words: str, actor: User | None, now: datetime
) -> ConsultRating:
    """Keep the answer; ``actor`` asked by phone. Raise RefusedError where there is one already."""
    done = ConsultRating.objects.filter(pk=rating.pk, score__isnull=True).update(
        score=score, words=words.strip()[:500], noted_by=actor, answered_at=now
    )
    if not done:
        raise RefusedError(_("This consultation is rated already. Thank you."))
    rating.refresh_from_db()
    ticket = rating.ticket
    add_feedback(
        said=Said(
            way="rating",
            at=now,
            text=rating.words or ticket.subject,
            score=2 * score,  # of five stars
            customer_id=ticket.customer_id,
            project_id=ticket.project_id,
            source_kind="consult_rating",
            source_id=str(rating.pk),
        ),
        actor=actor,
    )
    return rating
