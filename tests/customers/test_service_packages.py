"""Service by grade: queue, contact frequency, response class, and the floor for all (CUS-14)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm_site.policies.errors import ShapeError
from crm_site.policies.models import PolicyVersion
from crm_site.policies.registry import policy_kind
from crm_site.policies.services import BEGINNING, in_force
from crm_site.policies.shapes import to_json
from customers.models import Customer, CustomerGrade, Lead, LeadClock
from customers.service_policy import PACKAGES
from customers.services.clocks import start_clocks
from customers.tasks import assign_unowned
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def put_in_force(key, now, **changes):
    payload = to_json(in_force(key, at=now).value) | changes
    PolicyVersion.objects.create(
        key=key,
        version=PolicyVersion.objects.filter(key=key).count() + 1,
        payload=payload,
        state="approved",
        valid_from=BEGINNING + DAY,
        created_at=BEGINNING,
        decided_at=BEGINNING,
    )


def graded(grade, **values):
    customer = CustomerFactory(**values)
    CustomerGrade.objects.create(
        customer=customer,
        grade=grade,
        score=50,
        points=[10] * 6,
        policy_version=1,
        graded_at=timezone.now(),
    )
    return customer


@pytest.fixture
def seniors(consultant_b, now):
    put_in_force(PACKAGES, now, seniors=[consultant_b.username])
    return consultant_b


@pytest.mark.spec("CUS-14")
def test_the_same_enquiry_from_a_and_e_joins_different_queues_within_the_floor(
    org, client_for, agent, consultant, seniors
):
    place = {"project": org.project_one, "region_id": org.region_east.pk}
    high = graded("A", phone="+8613800138001", **place)
    low = graded("E", phone="+8613800138002", **place)
    declared = graded("E", phone="+8613800138003", customer_class="high_value", **place)
    client = client_for(agent)
    for customer in (high, low, declared):
        entry = {"name": customer.name, "phone": customer.phone, "capture_point": "hotline"}
        entry |= {"project": org.project_one.pk, "enquiry": "三房还有吗"}
        answer = client.post("/api/v1/customers/", entry, content_type="application/json")
        assert answer.status_code == 200, answer.content
    assign_unowned()
    owners = {c.pk: Customer.objects.get(pk=c.pk).owner for c in (high, low, declared)}
    assert owners == {high.pk: seniors, low.pk: consultant, declared.pk: seniors}
    limits = {}
    for customer in (high, low):
        lead = Lead.objects.get(customer=customer)
        clocks = {clock.kind: clock for clock in lead.clocks.all()}
        limits[customer.pk] = clocks
        assert clocks["first_touch"].due_at - lead.received_at <= 24 * HOUR
    assert limits[high.pk]["response"].limit_minutes == 120
    assert "response" not in limits[low.pk]
    plans = {c.pk: reverse("customers:plans", args=[c.pk]) for c in (high, low)}
    english = {"accept-language": "en"}
    shown = {pk: client.get(url, headers=english).content.decode() for pk, url in plans.items()}
    assert "Dedicated service" in shown[high.pk]
    assert "7 days" in shown[high.pk]
    assert "Basic service" in shown[low.pk]
    assert "60 days" in shown[low.pk]


def test_no_line_of_the_limits_gives_a_grade_more_than_the_floor(consultant, now):
    limits = to_json(in_force("sla.lead", at=now).value)["limits"]
    slow = [{"clock": "first_touch", "minutes": 72 * 60, "basis": "natural", "grade": "E"}]
    long_work = [{"clock": "first_touch", "minutes": 20 * 60, "basis": "working", "grade": "D"}]
    put_in_force("sla.lead", now, limits=[*slow, *long_work, *limits])
    for grade in ("A", "D", "E"):
        lead = LeadFactory(customer=graded(grade, owner=consultant), received_at=now)
        start_clocks(lead=lead, started_at=now, now=now)
        assert LeadClock.objects.get(lead=lead, kind="first_touch").due_at == now + DAY


def test_without_seniors_everybody_shares_every_grade(org, consultant, consultant_b):
    for grade in ("A", "A", "E", "E"):
        customer = graded(grade, project=org.project_one, region_id=org.region_east.pk)
        LeadFactory(customer=customer)
    assign_unowned()
    owners = list(Customer.objects.values_list("owner", flat=True))
    assert sorted(owners) == sorted([consultant.pk, consultant_b.pk] * 2)


def test_the_frequency_suggests_the_next_contact_where_nothing_is_planned(client_for, consultant):
    now = timezone.now()
    due = graded("A", owner=consultant, last_contact_at=now - timedelta(days=8))
    fine = graded("E", owner=consultant, last_contact_at=now - timedelta(days=8))
    client = client_for(consultant)
    icons = {}
    for customer in (due, fine):
        items = client.get(customer.get_absolute_url()).context["open_items"]
        icons[customer.pk] = [(item.icon, item.is_late(now)) for item in items]
    assert icons == {due.pk: [("phone", True)], fine.pk: []}


def test_each_grade_belongs_to_one_band(now):
    kind = policy_kind(PACKAGES)
    payload = to_json(kind.default)
    payload["low"]["grades"] = ["D"]
    with pytest.raises(ShapeError) as refused:
        kind.read(payload)
    assert list(refused.value.errors) == ["high"]
