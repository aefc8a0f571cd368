"""Touches gathered at night, contracts shared out, money to the cent, refunds in their month."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from customers.arbitration.models import ClaimCase, ClaimDecision
from customers.models import Household, Meeting, MeetingGuest, Receipt, SourceEvent
from customers.services.merging import merge_customers
from marketing.attribution import hooks
from marketing.attribution.models import AttributionRun, AttributionShare, Touch
from marketing.attribution.rules import Model
from marketing.attribution.services.computing import compute, tend_attribution
from marketing.attribution.services.pulling import pull_touches
from marketing.attribution.services.touching import NewTouch, record_touch
from marketing.attribution.tasks import attribute_contracts
from marketing.channels.models import Channel, Partner
from tests.conftest import make_user
from tests.factories import CustomerFactory, LeadFactory
from tests.marketing.attribution.conftest import at, shares, yuan

pytestmark = pytest.mark.django_db
D = Decimal
LATE = at("2026-06-01")
ALL = [model.value for model in Model]


def test_a_touch_is_written_once_for_each_source(seller) -> None:
    customer = CustomerFactory(owner=seller)
    new = NewTouch(
        customer_id=customer.pk,
        at=at("2026-02-01"),
        channel_code="website",
        campaign_code="none",
        source_key="web:1",
    )
    assert record_touch(new)
    assert not record_touch(new)
    assert Touch.objects.get().campaign_code == ""


def test_captures_visits_and_introductions_become_touches_once(seller, org) -> None:
    owner, guest = CustomerFactory(owner=seller), CustomerFactory(owner=seller)
    newcomer = CustomerFactory(owner=seller, referrer=owner)
    lead = LeadFactory(
        customer=guest, source="short_video", campaign="spring", received_at=at("2026-02-01")
    )
    event = SourceEvent.objects.create(
        customer=guest, lead=lead, at=at("2026-02-01"), capture_point="app", source="short_video"
    )
    for point in ("signing", "move_in"):  # what a contract leads to is no touch before it
        SourceEvent.objects.create(
            customer=guest, lead=lead, at=at("2026-02-09"), capture_point=point, source="app"
        )
    visit = Meeting.objects.create(
        kind="meeting",
        title="开放日",
        owner=seller,
        project=org.project_one,
        starts_at=at("2026-02-03"),
        ends_at=at("2026-02-03") + timedelta(hours=1),
    )
    came = MeetingGuest.objects.create(meeting=visit, customer=guest, attended=True)
    MeetingGuest.objects.create(meeting=visit, customer=owner, attended=False)
    told = NewTouch(
        customer_id=owner.pk, at=at("2026-02-04"), channel_code="wechat", source_key="reply:9"
    )
    hooks.register_touch_source("test", lambda now: [told])
    try:
        assert pull_touches(now=LATE) == 4
        assert pull_touches(now=LATE) == 0
    finally:
        hooks.forget("test")
    found = Touch.objects.filter(customer=guest).order_by("at")
    assert list(found.values_list("kind", "channel_code", "campaign_code", "source_key")) == [
        ("enquiry", "short_video", "spring", f"source:{event.pk}"),
        ("event", "short_video", "spring", f"meeting:{came.pk}"),
    ]
    assert Touch.objects.get(customer=newcomer).channel_code == "referral"
    event.delete()  # an import taken back
    MeetingGuest.objects.update(attended=False)
    pull_touches(now=LATE)
    assert not Touch.objects.filter(customer=guest).exists()


@pytest.mark.spec("MKT-74")
def test_every_model_shares_the_whole_of_the_same_contracts(buy, touch, pay) -> None:
    bought, alone = buy("2026-03-05"), buy("2026-03-06")
    steps = [
        ("2026-02-01", "website", "spring"),
        ("2026-02-10", "agent"),
        ("2026-03-01", "hotline"),
    ]
    touch(bought.customer, *steps, ("2026-03-06", "app"))  # after the signature: none of it
    pay(bought, "100000.01", "2026-03-05")
    pay(bought, "-30000.01", "2026-04-20")
    pay(alone, "7.77", "2026-03-06")
    run = compute(now=LATE)
    assert (run.contracts, run.touches, run.changed) == (2, 3, 2)
    assert shares(bought, "first") == {"website": 1}
    assert shares(bought, "last") == {"hotline": 1}
    assert shares(bought, "position") == {
        "website": D("0.4"),
        "agent": D("0.2"),
        "hotline": D("0.4"),
    }
    assert sum(shares(bought, "linear").values()) == 1
    assert sorted(yuan(bought, "linear").values()) == [D("33333.33"), D("33333.34"), D("33333.34")]
    assert sum(yuan(bought, "linear", "2026-04-01").values()) == D("-30000.01")  # in its month
    decayed = shares(bought, "time_decay")
    assert decayed["hotline"] > decayed["agent"] > decayed["website"] > 0
    for model in ALL:  # what nobody touched is a row of its own
        if model != "ownership":
            assert yuan(alone, model) == {"": D("7.77")}
        rows = AttributionShare.objects.filter(model=model)
        for month in rows.values("purchase", "month").annotate(whole=Sum("share")):
            assert month["whole"] == 1
    received = Receipt.objects.aggregate(yuan=Sum("amount"))["yuan"]
    by_model = AttributionShare.objects.order_by().values_list("model").annotate(Sum("amount"))
    assert dict(by_model) == dict.fromkeys(ALL, received)


def test_a_second_run_writes_nothing_and_a_new_touch_only_its_contract(buy, touch, pay) -> None:
    first, second = buy("2026-03-05"), buy("2026-03-06")
    for each in (first, second):
        touch(each.customer, ("2026-02-01", "website"))
        pay(each, 1000, "2026-03-10")
    assert tend_attribution(now=LATE)["changed"] == 2
    keys = set(AttributionShare.objects.values_list("pk", flat=True))
    assert tend_attribution(now=LATE)["changed"] == 0
    assert set(AttributionShare.objects.values_list("pk", flat=True)) == keys
    pay(second, 500, "2026-04-10")
    attribute_contracts()
    assert AttributionRun.objects.latest("pk").changed == 1
    assert yuan(second, "last", "2026-04-01") == {"website": D(500)}


def test_households_buy_as_one_and_other_projects_do_not_count(buy, touch, seller, org) -> None:
    house = Household.objects.create()
    spouse = CustomerFactory(owner=seller, household=house)
    bought = buy("2026-03-05", customer=CustomerFactory(owner=seller, household=house))
    elsewhere = LeadFactory(customer=bought.customer, project=org.project_two, source="app")
    touch(spouse, ("2026-02-01", "exhibition"))
    touch(bought.customer, ("2026-02-02", "app"), lead_id=elsewhere.pk)
    touch(bought.customer, ("2024-02-02", "advertising"))  # further back than counts
    compute(now=LATE)
    assert shares(bought, "linear") == {"exhibition": 1}


@pytest.mark.spec("MKT-74")
def test_the_decision_on_claims_says_who_owns_the_contract(buy, seller) -> None:
    lead = LeadFactory(customer=CustomerFactory(owner=seller), source="agent", campaign="spring")
    bought = buy("2026-03-05", customer=lead.customer, lead=lead)
    compute(now=LATE)
    assert shares(bought, "ownership") == {"agent": 1}  # no case: the channel of the lead
    case = ClaimCase.objects.create(
        project=bought.project, customer=bought.customer, opened_at=at("2026-02-01")
    )
    shows = Channel.objects.create(code="exhibition", name="房展", type="offline")
    Partner.objects.create(name="安家经纪", channel=shows, state_since=LATE)
    for number, (outcome, party, expected) in enumerate(
        [
            ("undecided", "", ""),
            ("walk_in", "", "walk_in"),
            ("claim", "安家经纪", "exhibition"),
            ("claim", "别家", "agent"),
        ],
        start=1,
    ):
        ClaimDecision.objects.create(
            case=case, number=number, outcome=outcome, party=party, digest="x", at=LATE
        )
        compute(now=LATE)
        assert shares(bought, "ownership") == {expected: 1}


@pytest.mark.spec("MKT-74")
def test_the_database_refuses_shares_that_are_not_whole(buy, touch) -> None:
    bought = buy("2026-03-05")
    touch(bought.customer, ("2026-02-01", "website"), ("2026-02-02", "agent"))
    compute(now=LATE)
    rows = AttributionShare.objects.filter(model="linear")
    with pytest.raises(IntegrityError, match="attribution_shares_whole"), transaction.atomic():
        rows.update(share=D("0.4"))
    with pytest.raises(IntegrityError, match="attribution_shares_whole"), transaction.atomic():
        rows.filter(channel_code="agent").delete()
    bought.delete()  # with the contract all of it may go
    assert not AttributionShare.objects.exists()


def test_a_merge_takes_the_touches_along(seller, org, touch) -> None:
    kept, gone = CustomerFactory(owner=seller), CustomerFactory(owner=seller)
    touch(gone, ("2026-02-01", "website"))
    boss = make_user(org, "supervisor")
    merge_customers(kept=kept, gone=gone, reason="同一人", actor=boss, now=timezone.now())
    assert Touch.objects.get().customer == kept
