"""The settings of surveys, as versions of a policy."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting
from service.surveys import choices
from service.surveys.choices import Stage

RULES: Final = "surveys.rules"
OF_TEN = _("out of 10")
DAYS = _("days")


@dataclass(frozen=True, slots=True)
class SurveyRules:
    """When an answer alarms, whom we leave alone, how figures are weighed."""

    low_rating: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("A care ticket opens from a satisfaction of"),
        default=Decimal(4),
        unit=OF_TEN,
        low=1,
        high=10,
        help=_("Five steps count twice: 2 of 5 is 4 of 10."),
    )
    low_recommendation: int = setting(
        _("A care ticket opens from a recommendation of"), default=3, unit=OF_TEN, low=0, high=10
    )
    rest_days: int = setting(
        _("Nobody is asked again before"),
        default=30,
        unit=DAYS,
        low=0,
        high=365,
        help=_("For surveys of an audience. After a service we ask each time."),
    )
    drop: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("An alert when a month falls by more than"),
        default=Decimal("0.5"),
        unit=OF_TEN,
        low=0,
        high=10,
    )
    drop_answers: int = setting(
        _("An alert needs answers in both months"), default=5, low=1, high=1000
    )
    improve_below: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("A plan of improvement has an item for figures below"),
        default=Decimal("8.5"),
        unit=OF_TEN,
        low=1,
        high=10,
    )
    staff_least: int = setting(
        _("Figures of the staff are shown from"), default=5, unit=_("answers"), low=5, high=100
    )
    yearly_by_month: int = setting(
        _("The yearly survey is open at the end of month"), default=9, low=1, high=12
    )
    stage_weights: dict[str, int] = setting(  # noqa: RUF009 -- a dataclass field
        _("Weight of each stage in the overall score"),
        default={stage.value: 1 for stage in Stage},
        labels=dict(choices.STAGES),
    )


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=RULES,
            label=_("Surveys and satisfaction"),
            area=PolicyArea.CONTACT,
            help=_("Which answers alarm, whom we leave alone, how the overall score is made."),
            shape=SurveyRules,
            default=SurveyRules(),
        )
    )
