"""How far back touches count for a contract, and how fast they fade (MKT-74)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import InForce, in_force
from crm_site.policies.shapes import setting
from marketing.attribution import choices
from marketing.attribution.rules import Model

RULES: Final = "attribution.rules"
DAYS = _("days")


@dataclass(frozen=True, slots=True)
class AttributionRules:
    """Which touches count for a contract."""

    lookback_days: int = setting(
        _("Touches count up to"),
        default=365,
        unit=DAYS,
        low=1,
        high=3650,
        help=_("Before the signature."),
    )
    half_life_days: int = setting(
        _("With time decay a touch counts half after"), default=30, unit=DAYS, low=1, high=730
    )
    headline: Model = setting(  # noqa: RUF009 -- a dataclass field
        _("Figures follow the model"), default=Model.LINEAR, labels=dict(choices.MODELS)
    )


def attribution_rules(now: datetime) -> InForce:
    """Return the rules in force, with their version."""
    return in_force(RULES, at=now)


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=RULES,
            label=_("Attribution to channels"),
            area=PolicyArea.CONTACT,
            help=_("Which touches before a signature count, and how fast they fade."),
            shape=AttributionRules,
            default=AttributionRules(),
        )
    )
