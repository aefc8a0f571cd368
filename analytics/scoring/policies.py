"""When a model in use is doubted, as versions of a policy (ANA-48, BEY-08)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from analytics.scoring.rules.monitoring import Limits
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import in_force
from crm_site.policies.shapes import setting

WATCH: Final = "analytics.score_watch"


@dataclass(frozen=True, slots=True)
class WatchRules:
    """Limits of drift, calibration and false alarms."""

    psi: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Drift counts from a stability index of"), default=Decimal("0.20"), low=0, high=5
    )
    low: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Probabilities over losses, at least"),
        default=Decimal("0.80"),
        low=0,
        high=1,
        help=_("1 means that as many leave as was said."),
    )
    high: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Probabilities over losses, at most"), default=Decimal("1.25"), low=1, high=10
    )
    false_alarms: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("False alarms a consultant may get in a week"), default=Decimal(3), low=0, high=100
    )

    @property
    def limits(self) -> Limits:
        """The limits as the pure rules take them."""
        return Limits(
            psi=float(self.psi),
            low=float(self.low),
            high=float(self.high),
            false_alarms=float(self.false_alarms),
        )


def limits_at(now: datetime) -> Limits:
    """Return the limits in force."""
    found: WatchRules = in_force(WATCH, at=now).value
    return found.limits


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=WATCH,
            label=_("Watching score models"),
            area=PolicyArea.GRADES,
            help=_("When the model in use no longer fits its customers."),
            shape=WatchRules,
            default=WatchRules(),
        )
    )
