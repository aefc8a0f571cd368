"""The settings of reports and reviews, as versions of a policy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import in_force
from crm_site.policies.shapes import setting

RULES: Final = "reviews.rules"
DAYS = _("days")


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """When summaries are due and when people are reminded."""

    filing_days: int = setting(
        _("Regions file their summary within"),
        default=15,
        unit=DAYS,
        low=1,
        high=60,
        help=_("Counted from the end of the quarter."),
    )
    remind_days: int = setting(
        _("Reminders before a day that is due"), default=3, unit=DAYS, low=0, high=30
    )
    mid_year_month: int = setting(
        _("The mid-year management review is planned in month"), default=7, low=1, high=12
    )
    annual_month: int = setting(
        _("The yearly management review, of the year before, is planned in month"),
        default=1,
        low=1,
        high=12,
    )


def rules_at(now: datetime) -> ReviewRules:
    """Return the settings in force."""
    found: ReviewRules = in_force(RULES, at=now).value
    return found


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=RULES,
            label=_("Reports of results and reviews"),
            area=PolicyArea.TIME,
            help=_("When regions file, when reviews are planned, when people are reminded."),
            shape=ReviewRules,
            default=ReviewRules(),
        )
    )
