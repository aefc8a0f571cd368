"""From when on a second deal is likely, and which tags say what (CUS-75, CUS-76)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import in_force
from crm_site.policies.shapes import setting
from marketing.segments.rules.chances import Limits

CHANCES: Final = "marketing.chances"


@dataclass(frozen=True, slots=True)
class ChanceRules:
    """Limits of the rules, and the names of the tags that they read."""

    small_area: int = setting(
        _("A flat is small up to"), default=90, unit=_("square metres"), low=20, high=300
    )
    years: int = setting(
        _("A second purchase is likely after"), default=5, unit=_("years"), low=1, high=30
    )
    price_up: int = setting(
        _("A budget is higher from"), default=20, unit=_("per cent more"), low=1, high=200
    )
    again_days: int = setting(
        _("The same opportunity is opened again after"),
        default=365,
        unit=_("days"),
        low=1,
        high=3000,
    )
    tenant_tags: tuple[str, ...] = setting(
        _("Tags of tenants"),
        default=("租户",),  # han: a tag of the dictionary
    )
    buy_tags: tuple[str, ...] = setting(
        _("Tags of the wish to buy"),
        default=("购房需求",),  # han: a tag of the dictionary
    )
    rent_tags: tuple[str, ...] = setting(
        _("Tags of the wish to rent"),
        default=("租赁需求",),  # han: a tag of the dictionary
    )
    newborn_tags: tuple[str, ...] = setting(
        _("Tags of a growing family"),
        default=("新生儿",),  # han: a tag of the dictionary
    )

    def __post_init__(self) -> None:
        for name in ("tenant_tags", "buy_tags", "rent_tags", "newborn_tags"):
            if not getattr(self, name):
                raise FieldError(name, _("Name at least one tag."))

    @property
    def limits(self) -> Limits:
        """The limits as the rules take them."""
        return Limits(Decimal(self.small_area), self.years, self.price_up)


def chance_rules(now: datetime) -> ChanceRules:
    """Return the rules in force."""
    found: ChanceRules = in_force(CHANCES, at=now).value
    return found


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=CHANCES,
            label=_("Opportunities with existing customers"),
            area=PolicyArea.CONTACT,
            help=_("From when on a second deal is likely, and which tags say what."),
            shape=ChanceRules,
            default=ChanceRules(),
        )
    )
