"""Pages of promotions."""

from django.urls import path
from django.urls.resolvers import URLPattern

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from marketing.promotions.views import coupons, customer, groups, promotions

ONE = "promotions/<bigid:promotion_id>/"
GROUP = "group-purchases/<bigid:group_purchase_id>/"
BUYER = f"{GROUP}households/<bigid:buyer_id>/"
ISSUE = "coupons/<bigid:coupon_issue_id>/"
RECORD = "customers/<bigid:customer_id>/offers/"
urlpatterns: list[URLPattern] = [
    path("promotions/", promotions.promotion_list, name="promotions"),
    path("promotions/add/", promotions.promotion_add, name="promotion-add"),
    path(ONE, promotions.promotion, name="promotion"),
    path(f"{ONE}edit/", promotions.promotion_edit, name="promotion-edit"),
    path(f"{ONE}submit/", promotions.promotion_submit, name="promotion-submit"),
    path(f"{ONE}stop/", promotions.promotion_stop, name="promotion-stop"),
    path(f"{ONE}review/", promotions.promotion_review, name="promotion-review"),
    path("group-purchases/", groups.group_list, name="group-purchases"),
    path("group-purchases/add/", groups.group_add, name="group-purchase-add"),
    path(GROUP, groups.group_detail, name="group-purchase"),
    path(f"{BUYER}leave/", groups.group_leave, name="group-purchase-leave"),
    path(f"{BUYER}refund/", groups.group_refund, name="group-purchase-refund"),
    path("coupons/", coupons.issue_list, name="coupon-issues"),
    path("coupons/add/", coupons.issue_add, name="coupon-issue-add"),
    path(ISSUE, coupons.issue_detail, name="coupon-issue"),
    path(f"{ISSUE}hand-out/", coupons.issue_hand_out, name="coupon-issue-hand-out"),
    path(f"{ISSUE}coupons/<bigid:coupon_id>/void/", coupons.coupon_void, name="coupon-void"),
    path(RECORD, customer.customer_offers, name="customer-offers"),
    path(f"{RECORD}apply/", customer.offers_apply, name="offers-apply"),
    path(f"{RECORD}join/", customer.offers_join, name="offers-join"),
    path(f"{RECORD}redeem/", customer.offers_redeem, name="offers-redeem"),
]
