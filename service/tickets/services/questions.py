"""Questions that nobody answered elsewhere become inquiries of the desk (MKT-36)."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer, Project
from customers.open_questions import OpenQuestion, QuestionSource, question_sources
from service.tickets.drafts import TicketDraft
from service.tickets.rules import Channel, TicketKind
from service.tickets.services.opening import open_ticket

BATCH: Final = 200
STAGE: Final = "pre_sale"


def take_up_questions(*, now: datetime) -> int:
    """Open an inquiry for each question that waited too long; return how many were taken up.

    A question opens one inquiry, however often or in how many places this runs.
    """
    done = 0
    for name, source in question_sources().items():
        for question in source.waiting(now, BATCH):
            with transaction.atomic():
                _take_up(name, source, question, now)
            done += 1
    return done


def _take_up(name: str, source: QuestionSource, question: OpenQuestion, now: datetime) -> None:
    known = question.customer_id
    customer = Customer.objects.filter(pk=known).first() if known is not None else None
    subject = _("Unanswered question in %(where)s") % {"where": question.where}
    ticket = open_ticket(
        TicketDraft(
            kind=TicketKind.INQUIRY.value,
            project=Project.objects.get(pk=question.project_id),
            subject=subject,
            body=question.text,
            channel=Channel.WECHAT.value,
            customer=customer,
            contact_name=question.asker,
            stage=STAGE,
            source=f"question:{name}"[:40],
            source_id=question.key,
            received_at=question.asked_at,
        ),
        actor=None,
        now=now,
    )
    source.taken(question.key, ticket.number, now)
