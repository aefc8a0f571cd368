"""How selling is checked, what a test is passed with, whether third parties are asked."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import in_force
from crm_site.policies.shapes import setting

QUALITY: Final = "selling.quality"
THIRD_PARTY: Final = "third_party.data"
DAYS = _("days")
POINTS = pgettext_lazy("unit", "points")
SEVERITIES: Final = {
    "low": pgettext_lazy("finding", "Low"),
    "medium": pgettext_lazy("finding", "Medium"),
    "high": pgettext_lazy("finding", "High"),
}
DEDUCTIONS: Final = {"low": Decimal(2), "medium": Decimal(5), "high": Decimal(20)}


@dataclass(frozen=True, slots=True)
class SellingRules:
    """Checks of honest selling, tests of competence, inspections of sales offices."""

    drawn: int = setting(
        _("Calls and chats drawn for each consultant a month"), default=2, low=0, high=20
    )
    window_days: int = setting(
        _("The quality score looks back"), default=180, unit=DAYS, low=30, high=730
    )
    deductions: dict[str, Decimal] = setting(  # noqa: RUF009 -- a dataclass field
        _("A finding takes from the score"), default=DEDUCTIONS, labels=SEVERITIES
    )
    pass_mark: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("A test of competence is passed from"), default=Decimal(80), unit="%", low=1, high=100
    )
    expert_mark: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Expert is who has in every test"), default=Decimal(95), unit="%", low=1, high=100
    )
    training_days: int = setting(
        _("Training after a failed test within"), default=7, unit=DAYS, low=1, high=60
    )
    retest_days: int = setting(
        _("A test is done again after"), default=180, unit=DAYS, low=30, high=730
    )
    correction_days: int = setting(
        _("A failed item of an inspection is corrected within"),
        default=3,
        unit=DAYS,
        low=1,
        high=60,
    )


@dataclass(frozen=True, slots=True)
class ThirdPartyRules:
    """Data of third parties about customers; nothing is taken in while it is off (CUS-38)."""

    is_on: bool = setting(_("Results of third parties may be brought in"), default=False)
    consent_days: int = setting(
        _("A consent to it is valid for"), default=180, unit=DAYS, low=1, high=730
    )
    keep_days: int = setting(_("A result is kept for"), default=365, unit=DAYS, low=1, high=1095)


def selling_rules(now: datetime) -> SellingRules:
    """Return the rules in force."""
    found: SellingRules = in_force(QUALITY, at=now).value
    return found


def third_party_rules(now: datetime) -> ThirdPartyRules:
    """Return the rules in force."""
    found: ThirdPartyRules = in_force(THIRD_PARTY, at=now).value
    return found


def register() -> None:
    """Make both policies known."""
    register_policy(
        PolicyKind(
            key=QUALITY,
            label=_("Quality of selling"),
            area=PolicyArea.UNITS,
            help=_("How many talks are checked, what findings weigh, what passes a test."),
            shape=SellingRules,
            default=SellingRules(),
        )
    )
    register_policy(
        PolicyKind(
            key=THIRD_PARTY,
            label=_("Data of third parties"),
            area=PolicyArea.DATA,
            help=_("Off until it is decided; each result needs its own valid consent."),
            shape=ThirdPartyRules,
            default=ThirdPartyRules(),
        )
    )
