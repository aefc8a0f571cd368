"""One record of each kind of promotions, for the tests of access."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from customers.models import Customer, Project, Unit
from marketing.promotions.models import (
    Coupon,
    CouponIssue,
    GroupBuyer,
    GroupPurchase,
    Promotion,
    PromotionUse,
)


def promotions_of(
    customer: Customer, people: dict[str, Any], _made: dict[str, Any]
) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds what was made before."""
    now, project, owner = timezone.now(), customer.project, people["marketing"]
    assert project is not None
    unit = Unit.objects.filter(project=project).order_by("pk").first()
    assert unit is not None
    promotion = Promotion.objects.create(
        code="spring",
        name="春季特惠",
        kind="group",
        project=project,
        starts_at=now,
        ends_at=now + timedelta(days=30),
        benefit="percent",
        value=Decimal(1),
        rules="一户一次",
        stacking="exclusive",
        expected_cost=Decimal(1000),
        owner=owner,
    )
    PromotionUse.objects.create(
        promotion=promotion,
        customer=customer,
        unit=unit,
        amount=Decimal(1),
        state="released",
        applied_by=people["consultant"],
    )
    group = GroupPurchase.objects.create(
        promotion=promotion,
        name="三户成团",
        min_size=3,
        deadline=now + timedelta(days=7),
        state="reached",
        closed_at=now,
        owner=owner,
    )
    buyer = GroupBuyer.objects.create(
        group=group, customer=customer, unit=unit, paid=Decimal(500), joined_at=now
    )
    issue = CouponIssue.objects.create(
        name="看房礼",
        kind="voucher",
        project=project,
        value=Decimal(100),
        gift="茶具",
        valid_from=now,
        valid_until=now + timedelta(days=30),
        owner=owner,
    )
    coupon = Coupon.objects.create(issue=issue, code="ANJU234567", customer=customer, state="void")
    return {
        "promotion_id": promotion.pk,
        "group_purchase_id": group.pk,
        "buyer_id": buyer.pk,
        "coupon_issue_id": issue.pk,
        "coupon_id": coupon.pk,
    }


def hidden_promotions(project: Project, owner: Any, customer: Customer) -> dict[str, int]:
    """Return one record of each kind in a project that nobody of the cases sees."""
    now = timezone.now()
    promotion = Promotion.objects.create(
        code="far",
        name="远方",
        kind="group",
        state="approved",
        project=project,
        starts_at=now,
        ends_at=now + timedelta(days=30),
        benefit="gift",
        gift="x",
        rules="x",
        stacking="stackable",
        expected_cost=Decimal(1),
        market="x",
        need="x",
        goal="x",
        owner=owner,
    )
    group = GroupPurchase.objects.create(
        promotion=promotion,
        name="远团",
        min_size=2,
        deadline=now + timedelta(days=7),
        owner=owner,
    )
    issue = CouponIssue.objects.create(
        name="远券",
        kind="voucher",
        project=project,
        value=Decimal(1),
        gift="x",
        valid_from=now,
        valid_until=now + timedelta(days=30),
        owner=owner,
    )
    coupon = Coupon.objects.create(issue=issue, code="FAR2345678", customer=customer)
    return {"promotion": promotion.pk, "group_purchase": group.pk, "coupon": coupon.pk}
