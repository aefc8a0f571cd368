"""Weights by post, the bonus fund and the reward of the service star, as versions of policies."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import in_force
from crm_site.policies.shapes import setting

APPRAISAL: Final = "appraisal.rules"
REWARDS: Final = "rewards.rules"
PERCENT = _("percent")
POINTS = pgettext_lazy("unit", "points")
ALL: Final = 100


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each dimension weighs for a post; together 100."""

    acquisition: int = setting(_("Acquisition"), default=25, low=0, high=100)
    retention: int = setting(_("Retention"), default=25, low=0, high=100)
    satisfaction: int = setting(_("Satisfaction"), default=25, low=0, high=100)
    value: int = setting(_("Lifetime value"), default=25, low=0, high=100)

    def __post_init__(self) -> None:
        if self.acquisition + self.retention + self.satisfaction + self.value != ALL:
            raise FieldError("acquisition", _("The four weights of a post add up to 100."))


POSTS: Final = {
    "consultant": Weights(40, 20, 25, 15),
    "supervisor": Weights(35, 25, 25, 15),
    "marketing": Weights(50, 15, 15, 20),
    "specialist": Weights(10, 30, 50, 10),
    "agent": Weights(10, 25, 60, 5),
    "service_manager": Weights(10, 30, 45, 15),
    "engineering": Weights(5, 25, 60, 10),
    "other": Weights(),
}
LABELS: Final = {
    "consultant": _("Sales consultant"),
    "supervisor": _("Sales supervisor"),
    "marketing": _("Marketing"),
    "specialist": _("Customer service specialist"),
    "agent": _("Call-centre agent"),
    "service_manager": _("Customer service manager"),
    "engineering": _("Engineering"),
    "other": _("Every other post"),
}


@dataclass(frozen=True, slots=True)
class AppraisalRules:
    """How people are appraised and what follows."""

    quantity: int = setting(
        _("Weight of the figures"),
        default=70,
        unit=PERCENT,
        low=0,
        high=100,
        help=_("The rest is the judgement with its evidence."),
    )
    posts: dict[str, Weights] = setting(  # noqa: RUF009 -- a dataclass field
        _("Weights by post"), default=POSTS, labels=LABELS
    )
    appeal_days: int = setting(
        _("An appeal is possible within"), default=10, unit=_("days"), low=1, high=60
    )
    history: int = setting(
        _("Promotion and other posts look at the last"),
        default=2,
        unit=_("appraisals"),
        low=1,
        high=8,
    )
    promote_from: int = setting(
        _("A candidate for promotion has at least"), default=85, unit=POINTS, low=0, high=120
    )
    move_below: int = setting(
        _("Another post is talked about below"), default=60, unit=POINTS, low=0, high=120
    )

    def weights(self, post: str) -> Weights:
        """Return the weights of a post."""
        return self.posts.get(post) or self.posts.get("other") or Weights()


@dataclass(frozen=True, slots=True)
class RewardRules:
    """The bonus fund and the service star."""

    base: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Bonus fund, share of total pay"), default=Decimal(12), unit=PERCENT, low=0, high=100
    )
    floor: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("The fund is never less than"), default=Decimal(10), unit=PERCENT, low=10, high=100
    )
    low: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Adjusted by CAE, CSAT and CLV down to"),
        default=Decimal(80),
        unit=PERCENT,
        low=0,
        high=100,
    )
    high: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("and up to"), default=Decimal(120), unit=PERCENT, low=100, high=200
    )
    star: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Reward of the service star"), default=Decimal(1000), unit=_("yuan"), low=1, high=100000
    )


def appraisal_rules(now: datetime) -> tuple[AppraisalRules, int]:
    """Return the rules of appraisals in force and their version."""
    held = in_force(APPRAISAL, at=now)
    return held.value, held.version


def reward_rules(now: datetime) -> tuple[RewardRules, int]:
    """Return the rules of rewards in force and their version."""
    held = in_force(REWARDS, at=now)
    return held.value, held.version


def register() -> None:
    """Make the policies known."""
    register_policy(
        PolicyKind(
            key=APPRAISAL,
            label=_("Appraisal of staff"),
            area=PolicyArea.OWNERSHIP,
            help=_("What each post is measured by, how appeals and promotions go."),
            shape=AppraisalRules,
            default=AppraisalRules(),
        )
    )
    register_policy(
        PolicyKind(
            key=REWARDS,
            label=_("Bonus fund and service star"),
            area=PolicyArea.OWNERSHIP,
            help=_("How large the bonus fund is, and what the star of the month receives."),
            shape=RewardRules,
            default=RewardRules(),
        )
    )
