"""When somebody is reminded of what is in a register."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting

REMINDERS: Final = "registers.reminders"


@dataclass(frozen=True, slots=True)
class ReminderRules:
    """How long before the due time the owner is reminded (CUS-60: the day before)."""

    days_before: int = setting(
        _("Reminder before the due time"), default=1, unit=_("days"), low=0, high=30
    )


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=REMINDERS,
            label=_("Reminders of registers"),
            area=PolicyArea.TIME,
            help=_("How long before the due time an entry reminds."),
            shape=ReminderRules,
            default=ReminderRules(),
        )
    )
