"""When campaigns need more signatures, when they are reviewed, what a contract earns, advice."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import in_force
from crm_site.policies.shapes import setting
from marketing.campaigns.rules.shift import Limits

RULES: Final = "campaign.rules"
PERCENT = _("percent")


@dataclass(frozen=True, slots=True)
class CampaignRules:
    """How campaigns are approved and judged."""

    large_from: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Head office signs campaigns from"),
        default=Decimal(500_000),
        unit=_("yuan"),
        low=0,
    )
    review_days: int = setting(
        _("An ended campaign is reviewed within"), default=14, unit=_("days"), low=1, high=90
    )
    margin: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("What a contract earns of its price"),
        default=Decimal(15),
        unit=PERCENT,
        low=0,
        high=100,
        help=_("The return of a campaign is this part of its contracts less its cost."),
    )
    least_leads: int = setting(
        _("Budget moves are advised from"), default=20, unit=_("leads"), low=1, high=10_000
    )
    dearer: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("where a deal costs at least this many times as much as the cheapest"),
        default=Decimal("1.5"),
        low=1,
        high=100,
    )
    moved: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("and move this part of what is free"), default=Decimal(30), unit=PERCENT, low=1, high=100
    )

    @property
    def limits(self) -> Limits:
        """When and how much budget is advised to move."""
        return Limits(least_leads=self.least_leads, factor=self.dearer, share=self.moved)


def campaign_rules(now: datetime) -> CampaignRules:
    """Return the rules in force."""
    found: CampaignRules = in_force(RULES, at=now).value
    return found


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=RULES,
            label=_("Campaigns"),
            area=PolicyArea.CONTACT,
            help=_("Who signs campaigns, when they are reviewed, when budget moves are advised."),
            shape=CampaignRules,
            default=CampaignRules(),
        )
    )
