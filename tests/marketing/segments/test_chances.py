"""Opportunities found by the job, information to the un-closed, investors, hashed audiences."""

import hashlib
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from crm_site.outbox.models import Message
from customers.models import CustomerTag, IntentRegistration, Tag, Task
from customers.rules.consent import Purpose
from marketing.segments.models import (
    AudiencePlacement,
    Holding,
    HousingSpend,
    InfoSend,
    InvestorInterest,
    Opportunity,
)
from marketing.segments.rules.fields import UNCLOSED
from marketing.segments.services.finding import find_opportunities
from marketing.segments.services.freezing import freeze
from marketing.segments.services.keeping import SegmentDraft, write_segment
from marketing.segments.tasks import find_opportunities as job
from marketing.segments.tasks import remind_of_interests
from tests.factories import NOW, CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tagged(marketer):
    """Return a function that puts tags on a customer."""

    def put(customer, *names):
        for name in names:
            tag, _new = Tag.objects.get_or_create(
                name=name, defaults={"group": "need", "owner": marketer}
            )
            CustomerTag.objects.create(customer=customer, tag=tag, at=NOW)

    return put


@pytest.mark.spec("CUS-75")
def test_a_tenant_with_a_purchase_tag_becomes_an_opportunity_that_needs_an_outcome(
    client_for, seller, person, tagged
) -> None:
    tagged(person, "购房需求")
    HousingSpend.objects.create(
        customer=person, kind="lease", with_us=False, year=2026, amount=60_000, at=NOW
    )
    other = CustomerFactory(owner=seller)
    tagged(other, "购房需求")
    job()
    job()  # twice is as once
    found = Opportunity.objects.get()
    assert (found.customer_id, found.rule, found.kind) == (person.pk, "tenant_buys", "cross")
    assert found.owner_id == seller.pk
    client = client_for(seller)
    listed = client.get("/opportunities/").context["rows"]
    assert [row.pk for row in listed] == [found.pk]
    closing = f"{found.get_absolute_url()}close/"
    refused = client.post(closing, {"note": "考虑中"})
    assert refused.status_code == 422
    assert "outcome" in refused.context["form"].errors
    with pytest.raises(IntegrityError), transaction.atomic():
        Opportunity.objects.filter(pk=found.pk).update(state="closed", closed_at=NOW)
    assert client.post(f"{found.get_absolute_url()}take/").status_code == 302
    assert client.post(f"{found.get_absolute_url()}take/").status_code == 409
    assert client.post(closing, {"outcome": "bought", "note": "认购 2 幢"}).status_code == 302
    found.refresh_from_db()
    assert (found.state, found.outcome, found.closed_by_id) == ("closed", "bought", seller.pk)
    assert client.post(closing, {"outcome": "later"}).status_code == 409
    assert client.get("/opportunities/").context["rows"] == []
    assert len(client.get("/opportunities/?state=closed").context["rows"]) == 1
    assert AuditEvent.objects.filter(kind="opportunity.closed").count() == 1
    job()  # closed just now: not opened again
    assert Opportunity.objects.count() == 1


@pytest.mark.spec("CUS-75")
def test_a_buyer_who_looks_for_a_lease_or_another_project_is_seen(
    org, person, sell, tagged
) -> None:
    sell(person)
    tagged(person, "租赁需求")
    IntentRegistration.objects.create(
        customer=person, version=1, project=org.project_two, purpose="upgrade", at=NOW
    )
    assert find_opportunities(now=NOW) == 2
    found = {row.rule: row.target_id for row in Opportunity.objects.all()}
    target = org.project_two.pk
    assert found == {"buyer_rents": target, "other_project": target}


@pytest.mark.spec("CUS-76")
def test_a_newborn_in_a_small_flat_is_an_opportunity_from_the_first_deal_on(
    client_for, seller, person, sell, tagged
) -> None:
    tagged(person, "新生儿")
    assert find_opportunities(now=NOW) == 0  # nothing bought yet
    sell(person, area=78)
    sell(person, area=12, kind="parking")
    roomy = CustomerFactory(owner=seller)
    tagged(roomy, "新生儿")
    sell(roomy, area=130)
    assert find_opportunities(now=NOW) == 1
    found = Opportunity.objects.get()
    assert (found.customer_id, found.rule, found.kind) == (person.pk, "growth", "up")
    page = client_for(seller).get(found.get_absolute_url()).content.decode()
    assert "78" in page


