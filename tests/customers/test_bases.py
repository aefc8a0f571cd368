"""The existing base and the visitors who did not buy (CUS-18, CUS-19)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, LeadEvent
from customers.services.lifecycle import mark_churned
from tests.factories import CustomerFactory, InteractionFactory, LeadFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.mark.spec("CUS-18")
def test_a_resident_of_an_estate_of_others_is_existing_and_managed_only(
    consultant, supervisor, client_for
):
    owner = CustomerFactory(owner=consultant, customer_class="existing")
    resident = CustomerFactory(owner=consultant)
    CustomerFactory(owner=consultant, customer_class="intent")
    client = client_for(consultant)
    data = {"version": resident.version, "nature": "", "managed_estate": "翠园（他人开发）"}
    assert client.post(f"/customers/{resident.pk}/group/", data).status_code == 302
    page = client.get("/customers/?view=existing&existing=all")
    assert {(row.pk, row.is_managed_only) for row in page.context["rows"]} == {
        (owner.pk, False),
        (resident.pk, True),
    }
    assert page.content.decode().count("仅物业服务") >= 1
    managed = client.get("/api/v1/customers/?existing=managed_only").json()["results"]
    assert [row["id"] for row in managed] == [resident.pk]
    counted = client_for(supervisor).get("/customers/standing/").context
    assert [number for _label, number, _url in counted["base"]] == [1, 1]
    assert counted["base_total"] == 2


@pytest.fixture
def visitors(org, consultant, supervisor, now):
    """Six who visited and did not buy in different ways, and three who do not belong."""
    long_ago, place = now - 400 * DAY, {"project_id": org.project_one.node_id}
    place |= {"region_id": org.region_east.pk}
    talked = CustomerFactory(owner=consultant, intent=3, last_contact_at=now - 2 * DAY)
    InteractionFactory(customer=talked, channel="visit", result="visited", at=now - 2 * DAY)
    lost = CustomerFactory(owner=consultant, intent=1, last_contact_at=long_ago)
    lead = LeadFactory(customer=lost, state="lost", lost_reason="price")
    LeadEvent.objects.create(lead=lead, kind="state", to_value="visited", at=long_ago)
    churned = CustomerFactory(owner=consultant, last_contact_at=now - 31 * DAY)
    LeadFactory(customer=churned, state="visited")
    mark_churned(customer=churned, rule="quiet", now=now)
    pooled = CustomerFactory(owner=None, last_contact_at=long_ago, **place)
    InteractionFactory(customer=pooled, channel="phone", result="visited", at=long_ago)
    edge = CustomerFactory(owner=consultant, last_contact_at=now - 30 * DAY)
    LeadFactory(customer=edge, state="subscribed")
    never = CustomerFactory(owner=consultant, is_unreachable=True)
    Customer.objects.filter(pk=never.pk).update(created_at=now - 60 * DAY)
    LeadFactory(customer=never, state="visited")
    bought = CustomerFactory(owner=consultant, customer_class="first_purchase")
    InteractionFactory(customer=bought, channel="visit", result="visited")
    CustomerFactory(owner=consultant, last_contact_at=long_ago)
    merged = CustomerFactory(owner=consultant, merged_into=talked)
    LeadFactory(customer=merged, state="visited")
    return {
        "talked": talked,
        "lost": lost,
        "churned": churned,
        "pooled": pooled,
        "edge": edge,
        "never": never,
    }


@pytest.fixture
def at_now(monkeypatch, now):
    monkeypatch.setattr("customers.views.bases.timezone.now", lambda: now)


@pytest.mark.spec("CUS-19")
def test_the_report_of_quiet_visitors_is_complete_and_none_lacks_an_owner(
    visitors, supervisor, consultant, executive, client_for, at_now
):
    client = client_for(executive)
    page = client.get("/customers/unclosed/")
    assert {row.pk for row in page.context["rows"]} == {row.pk for row in visitors.values()}
    assert page.context["total"] == 6
    quiet = client.get("/customers/unclosed/?quiet=yes")
    names = ("lost", "churned", "pooled", "never")
    assert {row.pk for row in quiet.context["rows"]} == {visitors[name].pk for name in names}
    assert page.context["quiet"] == len(quiet.context["rows"]) == 4
    responsible = {row.pk: row.responsible for row in page.context["rows"]}
    assert all(responsible.values())
    assert responsible[visitors["lost"].pk] == consultant.name
    assert supervisor.name in responsible[visitors["pooled"].pk]


def test_the_report_by_reason_and_interest_counts_the_rows_of_the_list(
    visitors, executive, client_for, at_now
):
    client = client_for(executive)
    context = client.get("/customers/unclosed/").context
    rows = {row.key: row.cells for row in context["reasons"]}
    assert rows == {"open": [1, 0, 0, 4], "price": [0, 0, 1, 0]}
    assert context["sums"] == [1, 0, 1, 4]
    for row in context["reasons"]:
        listed = client.get(f"/customers/unclosed/?reason={row.key}").context["rows"]
        assert len(listed) == row.total
    weak = client.get("/customers/unclosed/?interest=1").context["rows"]
    assert [row.pk for row in weak] == [visitors["lost"].pk]
    unsaid = client.get("/customers/unclosed/?interest=none").context["rows"]
    assert len(unsaid) == 4


def test_the_nurture_list_holds_everybody_who_can_be_reached(
    visitors, executive, client_for, at_now
):
    page = client_for(executive).get("/customers/unclosed/?view=nurture")
    names = set(visitors) - {"never"}
    assert {row.pk for row in page.context["rows"]} == {visitors[name].pk for name in names}
    assert page.context["total"] == 5


def test_a_consultant_sees_own_visitors_and_the_pool_of_the_project(
    visitors, consultant_b, consultant_c, client_for, at_now
):
    rows = client_for(consultant_b).get("/customers/unclosed/").context["rows"]
    assert [row.pk for row in rows] == [visitors["pooled"].pk]
    assert client_for(consultant_c).get("/customers/unclosed/").context["rows"] == []


def test_the_page_costs_the_same_for_one_row_and_for_twenty(executive, consultant, client_for, now):
    client = client_for(executive)

    def statements():
        client.get("/customers/unclosed/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/customers/unclosed/")
        return len(seen)

    def visit(number):
        for _ in range(number):
            customer = CustomerFactory(region_id=consultant.node.region_id)
            InteractionFactory(customer=customer, channel="visit", result="visited")

    visit(1)
    one = statements()
    visit(19)
    assert statements() == one
