"""Group purchases through the pages and the job (MKT-44)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from crm_site.outbox.models import Message
from customers.models import DiscountRequest, Unit
from marketing.promotions.models import GroupBuyer, GroupPurchase, PromotionUse
from marketing.promotions.tasks import tend_promotions

pytestmark = pytest.mark.django_db
D = Decimal
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def deals(priced, hold):
    """Four households, each holding a unit."""
    return [hold(one) for one in Unit.objects.order_by("pk")[:4]]


@pytest.fixture
def join(client_for, seller):
    def act(group, deal, paid="2000"):
        url = reverse("marketing:offers-join", args=[deal.customer_id])
        data = {"join-group": group.pk, "join-deal": deal.pk, "join-paid": paid}
        return client_for(seller).post(url, data, headers=ENGLISH)

    return act


@pytest.mark.spec("MKT-44")
def test_one_short_of_the_size_gives_no_discount_and_refunds(
    client, client_for, gather, deals, join, money_keeper, on_day, now
) -> None:
    on_day(now)
    group = gather(3)
    for deal in deals[:2]:
        assert join(group, deal).status_code == 302
    assert not DiscountRequest.objects.exists()
    on_day(group.deadline)
    tend_promotions()
    tend_promotions()
    group.refresh_from_db()
    assert group.state == "missed"
    assert not DiscountRequest.objects.exists()
    assert not PromotionUse.objects.exists()
    assert GroupBuyer.objects.filter(refund_due_at=group.deadline, refunded_at=None).count() == 2
    told = Message.objects.filter(kind="promotions.group_missed", recipient=money_keeper)
    assert told.count() == 1
    member = GroupBuyer.objects.order_by("pk").first()
    url = f"/group-purchases/{group.pk}/households/{member.pk}/refund/"
    payer = client_for(money_keeper)
    assert payer.post(url, {"note": ""}).status_code == 422
    assert payer.post(url, {"note": "付款单 88"}).status_code == 302
    assert payer.post(url, {"note": "付款单 89"}).status_code == 409  # once
    member.refresh_from_db()
    assert (member.refund_note, member.refunded_by) == ("付款单 88", money_keeper)
    assert join(group, deals[2]).status_code == 422  # it no longer gathers
    assert "付款单 88" in client.get(f"/group-purchases/{group.pk}/").content.decode()


@pytest.mark.spec("MKT-44")
def test_the_last_household_gets_everybody_the_discount(
    client_for, gather, deals, join, seller, on_day, now
) -> None:
    on_day(now)
    group = gather(3)
    for deal in deals[:3]:
        assert join(group, deal).status_code == 302
    group.refresh_from_db()
    assert group.state == "reached"
    requests = DiscountRequest.objects.order_by("pk")
    assert {one.customer_id for one in requests} == {deal.customer_id for deal in deals[:3]}
    assert {one.price.public_total - one.asked_total for one in requests} == {D(10_000)}
    assert {one.asked_by for one in requests} == {seller}
    assert join(group, deals[3]).status_code == 302  # a later one gets it at once
    assert DiscountRequest.objects.count() == 4
    on_day(group.deadline + timedelta(days=1))
    tend_promotions()
    assert not GroupBuyer.objects.filter(refund_due_at__isnull=False).exists()
    assert GroupBuyer.objects.filter(use__isnull=False).count() == 4


def test_who_leaves_counts_no_more_and_gets_the_money_back(
    client_for, gather, deals, join, seller, on_day, now
) -> None:
    on_day(now)
    group = gather(3)
    for deal in deals[:2]:
        join(group, deal)
    member = GroupBuyer.objects.order_by("pk").first()
    url = f"/group-purchases/{group.pk}/households/{member.pk}/leave/"
    assert client_for(seller).post(url).status_code == 302
    assert client_for(seller).post(url).status_code == 409
    member.refresh_from_db()
    assert member.refund_due_at == now
    assert join(group, deals[2]).status_code == 302
    assert not DiscountRequest.objects.exists()  # two of three
    assert join(group, deals[2]).status_code == 409  # in it already


def test_a_group_purchase_is_joined_not_applied(
    client_for, gather, deals, seller, on_day, now
) -> None:
    on_day(now)
    group = gather(3)
    url = reverse("marketing:offers-apply", args=[deals[0].customer_id])
    data = {"apply-deal": deals[0].pk, "apply-promotions": [group.promotion_id]}
    assert client_for(seller).post(url, data).status_code == 422
    assert not PromotionUse.objects.exists()


def test_a_group_is_opened_for_an_approved_promotion_within_its_time(
    client, approved, on_day, now
) -> None:
    on_day(now)
    promotion = approved("group", kind="group")
    given = {"name": "五户成团", "promotion": promotion.pk, "min_size": "5"}
    late = f"{promotion.ends_at + timedelta(days=2):%Y-%m-%d}T12:00"
    wrong = client.post("/group-purchases/add/", given | {"deadline": late})
    assert wrong.status_code == 422
    assert "deadline" in wrong.context["form"].errors
    alone = client.post("/group-purchases/add/", given | {"min_size": "1", "deadline": late})
    assert "min_size" in alone.context["form"].errors
    good = f"{now + timedelta(days=3):%Y-%m-%d}T12:00"
    assert client.post("/group-purchases/add/", given | {"deadline": good}).status_code == 302
    assert "五户成团" in client.get("/group-purchases/").content.decode()
    assert GroupPurchase.objects.get().min_size == 5
