"""What pages of promotions print, and what other parts read of them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from marketing.promotions.models import (
    Coupon,
    CouponIssue,
    Promotion,
    PromotionReview,
    PromotionUse,
)
from marketing.promotions.rules.sheets import uplift_percent


@dataclass(frozen=True, slots=True)
class CampaignRedemptions:
    """What coupons and promotions of a campaign came to."""

    issued: int
    redeemed: int
    deals: int
    coupon_cost: Decimal
    uses: int
    use_cost: Decimal


def redemptions_of(campaign_code: str) -> CampaignRedemptions:
    """Return what coupons and promotions of a campaign came to (CUS-92); two statements."""
    used = Q(state="used")
    found = Coupon.objects.filter(issue__campaign_code=campaign_code).aggregate(
        issued=Count("pk"),
        redeemed=Count("pk", filter=used),
        deals=Count("purchase", filter=used, distinct=True),
        cost=Sum("issue__value", filter=used),
    )
    granted = PromotionUse.objects.filter(
        promotion__campaign_code=campaign_code, state="granted"
    ).aggregate(uses=Count("pk"), cost=Sum("amount"))
    return CampaignRedemptions(
        issued=found["issued"],
        redeemed=found["redeemed"],
        deals=found["deals"],
        coupon_cost=found["cost"] or Decimal(0),
        uses=granted["uses"],
        use_cost=granted["cost"] or Decimal(0),
    )


@dataclass(frozen=True, slots=True)
class Uplift:
    """A review in figures: percent above the baseline, None without a baseline."""

    review: PromotionReview
    deals: Decimal | None
    amount: Decimal | None


def uplift_of(promotion: Promotion) -> Uplift | None:
    """Return the review of a promotion with its uplift, None before it."""
    rows = PromotionReview.objects.filter(promotion=promotion).select_related("reviewed_by")
    review = rows.first()
    if review is None:
        return None
    return Uplift(
        review,
        uplift_percent(baseline=Decimal(review.baseline_deals), during=Decimal(review.deals)),
        uplift_percent(baseline=review.baseline_amount, during=review.amount),
    )


def with_size(rows: Any) -> Any:
    """Return groups with ``size``, how many households are in them."""
    inside = Count("members", filter=Q(members__left_at__isnull=True))
    return rows.annotate(size=inside).select_related("promotion__project")


def with_counts(rows: Any) -> Any:
    """Return issues of coupons with how many there are and how many were used."""
    return rows.annotate(
        handed_out=Count("coupons"), redeemed=Count("coupons", filter=Q(coupons__state="used"))
    ).select_related("project")


def issues_of(campaign_code: str) -> list[CouponIssue]:
    """Return the issues of coupons of a campaign with their counts."""
    return list(with_counts(CouponIssue.objects.filter(campaign_code=campaign_code)).order_by("pk"))
