"""The portrait: four blocks, each value with its source and time (CUS-30)."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from customers.models import BehaviourEvent, Customer, FieldEvent, Preference, SourceEvent
from tests.factories import CustomerFactory, InteractionFactory, LeadFactory

ENGLISH = {"accept-language": "en"}
JSON = "application/json"
BLOCKS = {
    "basics": {"age", "gender", "occupation", "annual_income", "family"},
    "behaviour": {"intent", "browsing_frequency", "enquiry_type", "deal_progress"},
    "preference": {"budget_min", "budget_max", "layout", "motive"},
    "lifecycle": {"buying_stage", "phase", "customer_class"},
}


@pytest.fixture
def customer(consultant):
    captured = timezone.now() - timedelta(days=30)
    made = CustomerFactory(
        owner=consultant, gender="f", birthday="1990-05-20", occupation="教师", layout="bed3"
    )
    SourceEvent.objects.create(
        customer=made, capture_point="hotline", source="hotline", at=captured, actor=consultant
    )
    LeadFactory(customer=made, source="hotline", state="visited", received_at=captured)
    return made


def portrait_of(client, customer):
    answer = client.get(f"/api/v1/customers/{customer.pk}/portrait/")
    assert answer.status_code == 200
    return {
        block: {value["key"]: value for value in values} for block, values in answer.json().items()
    }


@pytest.mark.spec("CUS-30")
def test_four_blocks_of_which_each_value_carries_source_and_time(
    customer, consultant, marketing, client_for
):
    client = client_for(consultant)
    now = timezone.now()
    change = {"version": customer.version, "changes": {"occupation": "医生"}}
    url = f"/api/v1/customers/{customer.pk}/"
    assert client.patch(url, change, content_type=JSON).status_code == 200
    Preference.objects.create(customer=customer, kind="amenity", value="school", rank=1)
    events = [
        {
            "event_id": f"e{n}",
            "kind": "browsing",
            "customer": customer.pk,
            "at": (now - timedelta(days=n)).isoformat(),
            "facts": {"path": "/a"},
        }
        for n in range(1, 13)
    ]
    sent = client_for(marketing).post("/api/v1/behaviour-events/", events, content_type=JSON)
    assert sent.status_code == 202
    InteractionFactory(customer=customer, intent=3, at=now - timedelta(hours=1))
    Customer.objects.filter(pk=customer.pk).update(intent=3)

    blocks = portrait_of(client, customer)
    assert set(blocks) == set(BLOCKS)
    for name, keys in BLOCKS.items():
        assert keys <= blocks[name].keys()
        for value in blocks[name].values():
            assert value["source"]
            assert parse_datetime(value["at"]) is not None
    captured = SourceEvent.objects.get(capture_point="hotline").at
    gender, job = blocks["basics"]["gender"], blocks["basics"]["occupation"]
    assert (gender["value"], gender["source"]) == ("f", "hotline")
    assert parse_datetime(gender["at"]) == captured
    assert (job["value"], job["source"]) == ("医生", "edit")
    assert parse_datetime(job["at"]) == FieldEvent.objects.get(field="occupation").at
    assert blocks["behaviour"]["intent"]["source"] == "interaction"
    browsing = blocks["behaviour"]["browsing_frequency"]
    assert (browsing["value"], browsing["source"]) == (6.0, "behaviour")
    assert parse_datetime(browsing["at"]) == BehaviourEvent.objects.get(event_id="e1").at
    assert blocks["behaviour"]["deal_progress"]["value"] == "visited"
    assert blocks["behaviour"]["enquiry_type"]["value"] == "hotline"
    assert blocks["preference"]["amenity.1"]["value"] == "school"
    assert blocks["lifecycle"]["buying_stage"]["value"] == customer.buying_stage
    age = (
        timezone.localdate().year
        - 1990
        - ((timezone.localdate().month, timezone.localdate().day) < (5, 20))
    )
    assert blocks["basics"]["age"]["value"] == age


@pytest.mark.spec("CUS-30")
def test_the_tab_shows_the_four_blocks_with_sources_and_the_weeks(customer, consultant, client_for):
    client = client_for(consultant)
    url = reverse("customers:customer-portrait", args=[customer.pk])
    page = client.get(url, headers=ENGLISH).content.decode()
    for title in ("Basics", "Behaviour", "Preference", "Lifecycle"):
        assert f">{title}</h2>" in page
    assert page.count("Hotline · <time datetime=") == 8
    blocks = "".join(page.split('known-kv">')[1:]).split("known-weeks")[0]
    shown = re.findall(r"<dd>(.*?)</dd>", blocks)
    assert len(shown) > 20
    assert all("<time datetime=" in value or value == "--" for value in shown)
    assert page.count("<rect") >= 8
    assert "style=" not in page.partition('class="known"')[2]
    record = client.get(customer.get_absolute_url(), headers=ENGLISH).content.decode()
    assert f'href="{url}"' in record
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert client.get(url).content.decode().count("<h1") == 1


def test_a_portrait_costs_the_same_however_much_is_known(customer, consultant, client_for):
    client = client_for(consultant)
    url = reverse("customers:customer-portrait", args=[customer.pk])

    def cost(**headers):
        client.get(url, headers=headers)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url, headers=headers).status_code == 200
        return len(captured)

    part, page = cost(**{"hx-request": "true"}), cost()
    InteractionFactory.create_batch(10, customer=customer, intent=2)
    LeadFactory.create_batch(5, customer=customer)
    for n in range(20):
        Preference.objects.create(customer=customer, kind="amenity", value=f"v{n}", rank=n + 1)
        FieldEvent.objects.create(
            customer=customer, field=f"f{n}", source="edit", at=timezone.now()
        )
        BehaviourEvent.objects.create(
            event_id=f"q{n}",
            customer=customer,
            kind="browsing",
            action="page_view",
            facts={"path": "/a"},
            at=timezone.now(),
            received_at=timezone.now(),
        )
    assert cost(**{"hx-request": "true"}) == part <= 15
    assert cost() == page <= part + 15  # the record around it


def test_whoever_does_not_see_the_customer_gets_no_portrait(customer, consultant_c, client_for):
    client = client_for(consultant_c)
    for name in ("customer-portrait", "customer-intents", "customer-preferences"):
        url = reverse(f"customers:{name}", args=[customer.pk])
        assert client.get(url).status_code == 404
    assert client.get(f"/api/v1/customers/{customer.pk}/portrait/").status_code == 404
