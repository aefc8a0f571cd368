"""Tables of promotions."""

from marketing.promotions.coupon_models import Coupon, CouponIssue
from marketing.promotions.group_models import GroupBuyer, GroupPurchase
from marketing.promotions.promotion_models import (
    Promotion,
    PromotionEvent,
    PromotionReview,
    PromotionUse,
)

__all__ = [
    "Coupon",
    "CouponIssue",
    "GroupBuyer",
    "GroupPurchase",
    "Promotion",
    "PromotionEvent",
    "PromotionReview",
    "PromotionUse",
]
