"""How long an import can be taken back, and with it how long its rows are kept."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting

IMPORT_RULES: Final = "import.rules"


@dataclass(frozen=True, slots=True)
class ImportRules:
    """The limits of imports; the rows of a file are deleted when its import is final."""

    revert_days: int = setting(
        _("An import can be reverted for"), default=30, unit=_("days"), low=1, high=365
    )


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=IMPORT_RULES,
            label=_("Import of data"),
            area=PolicyArea.DATA,
            help=_("For how long an import can be taken back."),
            shape=ImportRules,
            default=ImportRules(),
        )
    )