@pytest.mark.spec("CUS-76")
def test_long_tenure_and_a_higher_budget_speak_for_a_second_purchase(seller, sell) -> None:
    long_ago = CustomerFactory(owner=seller)
    sell(long_ago, days_ago=6 * 366)
    richer = CustomerFactory(owner=seller, budget_max=Decimal(1_300_000))
    sell(richer, total=1_000_000)
    ended = CustomerFactory(owner=seller, budget_max=Decimal(9_000_000))
    sell(ended, state="refunded", ended_at=NOW)
    assert find_opportunities(now=NOW) == 2
    found = set(Opportunity.objects.values_list("customer_id", "rule"))
    assert found == {(long_ago.pk, "tenure"), (richer.pk, "price_up")}


def test_who_refuses_forecasts_is_left_out(seller, sell, agree) -> None:
    customer = CustomerFactory(owner=seller)
    sell(customer, days_ago=6 * 366)
    agree(customer, Purpose.PROFILING, is_given=False)
    assert find_opportunities(now=NOW) == 0


@pytest.mark.spec("MKT-78")
def test_unclosed_customers_by_interest_get_advice_whose_conversion_is_its_own(
    client_for, seller, far_seller, sell, agree
) -> None:
    weak = CustomerFactory(owner=seller, intent=1, name="弱意向")
    strong = CustomerFactory(owner=seller, intent=3, name="强意向")
    silent = CustomerFactory(owner=seller, intent=2, name="未同意")
    owner = CustomerFactory(owner=seller, intent=3, customer_class="existing")
    stranger = CustomerFactory(owner=far_seller, intent=3)
    for one in (weak, strong, silent, owner, stranger):
        LeadFactory(customer=one)
    for one in (weak, strong, owner, stranger):
        agree(one, Purpose.MARKETING, Purpose.CONTACT)
    client = client_for(seller)
    listed = client.get("/un-closed/").context["rows"]
    assert [row.pk for row in listed] == [strong.pk, silent.pk, weak.pk]
    keys = [weak.pk, strong.pk, silent.pk, owner.pk, stranger.pk]
    sending = {"customer": keys, "channel": "sms", "title": "贷款指南", "body": "首付怎么算"}
    assert client.post("/un-closed/send/", sending | {"kind": "advice"}).status_code == 302
    assert set(InfoSend.objects.values_list("customer_id", flat=True)) == {weak.pk, strong.pk}
    messages = Message.objects.filter(kind="marketing.information")
    assert {int(row.addressee_id) for row in messages} == {weak.pk, strong.pk}
    assert client.post("/un-closed/send/", sending | {"kind": "advert"}).status_code == 302
    sell(strong, signed_at=timezone.now() + timedelta(minutes=1))
    InfoSend.objects.filter(kind="advert", customer=strong).update(
        at=timezone.now() + timedelta(minutes=2)
    )
    rows = {row.kind: row for row in client.get("/un-closed/").context["conversion"]}
    advice, advert, news = rows["advice"], rows["advert"], rows["news"]
    assert (advice.sent, advice.customers, advice.owners) == (2, 2, 1)
    assert advice.rate == Decimal("50.0")
    assert (advert.sent, advert.owners) == (2, 0)  # bought before the advert came
    assert (news.sent, news.rate) == (0, None)
    refused = client.post("/un-closed/send/", sending | {"kind": "advice", "customer": silent.pk})
    assert refused.status_code == 409
    got = client.get("/un-closed/?has_advice=true").context["rows"]
    assert [row.pk for row in got] == [strong.pk, weak.pk]


@pytest.mark.spec("CUS-57")
def test_investors_show_holdings_and_are_remembered_when_the_day_comes(
    client_for, seller, sell, far_seller
) -> None:
    investor = CustomerFactory(owner=seller, nature="investor")
    by_wish = CustomerFactory(owner=seller)
    IntentRegistration.objects.create(customer=by_wish, version=1, purpose="own_use", at=NOW)
    IntentRegistration.objects.create(customer=by_wish, version=2, purpose="investment", at=NOW)
    CustomerFactory(owner=seller, nature="family")
    CustomerFactory(owner=far_seller, nature="investor")
    home = sell(investor, total=1_200_000)
    client = client_for(seller)
    holding = {"use": "rented", "rent": "3000", "note": "租约到明年三月"}
    edit = reverse("marketing:holding-edit", args=[home.pk])
    assert client.post(edit, holding).status_code == 302
    today = timezone.localdate()
    interest = reverse("marketing:investor-interest", args=[investor.pk])
    wish = {"wish": "一层商铺", "remind_on": (today - timedelta(days=1)).isoformat()}
    assert client.post(interest, wish).status_code == 422
    assert client.post(interest, wish | {"remind_on": today.isoformat()}).status_code == 302
    page = client.get("/investors/")
    rows = {row.customer.pk: row for row in page.context["rows"]}
    assert set(rows) == {investor.pk, by_wish.pk}
    (held,) = rows[investor.pk].held
    assert (held.purchase.pk, held.gross) == (home.pk, Decimal("3.00"))
    assert rows[investor.pk].is_due
    assert "租约到明年三月" in page.content.decode()
    remind_of_interests()
    remind_of_interests()
    task = Task.objects.get(source="investor")
    assert (task.customer_id, task.owner_id) == (investor.pk, seller.pk)
    assert "一层商铺" in task.title
    assert Holding.objects.count() == InvestorInterest.objects.count() == 1


