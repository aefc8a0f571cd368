"""When a customer counts as lost, and how scores become levels: the policies of churn."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from analytics.churn.rules.labels import Window
from analytics.churn.rules.levels import Cuts
from analytics.churn.rules.words import Stage
from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import in_force
from crm_site.policies.shapes import setting

DEFINITION: Final = "churn.definition"
LEVELS: Final = "churn.levels"
STAGE_WORDS = {
    Stage.LEAD.value: _("Prospects"),
    Stage.VISIT.value: _("Prospects who visited"),
    Stage.RESERVATION.value: _("Reserved"),
    Stage.SIGNED.value: _("Signed, not handed over"),
}


@dataclass(frozen=True, slots=True)
class ChurnDefinition:
    """By which rules a customer counts as lost (CUS-97)."""

    silent_days: int = setting(
        _("A prospect is lost without an answer for"),
        default=60,
        unit=_("days"),
        low=7,
        high=730,
    )
    silent_days_visit: int = setting(
        _("One who visited is lost without an answer for"),
        default=90,
        unit=_("days"),
        low=7,
        high=730,
    )
    silence: bool = setting(_("Silence counts as a loss"), default=True)
    gave_up: bool = setting(_("Giving up buying counts as a loss"), default=True)
    cancelled: bool = setting(_("A cancelled reservation counts as a loss"), default=True)
    elsewhere: bool = setting(_("Buying elsewhere counts as a loss"), default=True)
    refunded: bool = setting(_("A contract ended with a refund counts as a loss"), default=True)
    complaint_days: int = setting(
        _("A refund is due to a complaint of the last"),
        default=180,
        unit=_("days"),
        low=0,
        high=730,
    )

    def silent_for(self, stage: str) -> int:
        """Return the days of silence that end a stage of prospects."""
        return self.silent_days_visit if stage == Stage.VISIT.value else self.silent_days


@dataclass(frozen=True, slots=True)
class ChurnLevels:
    """Where yellow and red begin, how many may turn red, and what the card starts from."""

    yellow: int = setting(_("Yellow from"), default=40, unit=_("points"), low=1, high=99)
    red: int = setting(_("Red from"), default=70, unit=_("points"), low=2, high=100)
    yellow_percent: int = setting(
        _("Risk that yellow stands for"), default=30, unit="%", low=1, high=98
    )
    red_percent: int = setting(_("Risk that red stands for"), default=60, unit="%", low=2, high=99)
    slack: int = setting(
        _("A level is left below its limit by"), default=10, unit=_("points"), low=0, high=40
    )
    reds_a_week: int = setting(
        _("New red customers per consultant and week"),
        default=15,
        unit=_("customers"),
        low=1,
        high=500,
    )
    gap: int = setting(_("A loss counts after"), default=7, unit=_("days"), low=0, high=60)
    horizon: int = setting(_("A score looks ahead"), default=90, unit=_("days"), low=14, high=365)
    base_rates: dict[str, int] = setting(  # noqa: RUF009 -- a dataclass field
        _("Share lost within that time, before there are figures of your own (per thousand)"),
        default={
            Stage.LEAD.value: 380,
            Stage.VISIT.value: 280,
            Stage.RESERVATION.value: 140,
            Stage.SIGNED.value: 85,
        },
        low=1,
        high=999,
        labels=STAGE_WORDS,
    )

    def __post_init__(self) -> None:
        if self.yellow >= self.red:
            raise FieldError("red", _("Red begins above yellow."))
        if self.yellow_percent >= self.red_percent:
            raise FieldError("red_percent", _("Red stands for more risk than yellow."))
        if self.slack >= self.yellow:
            raise FieldError("slack", _("A level must be left above 0 points."))
        if set(self.base_rates) != set(STAGE_WORDS):
            raise FieldError("base_rates", _("Give a share for each of the four stages."))

    @property
    def cuts(self) -> Cuts:
        """The limits as the rule takes them."""
        return Cuts(
            yellow=self.yellow,
            red=self.red,
            yellow_p=self.yellow_percent / 100,
            red_p=self.red_percent / 100,
            slack=self.slack,
        )

    @property
    def window(self) -> Window:
        """The span after a snapshot in which a loss counts."""
        return Window(gap=self.gap, horizon=self.horizon)


def definition_at(now: datetime) -> ChurnDefinition:
    """Return the rules of loss in force."""
    found: ChurnDefinition = in_force(DEFINITION, at=now).value
    return found


def levels_at(now: datetime) -> ChurnLevels:
    """Return the limits in force."""
    found: ChurnLevels = in_force(LEVELS, at=now).value
    return found


def register() -> None:
    """Make both policies known."""
    register_policy(
        PolicyKind(
            key=DEFINITION,
            label=_("When a customer counts as lost"),
            area=PolicyArea.GRADES,
            help=_("Which rules make a customer a lost one, and after how many silent days."),
            shape=ChurnDefinition,
            default=ChurnDefinition(),
        )
    )
    register_policy(
        PolicyKind(
            key=LEVELS,
            label=_("Levels of churn risk"),
            area=PolicyArea.GRADES,
            help=_(
                "From how many points a customer is yellow or red, and how many new red ones a"
                " consultant gets in a week."
            ),
            shape=ChurnLevels,
            default=ChurnLevels(),
        )
    )
