"""The settings of planning, as versions of a policy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import in_force
from crm_site.policies.shapes import setting
from marketing.planning.choices import STEPS

PLANNING: Final = "marketing.planning"
DAYS = _("days")


@dataclass(frozen=True, slots=True)
class PlanningRules:
    """When market knowledge is too old, and until when the annual plan takes which step."""

    survey_days: int = setting(
        _("A market survey is too old after"), default=91, unit=DAYS, low=7, high=1000
    )
    competitor_days: int = setting(
        _("What is known of a competitor is too old after"), default=30, unit=DAYS, low=1, high=400
    )
    certificate_days: int = setting(
        _("A certificate near its end is reported before"), default=60, unit=DAYS, low=1, high=400
    )
    plan_days: dict[str, int] = setting(  # noqa: RUF009 -- a dataclass field
        _("Steps of the annual plan, days before 1 January"),
        default={"draft": 90, "revise": 45, "issue": 15, "carry_out": 0},
        unit=DAYS,
        low=0,
        high=300,
        labels=dict(STEPS),
    )
    goal_slack: int = setting(
        _("A goal counts as behind from"),
        default=10,
        unit=_("percentage points behind its time"),
        low=0,
        high=100,
    )

    def __post_init__(self) -> None:
        if set(self.plan_days) != set(dict(STEPS)):
            raise FieldError("plan_days", _("Give one value for each step."))
        days = [self.plan_days[key] for key, _label in STEPS]
        if days != sorted(days, reverse=True) or days[-1] != 0:
            raise FieldError(
                "plan_days", _("Each step comes before the next one; the last is 1 January itself.")
            )


def rules_at(now: datetime) -> PlanningRules:
    """Return the rules of planning in force."""
    found: PlanningRules = in_force(PLANNING, at=now).value
    return found


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=PLANNING,
            label=_("Planning of marketing"),
            area=PolicyArea.CONTACT,
            help=_("When market knowledge is too old; the steps of the annual plan."),
            shape=PlanningRules,
            default=PlanningRules(),
        )
    )
