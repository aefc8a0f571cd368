"""One record of each kind of knowledge, for the tests of access."""

from datetime import date
from typing import Any

from django.utils import timezone

from crm_site.approvals.models import Approval
from crm_site.approvals.services import sign
from crm_site.documents.services import submit_version
from customers.models import Customer
from service.knowledge.models import (
    Article,
    CentreUnit,
    ConsultRating,
    HelpCase,
    ServiceItem,
    ServiceOrder,
)
from service.knowledge.services.articles import Filing, Writing, write_article
from service.knowledge.services.missing import note_missing
from service.tickets.drafts import TicketDraft
from service.tickets.services.opening import open_ticket


def article_by(writer: Any, signer: Any) -> Article:
    """Return an article for staff that is approved and in force."""
    now = timezone.now()
    writing = Writing(
        title="如何办理房产证",
        answer="到不动产登记中心办理。",
        effective_from=date(2026, 1, 1),
        effective_until=None,
        holder=writer,
        filing=Filing(),
    )
    article = write_article(writing=writing, actor=writer, now=now)
    version = submit_version(document=article.document, actor=writer, now=now)
    approval = Approval.objects.get(pk=version.approval_id)
    sign(approval_id=approval.pk, digest=approval.digest, signer=signer, now=now)
    return article


def knowledge_of(
    customer: Customer, people: dict[str, Any], made: dict[str, Any]
) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds those of the parts before."""
    now, manager = timezone.now(), people["service_manager"]
    assert customer.project is not None
    asked = note_missing(question="小区可以养狗吗", source="desk", actor=manager, now=now)
    assert asked is not None
    opinion = TicketDraft(
        kind="suggestion", project=customer.project, subject="加装儿童座椅", customer=customer
    )
    ticket = open_ticket(opinion, actor=None, now=now)
    case = HelpCase.objects.create(
        ticket=ticket, code_digest="0" * 64, is_staffed=True, promised_at=now
    )
    rating = ConsultRating.objects.create(ticket=ticket, token="of-the-world", asked_at=now)
    item = ServiceItem.objects.create(
        code="cleaning", name="家政保洁", stage="after_sale", owner=manager
    )
    order = ServiceOrder.objects.create(
        item=item, customer=customer, project=customer.project, booked_by=manager
    )
    unit = CentreUnit.objects.create(
        function="complaints", node=customer.project.node, lead=manager
    )
    return {
        "article_id": article_by(manager, people["executive"]).pk,
        "help_article_id": 1_000_000_007,
        "missing_id": asked.pk,
        "help_case_id": case.pk,
        "consult_rating_id": rating.pk,
        "rating_token": "not-a-token",
        "feedback_id": ticket.pk,
        "reply_ticket_id": ticket.pk,
        "service_item_id": item.pk,
        "service_order_id": order.pk,
        "order_step": "confirmed",
        "centre_unit_id": unit.pk,
    }
