"""Coupons: handed out, used once, shown in the result of their campaign (CUS-92)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from crm_site.approvals.services import refuse
from customers.models import Customer, DiscountRequest
from marketing.campaigns.models import Campaign
from marketing.promotions.hooks import SegmentSource, forget_segments, register_segments
from marketing.promotions.models import Coupon, CouponIssue
from marketing.promotions.selectors import redemptions_of
from marketing.promotions.services.coupons import hand_out, redeem
from marketing.promotions.tasks import tend_promotions
from tests.conftest import make_user
from tests.factories import CustomerFactory
from tests.purchase.test_races import at_once

D = Decimal
ENGLISH = {"accept-language": "en"}
LIST = D(1_964_000)
pytestmark = pytest.mark.django_db


def given_to(issue, customer, marketer, now):
    people = Customer.objects.filter(pk=customer.pk)
    assert hand_out(issue=issue, customers=people, actor=marketer, now=now) == 1
    return Coupon.objects.get(issue=issue, customer=customer)


def use(client, coupon, deal):
    url = reverse("marketing:offers-redeem", args=[deal.customer_id])
    data = {"redeem-coupon": coupon.pk, "redeem-deal": deal.pk}
    return client.post(url, data, headers=ENGLISH)


@pytest.mark.spec("CUS-92")
def test_a_second_use_is_refused_and_the_campaign_shows_the_first(
    client, client_for, issue, marketer, seller, hold, priced, project, on_day, now
) -> None:
    on_day(now)
    deal, made = hold(priced), issue()
    campaign = Campaign.objects.create(
        code="lake-day",
        name="湖畔开放日",
        kind="event",
        project=project,
        region_id=project.node.region_id,
        phase="peak",
        state="running",
        starts_on=date(2026, 5, 1),
        ends_on=date(2026, 5, 31),
        aim="到访",
        owner=marketer,
    )
    coupon = given_to(made, deal.customer, marketer, now)
    page = client_for(seller)
    assert use(page, coupon, deal).status_code == 302
    second = use(page, coupon, deal)
    assert second.status_code == 409
    assert "was used before" in second.content.decode()
    request = DiscountRequest.objects.get()
    assert request.asked_total == LIST - 5_000
    coupon.refresh_from_db()
    assert (coupon.state, coupon.purchase, coupon.discount) == ("used", deal, request)
    total = redemptions_of("lake-day")
    assert (total.issued, total.redeemed, total.deals, total.coupon_cost) == (1, 1, 1, D(5_000))
    shown = client.get(f"/campaigns/{campaign.pk}/", headers=ENGLISH).content.decode()
    assert "Coupons used" in shown
    assert "1 / 1" in shown
    assert made.name in shown


@pytest.mark.spec("CUS-92")
@pytest.mark.django_db(transaction=True)
def test_of_two_uses_at_once_one_succeeds(issue, marketer, seller, hold, priced, now) -> None:
    deal = hold(priced)
    coupon = given_to(issue(), deal.customer, marketer, now)
    act = lambda: redeem(coupon=coupon, purchase=deal, actor=seller, now=now)  # noqa: E731
    assert sorted(at_once(act, act)) == ["done", "refused"]
    assert DiscountRequest.objects.count() == 1
    assert Coupon.objects.filter(state="used").count() == 1


def test_conditions_time_and_owner_are_checked(
    client_for, issue, marketer, seller, hold, priced, on_day, now
) -> None:
    on_day(now)
    deal, page = hold(priced), client_for(seller)
    for change, words in (
        ({"min_total": LIST + 1}, "counts from a list price"),
        ({"valid_from": now + timedelta(days=1)}, "not valid yet"),
    ):
        coupon = given_to(issue(**change), deal.customer, marketer, now)
        answer = use(page, coupon, deal)
        assert answer.status_code == 409
        assert words in answer.content.decode()
    stranger = given_to(issue(), CustomerFactory(owner=seller), marketer, now)
    assert use(page, stranger, deal).status_code == 422
    coupon = given_to(issue(), deal.customer, marketer, now)
    on_day(now + timedelta(days=30))
    answer = use(client_for(seller), coupon, deal)
    assert answer.status_code == 409
    assert "has expired" in answer.content.decode()
    assert not DiscountRequest.objects.exists()
    assert not Coupon.objects.filter(state="used").exists()


def test_a_coupon_comes_back_when_its_discount_is_refused(
    client_for, issue, marketer, seller, boss, hold, priced, on_day, now
) -> None:
    on_day(now)
    deal, page = hold(priced), client_for(seller)
    coupon = given_to(issue(), deal.customer, marketer, now)
    assert use(page, coupon, deal).status_code == 302
    request = DiscountRequest.objects.get()
    refuse(approval_id=request.approval_id, signer=boss, reason="不同意", now=now)
    tend_promotions()
    tend_promotions()
    coupon.refresh_from_db()
    assert (coupon.state, coupon.purchase, coupon.discount) == ("issued", None, None)
    assert use(page, coupon, deal).status_code == 302


def test_a_gift_voucher_needs_no_discount(
    client_for, issue, marketer, seller, hold, priced, on_day, now
) -> None:
    on_day(now)
    deal = hold(priced)
    voucher = given_to(issue(kind="voucher", gift="茶具"), deal.customer, marketer, now)
    assert use(client_for(seller), voucher, deal).status_code == 302
    voucher.refresh_from_db()
    assert (voucher.state, voucher.discount) == ("used", None)
    assert not DiscountRequest.objects.exists()


def test_coupons_go_to_a_segment_once_each(client, project, seller, on_day, now) -> None:
    on_day(now)
    people = [CustomerFactory(owner=seller) for _number in range(3)]
    source = SegmentSource(
        choices=lambda _user: [(5, "观望客户")],
        members=lambda user, key: (
            Customer.objects.visible_to(user).filter(pk__in=[one.pk for one in people])
            if key == 5
            else None
        ),
    )
    register_segments("test", source)
    try:
        made = client.post(
            "/coupons/add/",
            {
                "name": "看房券",
                "kind": "coupon",
                "project": project.pk,
                "value": "5000",
                "min_total": "0",
                "valid_from": f"{now:%Y-%m-%d}T00:00",
                "valid_until": f"{now + timedelta(days=9):%Y-%m-%d}T00:00",
            },
        )
        row = CouponIssue.objects.get()
        assert made["Location"] == f"/coupons/{row.pk}/"
        url = f"/coupons/{row.pk}/hand-out/"
        assert client.post(url, {}).status_code == 422
        assert client.post(url, {"segment": "5", "customer": "1"}).status_code == 422
        assert client.post(url, {"customer": "999999"}).status_code == 422
        assert client.post(url, {"segment": "5"}).status_code == 302
        assert client.post(url, {"segment": "5"}).status_code == 302
    finally:
        forget_segments("test")
    assert Coupon.objects.count() == 3
    assert Coupon.objects.values("code").distinct().count() == 3
    assert client.get(f"/coupons/{row.pk}/").context["issue"].handed_out == 3


def test_who_may_not_see_a_project_does_not_see_its_coupons(
    client_for, org, issue, on_day, now
) -> None:
    on_day(now)
    made = issue()
    far = make_user(org, "consultant_c")
    assert client_for(far).get(f"/coupons/{made.pk}/").status_code == 404
    assert made.name not in client_for(far).get("/coupons/").content.decode()


def test_a_coupon_is_taken_back_once_and_never_after_its_use(
    client, client_for, issue, marketer, seller, hold, priced, on_day, now
) -> None:
    on_day(now)
    deal, made = hold(priced), issue()
    coupon = given_to(made, deal.customer, marketer, now)
    url = f"/coupons/{made.pk}/coupons/{coupon.pk}/void/"
    assert url in client.get(f"/coupons/{made.pk}/").content.decode()
    assert client_for(seller).post(url).status_code == 403
    assert client.post(f"/coupons/{issue().pk}/coupons/{coupon.pk}/void/").status_code == 404
    assert client.post(url).status_code == 302
    coupon.refresh_from_db()
    assert coupon.state == "void"
    assert client.post(url).status_code == 409
    assert url not in client.get(f"/coupons/{made.pk}/").content.decode()
    assert use(client_for(seller), coupon, deal).status_code in (409, 422)
    used = given_to(issue(), deal.customer, marketer, now)
    assert use(client_for(seller), used, deal).status_code == 302
    assert client.post(f"/coupons/{used.issue_id}/coupons/{used.pk}/void/").status_code == 409
    used.refresh_from_db()
    assert used.state == "used"
