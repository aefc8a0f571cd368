"""When complaints make a group, as versions of a policy."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import in_force
from crm_site.policies.shapes import setting

DETECTION: Final = "groups.detection"


@dataclass(frozen=True, slots=True)
class DetectionRules:
    """How many complaints about one matter are an alert (SVC-36)."""

    needed: int = setting(
        _("Complaints about one matter that are an alert"), default=5, low=2, high=50
    )
    days: int = setting(_("Received within"), default=14, unit=_("days"), low=1, high=365)

    @property
    def within(self) -> timedelta:
        """Return the time within which complaints count together."""
        return timedelta(days=self.days)


def rules_at(now: datetime) -> DetectionRules:
    """Return the rules in force."""
    found: DetectionRules = in_force(DETECTION, at=now).value
    return found


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=DETECTION,
            label=_("Early sign of group complaints"),
            area=PolicyArea.TIME,
            help=_("When complaints about one matter are shown to managers as a group."),
            shape=DetectionRules,
            default=DetectionRules(),
        )
    )
