"""The addresses of promotions: part of the table of access."""

from tests.access.gates import Door, action, page

SEE, KEEP = "see promotions", "keep promotions"
APPLY, REFUND = "apply promotions", "refund groups"
PROMOTIONS_DOORS: dict[str, Door] = {
    "marketing:promotions": page(SEE),
    "marketing:promotion-add": page(KEEP, post=422),
    "marketing:promotion": page(SEE, of="project"),
    "marketing:promotion-edit": page(KEEP, of="project", post=422),
    "marketing:promotion-submit": action(KEEP, 409, of="project"),
    "marketing:promotion-stop": page(KEEP, of="project", post=422),
    "marketing:promotion-review": page(KEEP, of="project", post=422),
    "marketing:group-purchases": page(SEE),
    "marketing:group-purchase-add": page(KEEP, post=422),
    "marketing:group-purchase": page(SEE, of="project"),
    "marketing:group-purchase-leave": action(APPLY, 409, of="customer"),
    "marketing:group-purchase-refund": page(REFUND, of="customer", post=422),
    "marketing:coupon-issues": page(SEE),
    "marketing:coupon-issue-add": page(KEEP, post=422),
    "marketing:coupon-issue": page(SEE, of="project"),
    "marketing:coupon-issue-hand-out": page(KEEP, of="project", post=422),
    "marketing:coupon-void": action(KEEP, 409, of="customer"),
    "marketing:customer-offers": page(APPLY, of="customer"),
    "marketing:offers-apply": action(APPLY, 422, of="customer"),
    "marketing:offers-join": action(APPLY, 422, of="customer"),
    "marketing:offers-redeem": action(APPLY, 422, of="customer"),
}
