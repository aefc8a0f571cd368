"""How long holds last and how many one consultant may have, as versions of a policy (MKT-56)."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting

HOLDS: Final = "purchase.holds"


@dataclass(frozen=True, slots=True)
class HoldRules:
    """The life of a hold; the end is compared with the clock of the database."""

    hours: int = setting(_("A hold lasts"), default=24, unit=_("hours"), low=1, high=240)
    renew_hours: int = setting(_("Renewing adds"), default=24, unit=_("hours"), low=1, high=240)
    renewals: int = setting(_("Renewals at most"), default=1, low=0, high=5)
    most: int = setting(_("Holds of one consultant at a time"), default=5, low=1, high=50)
    presubscribed_days: int = setting(
        _("A pre-subscription lasts"), default=30, unit=_("days"), low=1, high=365
    )
    taken_shows: int = setting(
        _("Similar units shown where one is taken"), default=3, low=1, high=10
    )


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=HOLDS,
            label=_("Holds on units"),
            area=PolicyArea.UNITS,
            help=_("How long a unit is kept for a customer, how often that may be prolonged."),
            shape=HoldRules,
            default=HoldRules(),
        )
    )
