"""The number of whoever reported: masked, shown for a reason, each look in the audit trail."""

import pytest

from crm_site.audit.models import AuditEvent
from service.tickets.drafts import TicketDraft
from service.tickets.services.opening import open_ticket
from tests.factories import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.check("A-32")]
PHONE, WHOLE, MASKED = "+8613983746152", "139 8374 6152", "139****6152"


@pytest.fixture
def stranger(org, cast, now):
    """A neighbour who is no customer of ours called about noise."""
    draft = TicketDraft(
        kind="complaint",
        project=org.project_one,
        subject="施工噪音",
        contact_name="邻居",
        contact_phone=PHONE,
    )
    return open_ticket(draft, actor=cast["agent"], now=now)


def shown():
    return AuditEvent.objects.filter(kind="ticket.phone_revealed")


def test_the_number_is_masked_until_a_reason_is_given(stranger, desk, cast):
    agent, address = desk("agent"), f"/tickets/{stranger.pk}/phone/"
    page = agent.get(f"/tickets/{stranger.pk}/").content.decode()
    assert MASKED in page.replace(" ", "")
    assert address in page
    for short in ("", "看", "   "):
        refused = agent.post(address, {"reason": short})
        assert refused.status_code == 422
        assert WHOLE not in refused.content.decode()
    assert not shown().exists()
    answer = agent.post(address, {"reason": "回电说明施工安排"})
    assert answer.status_code == 200
    assert WHOLE in answer.content.decode()
    event = shown().get()
    assert (event.actor_id, event.subject_kind) == (cast["agent"].pk, "ticket")
    assert (str(event.subject_id), event.reason) == (str(stranger.pk), "回电说明施工安排")
    assert PHONE not in str(event.facts)
    assert agent.get(address).status_code == 405


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("supervisor", 200),
        ("specialist", 200),
        ("service_manager", 200),
        ("executive", 200),
        ("head_office", 403),
        ("engineering", 403),
        ("consultant", 404),
        ("finance", 403),
        ("auditor", 403),
    ],
)
def test_who_may_have_it_shown(stranger, desk, who, status):
    answer = desk(who).post(f"/tickets/{stranger.pk}/phone/", {"reason": "核对号码"})
    assert answer.status_code == status
    assert (WHOLE in answer.content.decode()) == (status == 200)
    assert shown().exists() == (status == 200)
    page = desk(who).get(f"/tickets/{stranger.pk}/").content.decode()
    assert (f"/tickets/{stranger.pk}/phone/" in page) == (status == 200)


def test_a_consultant_asks_for_the_number_of_a_ticket_of_their_own(org, desk, cast, now):
    draft = TicketDraft(
        kind="inquiry", project=org.project_one, subject="户型", contact_phone=PHONE
    )
    ticket = open_ticket(draft, actor=cast["consultant"], now=now)
    address = f"/tickets/{ticket.pk}/phone/"
    assert desk("consultant").post(address, {}).status_code == 422
    answer = desk("consultant").post(address, {"reason": "约定看房时间"})
    assert WHOLE in answer.content.decode()
    assert desk("consultant_b").post(address, {"reason": "约定看房时间"}).status_code == 404


def test_with_a_customer_the_rule_of_the_customer_holds(desk, cast, now):
    customer = CustomerFactory(owner=cast["consultant"])
    draft = TicketDraft(
        kind="complaint",
        project=customer.project,
        subject="漏水",
        customer=customer,
        contact_phone=PHONE,
    )
    ticket = open_ticket(draft, actor=cast["agent"], now=now)
    page = desk("consultant").get(f"/tickets/{ticket.pk}/").content.decode()
    assert WHOLE in page  # of an own customer, without asking; the look is noted
    assert AuditEvent.objects.filter(subject_kind="customer").exists()
    assert f"/tickets/{ticket.pk}/phone/" not in page
    assert WHOLE not in desk("agent").get(f"/tickets/{ticket.pk}/").content.decode()
    answer = desk("agent").post(f"/tickets/{ticket.pk}/phone/", {"reason": "回访结果"})
    assert WHOLE in answer.content.decode()


def test_thirty_numbers_a_minute_and_no_more(stranger, desk):
    agent, address = desk("agent"), f"/tickets/{stranger.pk}/phone/"
    for _number in range(30):
        assert agent.post(address, {"reason": "核对号码"}).status_code == 200
    assert agent.post(address, {"reason": "核对号码"}).status_code == 429
    assert shown().count() == 30
