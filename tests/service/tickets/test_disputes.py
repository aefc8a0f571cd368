"""A price dispute has its file at once: price history and commitment letter (SVC-38)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from customers.pricing.services.letters import Promise, issue_letter
from service.tickets.drafts import TicketDraft
from service.tickets.models import Ticket
from service.tickets.services.opening import open_ticket
from tests.conftest import make_user
from tests.pricing.conftest import (  # noqa: F401 -- borrowed fixtures
    boss,
    building,
    buyer,
    director,
    draft,
    make_units,
    money_keeper,
    project,
    publish,
    seller,
    unit,
)
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.spec("SVC-38")
def test_history_and_letter_are_attached_at_once(org, unit, buyer, seller, publish) -> None:  # noqa: F811
    now = timezone.now()
    publish(20_000, at=now - timedelta(days=40))
    letter = issue_letter(
        unit=unit,
        customer=buyer,
        promise=Promise(days=180, remedy="退还差价"),
        actor=seller,
        now=now - timedelta(days=30),
    )
    publish(18_000, at=now - timedelta(days=2))
    agent = make_user(org, "agent")
    received = {
        "kind": "price_dispute",
        "project": unit.project_id,
        "unit_name": str(unit),
        "customer": buyer.pk,
        "subject": "降价补差",
        "channel": "visit",
        "stage": "in_sale",
    }
    answer = sign_in(Client(), agent).post("/tickets/add/", received)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    ticket = Ticket.objects.get()
    assert ticket.unit == unit
    paper = ticket.papers.get()
    assert letter.number in paper.label
    assert paper.data() == bytes(letter.document)
    noted = ticket.events.get(kind="noted")
    assert len(noted.data["prices"]) == 2
    page = sign_in(Client(), agent).get(f"/tickets/{ticket.pk}/").content.decode()
    assert letter.number in page
    assert "¥1,964,000" in page
    assert "¥1,767,600" in page


def test_repairs_of_one_home_again_open_a_care_case(org, unit, buyer) -> None:  # noqa: F811
    agent, now = make_user(org, "agent"), timezone.now()
    for number in range(3):
        draft_of = TicketDraft(
            kind="repair", project=unit.project, unit=unit, customer=buyer, subject=f"维修{number}"
        )
        open_ticket(draft_of, actor=agent, now=now)
    assert Ticket.objects.get(kind="care").source == "care.repeated-repair"
