"""How far changes of many customers at once may go, and how long they can be taken back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import in_force
from crm_site.policies.shapes import setting

BULK: Final = "bulk.rules"


@dataclass(frozen=True, slots=True)
class BulkRules:
    """The limits of bulk changes."""

    most_customers: int = setting(
        _("Customers per change"), default=20_000, unit=_("customers"), low=1, high=200_000
    )
    undo_minutes: int = setting(
        _("A change can be taken back for"), default=30, unit=_("minutes"), low=1, high=10_080
    )


def bulk_rules(now: datetime) -> BulkRules:
    """Return the rules in force at ``now``."""
    rules: BulkRules = in_force(BULK, at=now).value
    return rules


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=BULK,
            label=_("Changes of many customers"),
            area=PolicyArea.DATA,
            help=_("How many customers one change may touch, and how long it can be taken back."),
            shape=BulkRules,
            default=BulkRules(),
        )
    )
