"""Promotions from the design sheet to the review, and their use on the record (MKT-42, 43)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from crm_site.approvals.models import Approval
from crm_site.approvals.services import refuse
from customers.models import DiscountRequest, Purchase
from marketing.promotions.models import Promotion, PromotionReview, PromotionUse
from marketing.promotions.tasks import tend_promotions

pytestmark = pytest.mark.django_db
D = Decimal
ENGLISH = {"accept-language": "en"}
LIST = D(1_964_000)


def typed(project, now, **more):
    given = {
        "name": "五一特惠",
        "code": "may-day",
        "kind": "festival",
        "project": project.pk,
        "starts_at": f"{now:%Y-%m-%d}T09:00",
        "ends_at": f"{now + timedelta(days=9):%Y-%m-%d}T18:00",
        "benefit": "percent",
        "value": "1",
        "stacking": "exclusive",
        "expected_cost": "100000",
        "rules": "每户一次",
        "market": "竞品降价",
        "need": "首付压力",
        "goal": "认购 20 套",
    }
    return given | more


def apply(client_for, seller, deal, *promotions):
    url = reverse("marketing:offers-apply", args=[deal.customer_id])
    data = {"apply-deal": deal.pk, "apply-promotions": [one.pk for one in promotions]}
    return client_for(seller).post(url, data, headers=ENGLISH)


@pytest.mark.spec("MKT-42")
@pytest.mark.parametrize("kind", ["opening", "festival", "return", "group", "limited"])
def test_each_kind_is_written_signed_and_listed(
    client, client_for, director, project, now, on_day, kind
) -> None:
    on_day(now)
    made = client.post("/promotions/add/", typed(project, now, kind=kind))
    row = Promotion.objects.get()
    assert made["Location"] == f"/promotions/{row.pk}/"
    assert client.post(f"/promotions/{row.pk}/submit/").status_code == 302
    approval = Approval.objects.get()
    signed = client_for(director).post(
        f"/approvals/{approval.pk}/sign/", {"digest": approval.digest}
    )
    assert signed.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.kind) == ("approved", kind)
    assert "may-day" in client.get("/promotions/").content.decode()
    assert "每户一次" in client.get(f"/promotions/{row.pk}/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ends_at": "2026-01-01T00:00"}, "ends_at"),
        ({"benefit": "gift", "gift": ""}, "gift"),
        ({"value": "0"}, "value"),
        ({"value": "100"}, "value"),
        ({"stacking": ""}, "stacking"),
        ({"expected_cost": ""}, "expected_cost"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(client, project, now, on_day, wrong, field) -> None:
    on_day(now)
    answer = client.post("/promotions/add/", typed(project, now, **wrong))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Promotion.objects.exists()


@pytest.mark.spec("MKT-43")
@pytest.mark.parametrize("field", ["market", "need", "goal"])
def test_a_missing_input_of_the_sheet_blocks(client, make, on_day, now, field) -> None:
    on_day(now)
    row = make(**{field: ""})
    answer = client.post(f"/promotions/{row.pk}/submit/", headers=ENGLISH)
    assert answer.status_code == 409
    assert "The design sheet lacks" in answer.content.decode()
    row.refresh_from_db()
    assert (row.state, Approval.objects.count()) == ("draft", 0)


@pytest.mark.spec("MKT-43")
@pytest.mark.parametrize(("cost", "steps"), [(200_000, 1), (200_001, 2)])
def test_the_expected_cost_decides_who_signs(
    client, make, director, president, on_day, now, cost, steps
) -> None:
    on_day(now)
    row = make(expected_cost=D(cost))
    assert client.post(f"/promotions/{row.pk}/submit/").status_code == 302
    assert len(Approval.objects.get().steps) == steps


@pytest.mark.spec("MKT-42")
def test_an_exclusive_promotion_that_overlaps_another_is_refused(
    client, approved, make, building, on_day, now
) -> None:
    on_day(now)
    approved("first", stacking="exclusive")
    second = make("second", stacking="exclusive", buildings=[building])
    answer = client.post(f"/promotions/{second.pk}/submit/", headers=ENGLISH)
    assert answer.status_code == 409
    assert "first" in answer.content.decode()
    second.refresh_from_db()
    assert second.state == "draft"
    later = make(
        "later",
        stacking="exclusive",
        starts_at=now + timedelta(days=10),
        ends_at=now + timedelta(days=20),
    )
    assert client.post(f"/promotions/{later.pk}/submit/").status_code == 302
    together = make("together")
    assert client.post(f"/promotions/{together.pk}/submit/").status_code == 302


@pytest.mark.spec("MKT-42")
def test_an_expired_promotion_is_not_applicable(
    client_for, approved, priced, hold, seller, on_day, now
) -> None:
    promotion, deal = approved(), hold(priced)
    for moment, words in (
        (now + timedelta(days=10), "has expired"),
        (now - timedelta(days=2), "has not begun"),
    ):
        on_day(moment)
        answer = apply(client_for, seller, deal, promotion)
        assert answer.status_code == 409
        assert words in answer.content.decode()
    assert not PromotionUse.objects.exists()
    assert not DiscountRequest.objects.exists()
    promotion.refresh_from_db()
    assert promotion.taken == 0


@pytest.mark.spec("MKT-42")
def test_money_off_goes_through_the_approval_of_discounts_only(
    client_for, approved, priced, hold, seller, boss, director, on_day, now
) -> None:
    on_day(now)
    first, second, deal = approved("one"), approved("two"), hold(priced)
    assert apply(client_for, seller, deal, first, second).status_code == 302
    request = DiscountRequest.objects.get()
    assert (request.asked_total, request.state) == (LIST - 20_000, "waiting")
    assert set(PromotionUse.objects.values_list("state", "discount")) == {("asked", request.pk)}
    deal.refresh_from_db()
    assert (deal.list_total, deal.agreed_total) == (None, None)
    approval = request.approval
    assert approval.steps == ["customers.sign_discount", "customers.direct_discount"]  # above 1 %
    tend_promotions()
    assert set(PromotionUse.objects.values_list("state", flat=True)) == {"asked"}
    for signer in (boss, director):
        sign = f"/approvals/{approval.pk}/sign/"
        client_for(signer).post(sign, {"digest": approval.digest})
    tend_promotions()
    assert set(PromotionUse.objects.values_list("state", flat=True)) == {"granted"}


@pytest.mark.spec("MKT-42")
def test_stacking_is_enforced(client_for, approved, priced, hold, seller, on_day, now) -> None:
    on_day(now)
    alone = approved("alone", stacking="exclusive")
    shared, gift = approved("shared"), approved("gift", benefit="gift", gift="茶具", value=D(300))
    deal = hold(priced)
    answer = apply(client_for, seller, deal, alone, shared)
    assert answer.status_code == 409
    assert "cannot be used together" in answer.content.decode()
    assert apply(client_for, seller, deal, gift).status_code == 302
    assert apply(client_for, seller, deal, alone).status_code == 409  # beside what is there
    assert apply(client_for, seller, deal, gift).status_code == 409  # once for each unit
    assert list(PromotionUse.objects.values_list("promotion", "state")) == [(gift.pk, "granted")]
    alone.refresh_from_db()
    gift.refresh_from_db()
    assert (alone.taken, gift.taken) == (0, 1)


@pytest.mark.spec("MKT-42")
def test_stock_runs_out_and_comes_back_with_a_refused_discount(
    client_for, approved, priced, hold, seller, boss, make_units, on_day, now
) -> None:
    on_day(now)
    promotion, deal = approved(stock=1), hold(priced)
    other = hold(type(priced).objects.exclude(pk=priced.pk).order_by("pk").first())
    assert apply(client_for, seller, deal, promotion).status_code == 302
    assert apply(client_for, seller, other, promotion).status_code == 409
    request = DiscountRequest.objects.get()
    refuse(
        approval_id=request.approval_id,
        signer=boss,
        reason="不同意",
        now=now,
    )
    tend_promotions()
    tend_promotions()
    promotion.refresh_from_db()
    assert promotion.taken == 0
    assert PromotionUse.objects.get().state == "released"
    assert apply(client_for, seller, other, promotion).status_code == 302


def test_a_stopped_promotion_takes_no_more(
    client, client_for, approved, priced, hold, seller, on_day, now
) -> None:
    on_day(now)
    promotion, deal = approved(), hold(priced)
    assert client.post(f"/promotions/{promotion.pk}/stop/", {"reason": ""}).status_code == 422
    assert client.post(f"/promotions/{promotion.pk}/stop/", {"reason": "预算"}).status_code == 302
    assert apply(client_for, seller, deal, promotion).status_code in (409, 422)
    assert not PromotionUse.objects.exists()


@pytest.mark.spec("MKT-43")
def test_the_review_shows_baseline_and_uplift(
    client, client_for, marketer, approved, hold, make_units, on_day, now
) -> None:
    units = make_units(9)
    promotion = approved()
    start = promotion.starts_at
    for place, days in enumerate((-3, -2, 1, 2, 3)):  # two deals before, three in its time
        deal = hold(units[place])
        Purchase.objects.filter(pk=deal.pk).update(
            state="subscribed",
            expires_at=None,
            subscribed_at=start + timedelta(days=days),
            list_total=LIST,
            agreed_total=D(1_000_000),
        )
    url = f"/promotions/{promotion.pk}/review/"
    on_day(now)
    assert client.post(url, {"findings": "有效"}).status_code == 409  # not over yet
    on_day(promotion.ends_at)
    client = client_for(marketer)
    assert client.post(url, {"findings": ""}).status_code == 422
    assert client.post(url, {"findings": "有效"}).status_code == 302
    review = PromotionReview.objects.get()
    assert (review.baseline_deals, review.deals) == (2, 3)
    assert (review.baseline_amount, review.amount) == (D(2_000_000), D(3_000_000))
    page = client.get(f"/promotions/{promotion.pk}/", headers=ENGLISH)
    assert page.context["uplift"].deals == D("50.0")
    text = page.content.decode()
    assert "50.0 %" in text
    assert "有效" in text
    assert client.post(url, {"findings": "再次"}).status_code == 409


def test_promotions_are_drawn_with_few_statements(
    client, make, on_day, now, django_assert_max_num_queries
) -> None:
    on_day(now)
    make("first")
    client.get("/promotions/")
    with django_assert_max_num_queries(40) as one:
        client.get("/promotions/")
    for number in range(19):
        make(f"more-{number}")
    with django_assert_max_num_queries(len(one)):
        client.get("/promotions/")
