"""How the KPIs that can be counted in several ways are counted (ANA-04, ANA-06)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import in_force
from crm_site.policies.shapes import setting

RULES: Final = "kpi_rules"


class CostBase(StrEnum):
    """By how many the marketing cost is divided."""

    LEAD = "lead"
    VISITOR = "visitor"
    BUYER = "buyer"


class ChurnBase(StrEnum):
    """Of how many customers churn is a share."""

    START = "start"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class KpiRules:
    """Which of several ways of counting the headline figures use."""

    cost_base: CostBase = setting(  # noqa: RUF009 -- a dataclass field
        _("Acquisition cost is divided by"),
        default=CostBase.LEAD,
        labels={
            CostBase.LEAD.value: _("Registered leads"),
            CostBase.VISITOR.value: _("New visitors"),
            CostBase.BUYER.value: _("Signed buyers"),
        },
        help=_("All three are shown; this one is held against the target."),
    )
    churn_base: ChurnBase = setting(  # noqa: RUF009 -- a dataclass field
        _("Churn is a share of"),
        default=ChurnBase.START,
        labels={
            ChurnBase.START.value: _("Customers at the start"),
            ChurnBase.TOTAL.value: _("Customers at the start and new ones"),
        },
    )
    repurchase_days: int = setting(
        _("A second purchase counts for"),
        default=1095,
        unit=_("days"),
        low=30,
        high=7300,
        help=_("Looking back from the end of the period."),
    )


def rules_at(moment: datetime) -> KpiRules:
    """Return the ways of counting in force at a moment."""
    value: KpiRules = in_force(RULES, at=moment).value
    return value


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=RULES,
            label=_("Ways of counting of the KPIs"),
            area=PolicyArea.GRADES,
            shape=KpiRules,
            default=KpiRules(),
            help=_("Counts for periods that begin after the change."),
        )
    )
