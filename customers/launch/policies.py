"""How long before a launch its checks are due and what passes the test, as a policy."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting

LAUNCHES: Final = "launch.checks"


@dataclass(frozen=True, slots=True)
class LaunchRules:
    """Days before the launch (SVC-69, SVC-70) and the mark of the briefing's test (MKT-58)."""

    risk_days: int = setting(
        _("The sales risk check is due before the launch"),
        default=7,
        unit=_("days"),
        low=1,
        high=90,
    )
    comfort_days: int = setting(
        _("The comfort check is due before the launch"), default=14, unit=_("days"), low=1, high=90
    )
    fresh_days: int = setting(
        _("A check counts for launches within"), default=60, unit=_("days"), low=7, high=365
    )
    pass_mark: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("The test of the briefing is passed from"),
        default=Decimal(80),
        unit="%",
        low=1,
        high=100,
    )


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=LAUNCHES,
            label=_("Checks before a launch"),
            area=PolicyArea.UNITS,
            help=_("When risk check and comfort check are due, what passes the briefing's test."),
            shape=LaunchRules,
            default=LaunchRules(),
        )
    )
