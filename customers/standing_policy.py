"""The policies of activity, high value and the un-closed base (CUS-09, CUS-19, CUS-26)."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting
from customers.rules.activity import MOVES, ActivityWeights, Move
from customers.rules.value import Limits

ACTIVITY: Final = "activity.weights"
VALUE: Final = "value.high"
UNCLOSED: Final = "unclosed.rules"
MOVE_LABELS = {
    Move.VISIT.value: _("Visit"),
    Move.REPLY.value: _("Reply to us"),
    Move.CHECK_IN.value: _("Check-in at an event"),
    Move.APP_USE.value: _("Use of app or website"),
}


@dataclass(frozen=True, slots=True)
class ActivityPolicy:
    """What a customer's own move is worth, and how fast it fades."""

    points: dict[str, int] = setting(  # noqa: RUF009 -- a dataclass field
        _("Points of one move"),
        default={
            Move.VISIT.value: 30,
            Move.REPLY.value: 15,
            Move.CHECK_IN.value: 20,
            Move.APP_USE.value: 3,
        },
        low=0,
        high=100,
        labels=MOVE_LABELS,
    )
    most: dict[str, int] = setting(  # noqa: RUF009 -- a dataclass field
        _("Moves that count"),
        default={
            Move.VISIT.value: 2,
            Move.REPLY.value: 3,
            Move.CHECK_IN.value: 2,
            Move.APP_USE.value: 10,
        },
        low=1,
        high=50,
        labels=MOVE_LABELS,
        help=_("More of the same kind within the window add nothing."),
    )
    window_days: int = setting(_("Window"), default=90, unit=_("days"), low=7, high=730)
    half_life_days: int = setting(
        _("Silence that halves the score"), default=30, unit=_("days"), low=1, high=365
    )

    def __post_init__(self) -> None:
        for name in ("points", "most"):
            if set(getattr(self, name)) != {move.value for move in MOVES}:
                raise FieldError(name, _("Give a number for each of the four kinds of move."))

    @property
    def weights(self) -> ActivityWeights:
        """The policy as the rule takes it."""
        return ActivityWeights(
            points=tuple(self.points[move.value] for move in MOVES),
            most=tuple(self.most[move.value] for move in MOVES),
            window_days=self.window_days,
            half_life_days=self.half_life_days,
        )


@dataclass(frozen=True, slots=True)
class ValuePolicy:
    """When a customer is of high value, and how many should be."""

    power: int = setting(_("Lowest purchasing power"), default=60, low=1, high=100)
    willingness: int = setting(
        _("Lowest willingness for long cooperation"), default=60, low=1, high=100
    )
    loyalty: int = setting(_("Lowest loyalty"), default=50, low=1, high=100)
    anchor: int = setting(
        _("Expected share of high-value customers"), default=10, unit="%", low=1, high=100
    )
    band: int = setting(_("Drift that is reported"), default=5, unit=_("points"), low=1, high=50)
    least: int = setting(
        _("Customers needed for a report"),
        default=20,
        unit=_("customers"),
        low=1,
        high=100_000,
        help=_("In a smaller region the share says nothing."),
    )

    @property
    def limits(self) -> Limits:
        """The limits as the rule takes them."""
        return Limits(self.power, self.willingness, self.loyalty)


@dataclass(frozen=True, slots=True)
class UnclosedRules:
    """When a visitor who did not buy counts as not contacted."""

    quiet_days: int = setting(
        _("Without contact for more than"), default=30, unit=_("days"), low=1, high=365
    )


def register() -> None:
    """Make the three policies known."""
    register_policy(
        PolicyKind(
            key=ACTIVITY,
            label=_("Activity of customers"),
            area=PolicyArea.GRADES,
            help=_("What a customer's own moves are worth, and how fast they fade."),
            shape=ActivityPolicy,
            default=ActivityPolicy(),
        )
    )
    register_policy(
        PolicyKind(
            key=VALUE,
            label=_("High-value customers"),
            area=PolicyArea.GRADES,
            help=_(
                "From which purchasing power, willingness and loyalty a customer is of high value."
            ),
            shape=ValuePolicy,
            default=ValuePolicy(),
        )
    )
    register_policy(
        PolicyKind(
            key=UNCLOSED,
            label=_("Un-closed customers"),
            area=PolicyArea.GRADES,
            help=_("After how many days without contact a visitor who did not buy is called back."),
            shape=UnclosedRules,
            default=UnclosedRules(),
        )
    )
