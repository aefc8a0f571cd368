"""How long before its node a change can be asked for, how soon buyers are told, as a policy."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting

CHANGES: Final = "homes.changes"


@dataclass(frozen=True, slots=True)
class ChangeRules:
    """Days of individual changes (SVC-77) and of changes of sold homes (SVC-102)."""

    cut_off_days: int = setting(
        _("Individual changes are asked for before their building node"),
        default=15,
        unit=_("days"),
        low=0,
        high=180,
    )
    notice_days: int = setting(
        _("Buyers are told of a change of their home within"),
        default=10,
        unit=_("days"),
        low=1,
        high=60,
    )
    answer_days: int = setting(
        _("Buyers have to answer"), default=15, unit=_("days"), low=1, high=60
    )


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=CHANGES,
            label=_("Changes of homes"),
            area=PolicyArea.UNITS,
            help=_("Until when buyers may ask for changes, how soon they are told of others."),
            shape=ChangeRules,
            default=ChangeRules(),
        )
    )
