"""The settings of promotions, as versions of a policy."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import in_force
from crm_site.policies.shapes import setting

PROMOTIONS: Final = "marketing.promotions"


@dataclass(frozen=True, slots=True)
class PromotionRules:
    """From which cost on head office signs, and how many coupons go out at once."""

    director_limit: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Head office signs as well above an expected cost of"),
        default=Decimal(200_000),
        unit=_("yuan"),
        low=0,
    )
    largest_issue: int = setting(
        _("Coupons handed out at once"), default=20_000, unit=_("coupons"), low=1, high=1_000_000
    )


def rules_at(now: datetime) -> PromotionRules:
    """Return the rules of promotions in force."""
    found: PromotionRules = in_force(PROMOTIONS, at=now).value
    return found


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=PROMOTIONS,
            label=_("Promotions and coupons"),
            area=PolicyArea.CONTACT,
            help=_("Who signs a promotion, how many coupons go out at once."),
            shape=PromotionRules,
            default=PromotionRules(),
        )
    )
