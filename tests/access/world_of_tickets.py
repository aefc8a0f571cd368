"""One record of each kind of tickets, for the tests of access."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from crm_site.common.files import PDF, Taken
from customers.models import Customer
from service.tickets.drafts import TicketDraft
from service.tickets.models import TicketCategory
from service.tickets.services import directing, giving, linking, papers, transferring
from service.tickets.services.opening import open_ticket


def tickets_of(customer: Customer, people: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds those of the parts before."""
    now = timezone.now()
    agent = people["agent"]
    category = TicketCategory.objects.create(
        kind="complaint", code="world", name="质量", process="standard"
    )
    draft = TicketDraft(
        kind="complaint",
        project=customer.project,
        customer=customer,
        subject="厨房漏水",
        category=category,
    )
    ticket = open_ticket(draft, actor=agent, now=now)
    plan = giving.TaskPlan(title="核查", department="engineering", owner=people["engineering"])
    task = giving.give_task(ticket, plan=plan, actor=agent, now=now)
    transfer = transferring.ask_transfer(
        ticket, taker=people["specialist"], reason="工程问题", actor=agent, now=now
    )
    directive = directing.direct(
        ticket,
        text="三日内答复",
        due_at=now + timedelta(days=3),
        actor=people["head_office"],
        now=now,
    )
    taken = Taken("brief.pdf", PDF, b"%PDF-1.4 x")
    paper = papers.attach(ticket, taken=taken, label="来信", actor=agent, now=now)
    other = open_ticket(draft, actor=agent, now=now)
    link = linking.link(ticket, other=other, kind="related", actor=agent, now=now)
    return {
        "ticket_id": ticket.pk,
        "ticket_step": "note",
        "ticket_task_id": task.pk,
        "ticket_transfer_id": transfer.pk,
        "ticket_directive_id": directive.pk,
        "ticket_paper_id": paper.pk,
        "ticket_link_id": link.pk,
        "ticket_category_id": category.pk,
    }
