"""Answers to a ticket that cite the knowledge base and do not repeat themselves (SVC-08)."""

import hashlib
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.common.grams import fold
from crm_site.common.refusals import RefusedError
from crm_site.staff.models import User
from service.knowledge.article_models import Article
from service.knowledge.choices import TICKET
from service.knowledge.services.articles import note_use, require_offered
from service.knowledge.services.missing import note_missing
from service.tickets.models import Ticket, TicketEvent
from service.tickets.services.events import lock_ticket, write_event

SHORTEST: Final = 10  # letters; less is no full answer


class SameAnswerError(RefusedError):
    """The same words were given in this case before."""

    code = "same-answer"


@transaction.atomic
def answer_asker(
    *,
    ticket: Ticket,
    text: str,
    article: Article | None,
    again: bool,
    actor: User,
    now: datetime,
) -> TicketEvent:
    """Write an answer into the ticket and return its event; it names article and version.

    Without an article the subject joins the questions without an answer. Raise SameAnswerError for
    words that were given in this case before, unless ``again``; RefusedError for an ended ticket,
    an answer of a few letters, and an article that is not in force.
    """
    lock_ticket(ticket)
    words = text.strip()
    if not ticket.is_open:
        raise RefusedError(_("This ticket is ended. Reopen it first."))
    if len(words) < SHORTEST:
        raise RefusedError(_("Write a full answer: what is so, and what happens next."))
    digest = digest_of(words)
    if not again and answers_of(ticket).filter(data__answer=digest).exists():
        raise SameAnswerError(
            _("The same text was given in this case before. Say more, or confirm it.")
        )
    data: dict[str, Any] = {"answer": digest}
    if article is not None:
        version = require_offered(article, today=timezone.localdate(now))
        note_use([(article, version)], source=TICKET, actor=actor, now=now)
        data |= {
            "article": article.pk,
            "number": article.document.number,
            "version": version.number,
        }
    else:
        note_missing(question=ticket.subject, source=TICKET, actor=actor, now=now)
    return write_event(ticket, "noted", actor=actor, now=now, note=words, data=data)


def answers_of(ticket: Ticket) -> Any:
    """Return the answers given in a ticket, the first on top; not what the customer answered."""
    rows = TicketEvent.objects.filter(ticket=ticket, kind="noted", data__has_key="answer")
    return rows.select_related("actor").order_by("at", "pk")


def digest_of(text: str) -> str:
    """Return what two texts share that differ in blanks and marks only."""
    letters = "".join(letter for letter in fold(text) if letter.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()
