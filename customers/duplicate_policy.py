"""When two records are proposed as one, and when a machine may merge them (BEY-01)."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting

DUPLICATES: Final = "duplicates.rules"


@dataclass(frozen=True, slots=True)
class DuplicateRules:
    """From which score on a pair is proposed, and whether and from which it is merged."""

    suggest_from: int = setting(
        _("Propose pairs from a score of"), default=60, unit="%", low=30, high=100
    )
    merge_by_itself: bool = setting(_("Merge sure pairs without asking"), default=False)
    merge_from: int = setting(
        _("Merge without asking from a score of"), default=95, unit="%", low=90, high=100
    )


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=DUPLICATES,
            label=_("Duplicate customers"),
            area=PolicyArea.DATA,
            help=_("From which likeness two records are suggested as one person, or merged."),
            shape=DuplicateRules,
            default=DuplicateRules(),
        )
    )