@pytest.mark.spec("MKT-33")
def test_a_hashed_audience_holds_only_who_agreed_and_its_result_advises_a_shift(
    client, marketer, seller, sell, agree
) -> None:
    agreed = [CustomerFactory(owner=seller, name=f"同意{n}") for n in range(3)]
    half, never, left = (CustomerFactory(owner=seller) for _n in range(3))
    for one in (*agreed, half, never, left):
        LeadFactory(customer=one)
    for one in agreed:
        agree(one, Purpose.MARKETING, Purpose.THIRD_PARTY)
    agree(half, Purpose.MARKETING)
    agree(left, Purpose.MARKETING, Purpose.THIRD_PARTY)
    agree(left, Purpose.THIRD_PARTY, is_given=False)
    segment = write_segment(
        draft=SegmentDraft(name="未成交", rules=UNCLOSED), actor=marketer, now=NOW
    )
    snapshot = freeze(segment, actor=marketer, now=NOW)
    assert snapshot.count == 6
    place = reverse("marketing:snapshot-place", args=[snapshot.pk])
    answer = client.post(place, {"channel_code": "douyin"})
    lines = answer.content.decode().split()
    assert lines[0] == "phone_sha256"
    expected = {hashlib.sha256(one.phone.encode()).hexdigest() for one in agreed}
    assert set(lines[1:]) == expected
    assert not any(one.phone[3:] in answer.content.decode() for one in agreed)
    placement = AudiencePlacement.objects.get()
    assert (placement.handed, placement.excluded) == (3, 3)
    event = AuditEvent.objects.get(kind="segment.exported")
    assert event.facts["rows"] == 3
    # results: three deals afterwards, against a dear segment with three
    AudiencePlacement.objects.filter(pk=placement.pk).update(at=NOW - timedelta(days=20))
    for one in agreed:
        sell(one, days_ago=5)
    sell(half, days_ago=50)  # before it was placed
    dear = write_segment(
        draft=SegmentDraft(
            name="贵",
            rules={"way": "all", "parts": [{"field": "city", "op": "in", "value": ["杭州"]}]},
        ),
        actor=marketer,
        now=NOW,
    )
    none = freeze(dear, actor=marketer, now=NOW)
    AudiencePlacement.objects.create(
        snapshot=none, channel_code="sem", handed=1, excluded=0, at=NOW, by=marketer, spend=9000
    )
    spend = reverse("marketing:audience-spend", args=[placement.pk])
    assert client.post(spend, {"spend": "3000"}).status_code == 302
    page = client.get("/segments/audiences/")
    row = next(one for one in page.context["rows"] if one.pk == placement.pk)
    assert row.deals == 3
    results = {one.name: (one.spend, one.deals) for one in page.context["results"]}
    assert results == {"未成交": (Decimal(3000), 3), "贵": (Decimal(9000), 0)}
    advice = page.context["advice"]
    assert (advice.source.name, advice.target.name, advice.amount) == (
        "贵",
        "未成交",
        Decimal("1800.00"),
    )
    text = page.content.decode()
    assert "1,800" in text


def test_an_audience_of_nobody_who_agreed_is_refused(client, marketer, person) -> None:
    LeadFactory(customer=person)
    segment = write_segment(
        draft=SegmentDraft(name="未成交", rules=UNCLOSED), actor=marketer, now=NOW
    )
    snapshot = freeze(segment, actor=marketer, now=NOW)
    place = reverse("marketing:snapshot-place", args=[snapshot.pk])
    assert client.post(place, {"channel_code": "douyin"}).status_code == 409
    assert not AudiencePlacement.objects.exists()


def test_lists_of_chances_take_few_statements(
    client_for, seller, sell, django_assert_max_num_queries
) -> None:
    def one_more():
        customer = CustomerFactory(owner=seller, nature="investor", intent=2)
        LeadFactory(customer=customer)
        sell(customer)
        Opportunity.objects.create(
            customer=customer, kind="up", rule="tenure", opened_at=NOW, owner=seller
        )

    client = client_for(seller)
    one_more()
    urls = ("/opportunities/", "/un-closed/", "/investors/", "/programme/customers/")
    counts = {}
    for url in urls:
        client.get(url)
        with django_assert_max_num_queries(30) as few:
            client.get(url)
        counts[url] = len(few)
    for _n in range(19):
        one_more()
    for url in urls:
        with django_assert_max_num_queries(counts[url]):
            assert client.get(url).status_code == 200
