"""What is open stands on top of the record, also when a call comes in (CUS-82)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from customers.models import Meeting, MeetingGuest
from customers.services.clocks import start_clocks
from tests.factories import CustomerFactory, LeadFactory, TaskFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def caller(consultant):
    return CustomerFactory(name="来电客户", owner=consultant)


def with_everything(customer, owner):
    """Give the customer an overdue task, an open action, a missed visit and an open enquiry."""
    now = timezone.now()
    TaskFactory(customer=customer, owner=owner, title="逾期回访", due_at=now - DAY)
    meeting = Meeting.objects.create(
        kind="visit",
        title="错过的拜访",
        owner=owner,
        starts_at=now - 3 * DAY,
        ends_at=now - 2 * DAY,
        state="missed",
    )
    MeetingGuest.objects.create(meeting=meeting, customer=customer)
    TaskFactory(
        customer=customer,
        owner=owner,
        title="会上承诺的报价",
        due_at=now + 2 * DAY,
        subject_kind="meeting",
        subject_id=str(meeting.pk),
    )
    TaskFactory(customer=customer, owner=owner, title="下周再说", due_at=now + 6 * DAY)
    lead = LeadFactory(customer=customer, received_at=now)
    start_clocks(lead=lead, started_at=now, now=now)


@pytest.mark.spec("CUS-82")
def test_the_phone_number_of_a_call_opens_the_record_with_what_is_open_first(
    client_for, consultant, caller
):
    with_everything(caller, consultant)
    client = client_for(consultant)
    answer = client.get("/customers/", {"q": caller.phone}, follow=True)
    assert answer.redirect_chain == [(caller.get_absolute_url(), 302)]
    items = answer.context["open_items"]
    assert [item.title for item in items[:2]] == ["错过的拜访", "逾期回访"]
    assert "会上承诺的报价" in [item.title for item in items]
    assert "下周再说" not in [item.title for item in items]
    assert sum(item.icon == "clock" for item in items) == 3
    page = answer.content.decode()
    top = page.index('class="card open-items"')
    for later in ('class="rec"', 'id="composer"', 'class="tl-wrap"'):
        assert top < page.index(later)
    assert top < page.index("逾期回访") < page.index('class="rec"')
    facts = AuditEvent.objects.filter(kind="customer.searched_by_phone")
    assert [event.facts for event in facts] == [{"whole": True}]


def test_a_number_nobody_has_or_outside_the_scope_shows_the_empty_list(
    client_for, consultant_c, caller
):
    client = client_for(consultant_c)
    for number in (caller.phone, "13911112222"):
        answer = client.get("/customers/", {"q": number})
        assert answer.status_code == 200
        assert "来电客户" not in answer.content.decode()
    assert AuditEvent.objects.filter(kind="customer.searched_by_phone").count() == 2


def test_a_part_of_a_search_stays_a_list(client_for, consultant, caller):
    client = client_for(consultant)
    assert client.get("/customers/", {"q": "来电"}).status_code == 200
    assert client.get("/customers/", {"q": caller.phone, "grade": "A"}).status_code == 200
    asked = client.get("/customers/", {"q": caller.phone}, headers={"hx-request": "true"})
    assert asked.status_code == 200


def test_nothing_open_shows_nothing(client_for, consultant, caller):
    page = client_for(consultant).get(caller.get_absolute_url())
    assert page.context["open_items"] == []
    assert "open-items" not in page.content.decode()
