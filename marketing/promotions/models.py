"""Tables of promotions."""

from marketing.promotions.coupon_models import Coupon, CouponIssue
from marketing.promotions.group_models import GroupMember, GroupPurchase
from marketing.promotions.promotion_models import (
    Promotion,
    PromotionEvent,
    PromotionReview,
    PromotionUse,
)

__all__ = [
    "Coupon",
    "CouponIssue",
    "GroupMember",
    "GroupPurchase",
    "Promotion",
    "PromotionEvent",
    "PromotionReview",
    "PromotionUse",
]
