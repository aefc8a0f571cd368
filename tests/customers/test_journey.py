"""One customer through the five capture points of the journey (CUS-03)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer, Lead, SourceEvent
from tests.factories import CustomerFactory, LeadFactory

ENGLISH = {"accept-language": "en"}
JSON = "application/json"
POINTS = ["Online browsing", "Consultation", "Appointment", "Signing", "Moving in"]


def event(customer, name, kind, at, **more):
    return {"event_id": name, "kind": kind, "customer": customer.pk, "at": at.isoformat()} | more


@pytest.mark.spec("CUS-03")
def test_the_five_points_leave_dated_lines_with_their_source(consultant, marketing, client_for):
    website, seller = client_for(marketing), client_for(consultant)
    now = timezone.now()
    customer = CustomerFactory(owner=consultant, source="referral")
    lead = LeadFactory(customer=customer, state="subscribed", source="referral")

    def send(*events):
        answer = website.post("/api/v1/behaviour-events/", list(events), content_type=JSON)
        assert answer.status_code == 202

    page = {"path": "/yunqili"}
    send(
        event(customer, "b1", "browsing", now - timedelta(days=20), facts=page),
        event(customer, "b2", "browsing", now - timedelta(days=19), facts=page),
        event(
            customer,
            "c1",
            "consulting",
            now - timedelta(days=15),
            channel="wechat",
            facts={"content": "还有三居吗"},
        ),
    )
    talk = {"channel": "phone", "result": "visit_booked", "content": "周六十点看房"}
    assert seller.post(f"/customers/{customer.pk}/interactions/", talk).status_code == 302
    moved = seller.post(f"/leads/{lead.pk}/move/", {"to": "signed"})
    assert (moved.status_code, Lead.objects.get().state) == (302, "signed")
    send(event(customer, "m1", "transaction", timezone.now(), action="move_in"))

    kept = SourceEvent.objects.filter(customer=customer).order_by("at", "pk")
    assert list(kept.values_list("capture_point", "source", "actor")) == [
        ("browsing", "website", marketing.pk),
        ("consultation", "wechat", marketing.pk),
        ("appointment", "hotline", consultant.pk),
        ("signing", "referral", consultant.pk),
        ("move_in", "referral", marketing.pk),
    ]
    assert kept.get(capture_point="browsing").at == now - timedelta(days=20)
    assert kept.get(capture_point="consultation").at == now - timedelta(days=15)

    record = seller.get(customer.get_absolute_url(), headers=ENGLISH).content.decode()
    for point in POINTS:
        line = re.search(rf"<b>{point}</b><time datetime=\"(\S+?)\">.*?</div><p>(.*?)</p>", record)
        assert line is not None, point
        assert line[1]
        assert line[2].startswith("Source: ")


def test_further_page_views_leave_no_further_capture(consultant, marketing, client_for):
    customer = CustomerFactory(owner=consultant)
    client = client_for(marketing)
    at = timezone.now() - timedelta(days=2)
    for turn in range(3):
        body = event(customer, f"b{turn}", "browsing", at, facts={"path": "/a"})
        client.post("/api/v1/behaviour-events/", body, content_type=JSON)
    assert SourceEvent.objects.count() == 1


def test_a_refused_move_or_talk_leaves_no_capture(consultant, client_for):
    customer = CustomerFactory(owner=consultant)
    lead = LeadFactory(customer=customer, state="contacted")
    client = client_for(consultant)
    assert client.post(f"/leads/{lead.pk}/move/", {"to": "signed"}).status_code == 409
    booked = {"channel": "phone", "result": "visit_booked", "content": ""}
    assert client.post(f"/customers/{customer.pk}/interactions/", booked).status_code == 422
    assert SourceEvent.objects.count() == 0
    assert Customer.objects.count() == 1
