"""The policies of the pool and of sharing customers with other projects (CUS-52, CUS-53)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting
from customers.rules.pool import FALLING_CLASSES, GRADES, SilenceLimit

POOL: Final = "pool.rules"
SHARING: Final = "sharing.rules"
LONGEST = 365


@dataclass(frozen=True, slots=True)
class PoolRules:
    """When customers fall to the pool and how they are taken from it."""

    limits: tuple[SilenceLimit, ...] = setting(
        _("Days without contact"),
        default=(SilenceLimit(15),),
        help=_("By class and grade; of the lines that fit, the one with most conditions counts."),
    )
    warn_days: int = setting(
        _("The owner is warned before"), default=1, unit=_("days"), low=1, high=14
    )
    claims_per_day: int = setting(
        _("Customers one consultant may take per day"), default=10, low=1, high=500
    )
    cooldown_days: int = setting(
        _("The previous owner may not take it back for"),
        default=7,
        unit=_("days"),
        low=0,
        high=LONGEST,
    )
    hidden_days: int = setting(
        _("Not offered after a complaint or a wish not to be called"),
        default=30,
        unit=_("days"),
        low=0,
        high=LONGEST,
    )

    def __post_init__(self) -> None:
        if not any(not line.conditions for line in self.limits):
            raise FieldError("limits", _("Give one line without conditions."))
        for line in self.limits:
            if line.customer_class not in ("", *FALLING_CLASSES):
                raise FieldError("limits", _("Only potential and intent customers can fall."))
            if line.grade not in GRADES:
                raise FieldError("limits", _("Choose one of: %(allowed)s.") % {"allowed": "A–E"})
            if not self.warn_days < line.days <= LONGEST:
                raise FieldError(
                    "limits", _("Give more days than the warning comes before, at most 365.")
                )


@dataclass(frozen=True, slots=True)
class SharingRules:
    """How the credit for a shared customer is split."""

    introducer_share: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Share of the introducing consultant"), default=Decimal(30), unit="%", low=0, high=100
    )


def register() -> None:
    """Make both policies known."""
    register_policy(
        PolicyKind(
            key=POOL,
            label=_("Customer pool"),
            area=PolicyArea.OWNERSHIP,
            shape=PoolRules,
            default=PoolRules(),
            help=_(
                "Buyers and customers with a subscription or a contract stay with their consultant."
            ),
        )
    )
    register_policy(
        PolicyKind(
            key=SHARING,
            label=_("Sharing of customers between projects"),
            area=PolicyArea.OWNERSHIP,
            shape=SharingRules,
            default=SharingRules(),
            help=_("An offer keeps the split of the day on which it was made."),
        )
    )
