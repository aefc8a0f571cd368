"""How much may leave the system, and how (PLT-10)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting

EXPORT_RULES: Final = "export.rules"
APPROVAL_VALID: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class ExportRules:
    """The limits of exports; with 0 rows free, every export needs an approval."""

    rows_without_approval: int = setting(
        _("Rows without approval"), default=0, unit=_("rows"), low=0, high=500
    )
    rows_at_most: int = setting(
        _("Rows in one file at most"), default=20_000, unit=_("rows"), low=1, high=100_000
    )
    file_hours: int = setting(
        _("A file can be downloaded for"), default=24, unit=_("hours"), low=1, high=168
    )
    alarm_rows_per_hour: int = setting(
        _("Alarm when one account exports within an hour"),
        default=5_000,
        unit=_("rows"),
        low=1,
        high=1_000_000,
    )


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=EXPORT_RULES,
            label=_("Export of data"),
            area=PolicyArea.DATA,
            help=_(
                "From how many rows an export needs a signature, and when many exports"
                " raise an alarm."
            ),
            shape=ExportRules,
            default=ExportRules(),
        )
    )
