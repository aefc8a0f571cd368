"""The references of promotions: part of the table of references."""

from typing import Any

from tests.access.cases import Case
from tests.access.conftest import World

RECORD = "/customers/{customer}/offers/"
APPLY, JOIN, REDEEM = (f"{RECORD}{step}/" for step in ("apply", "join", "redeem"))


def _promotion(_world: World) -> dict[str, Any]:
    return {"name": "x", "code": "another"}


def _group(_world: World) -> dict[str, Any]:
    return {"name": "x", "min_size": "3", "deadline": "2030-01-01T00:00"}


def _issue(_world: World) -> dict[str, Any]:
    return {"name": "x", "kind": "voucher", "gift": "x", "value": "1", "min_total": "0"}


PROMOTIONS_CASES: dict[str, Case] = {
    "PromotionForm.project": Case(
        "marketing", "/promotions/add/", "project", "project", _promotion
    ),
    "PromotionForm.buildings": Case(
        "marketing", "/promotions/add/", "buildings", "building", _promotion, many=True
    ),
    "GroupForm.promotion": Case(
        "marketing", "/group-purchases/add/", "promotion", "promotion", _group
    ),
    "IssueForm.project": Case("marketing", "/coupons/add/", "project", "project", _issue),
    "ApplyForm.deal": Case("consultant", APPLY, "apply-deal", "purchase"),
    "ApplyForm.promotions": Case("consultant", APPLY, "apply-promotions", "promotion", many=True),
    "JoinForm.deal": Case("consultant", JOIN, "join-deal", "purchase"),
    "JoinForm.group": Case("consultant", JOIN, "join-group", "group_purchase"),
    "RedeemForm.deal": Case("consultant", REDEEM, "redeem-deal", "purchase"),
    "RedeemForm.coupon": Case("consultant", REDEEM, "redeem-coupon", "coupon"),
}
