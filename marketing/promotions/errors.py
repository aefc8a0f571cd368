"""Refusals of promotions, in words for people."""

from crm_site.common.refusals import RefusedError


class PromotionError(RefusedError):
    """A promotion cannot be used or changed like this."""

    status = 409
    code = "promotion"


class GroupError(RefusedError):
    """A group purchase cannot take this step."""

    status = 409
    code = "group-purchase"


class CouponError(RefusedError):
    """A coupon cannot be issued or used like this."""

    status = 409
    code = "coupon"
