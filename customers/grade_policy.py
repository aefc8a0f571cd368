"""The policy of the grades: weights, from score to letter, benchmark split (CUS-11, CUS-12)."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, Preview, register_policy
from crm_site.policies.shapes import setting
from customers.rules.grades import FACTORS, Factor, Mode

WEIGHTS: Final = "grade.weights"
ALL: Final = 100

FACTOR_LABELS = {
    Factor.CONTRIBUTION.value: _("Contribution so far"),
    Factor.POTENTIAL.value: _("Potential value"),
    Factor.BEHAVIOUR.value: _("Purchase behaviour"),
    Factor.LOYALTY.value: _("Loyalty and referrals"),
    Factor.SPENDING.value: _("Spending power"),
    Factor.SERVICE.value: _("Service need"),
}
MODE_LABELS = {
    Mode.PERCENTILE.value: _("By share within the region"),
    Mode.THRESHOLD.value: _("By fixed cut-offs"),
}
LETTERS = ("A", "B", "C", "D", "E")
LETTER_LABELS = {letter: letter for letter in LETTERS}


@dataclass(frozen=True, slots=True)
class GradePolicy:
    """Weights of the six factors, and how a score becomes a grade from A to E."""

    weights: dict[str, int] = setting(  # noqa: RUF009 -- a dataclass field
        _("Weights"),
        default={
            Factor.CONTRIBUTION.value: 25,
            Factor.POTENTIAL.value: 25,
            Factor.BEHAVIOUR.value: 20,
            Factor.LOYALTY.value: 15,
            Factor.SPENDING.value: 10,
            Factor.SERVICE.value: 5,
        },
        unit="%",
        low=0,
        high=ALL,
        labels=FACTOR_LABELS,
        help=_("Together 100."),
    )
    mode: Mode = setting(  # noqa: RUF009 -- a dataclass field
        _("From score to grade"), default=Mode.PERCENTILE, labels=MODE_LABELS
    )
    shares: dict[str, int] = setting(  # noqa: RUF009 -- a dataclass field
        _("Benchmark split"),
        default={"A": 15, "B": 30, "C": 45, "D": 5, "E": 5},
        unit="%",
        low=1,
        high=ALL,
        labels=LETTER_LABELS,
        help=_("Together 100. By share, the grades are given out in this split."),
    )
    cutoffs: dict[str, int] = setting(  # noqa: RUF009 -- a dataclass field
        _("Lowest score"),
        default={"A": 85, "B": 65, "C": 35, "D": 15},
        low=1,
        high=ALL,
        labels=LETTER_LABELS,
        help=_("Used by fixed cut-offs, and by share before the first run."),
    )

    def __post_init__(self) -> None:
        if set(self.weights) != {factor.value for factor in FACTORS}:
            raise FieldError("weights", _("Give a weight for each of the six factors."))
        if sum(self.weights.values()) != ALL:
            raise FieldError("weights", _adds_up(sum(self.weights.values())))
        if set(self.shares) != set(LETTERS):
            raise FieldError("shares", _("Give a share for each grade from A to E."))
        if sum(self.shares.values()) != ALL:
            raise FieldError("shares", _adds_up(sum(self.shares.values())))
        if set(self.cutoffs) != set(LETTERS[:-1]):
            raise FieldError("cutoffs", _("Give a cut-off for each grade from A to D."))
        if any(higher <= lower for higher, lower in pairwise(self.lowest_scores)):
            raise FieldError("cutoffs", _("Each cut-off has to be below the one before it."))

    @property
    def weight_list(self) -> tuple[int, ...]:
        """The weights in the order of FACTORS."""
        return tuple(self.weights[factor.value] for factor in FACTORS)

    @property
    def share_list(self) -> tuple[int, ...]:
        """The shares from A to E, in per cent."""
        return tuple(self.shares[letter] for letter in LETTERS)

    @property
    def lowest_scores(self) -> tuple[int, ...]:
        """The lowest scores of A, B, C and D."""
        return tuple(self.cutoffs[letter] for letter in LETTERS[:-1])


def _adds_up(total: int) -> Any:
    return _("These have to add up to 100; now they make %(total)s.") % {"total": total}


def _preview(value: GradePolicy, asker: Any, now: datetime) -> Preview:
    from customers.selectors.grades import preview_policy

    return preview_policy(value, asker=asker, now=now)


def _panel(value: GradePolicy, asker: Any, now: datetime) -> dict[str, Any]:
    from customers.selectors.grades import grade_split

    return {"split": grade_split(user=asker, policy=value)}


def register() -> None:
    """Make the policy of the grades known."""
    register_policy(
        PolicyKind(
            key=WEIGHTS,
            label=_("Customer grades"),
            area=PolicyArea.GRADES,
            shape=GradePolicy,
            default=GradePolicy(),
            preview=_preview,
            panel="customers/_grade_split.html",
            panel_context=_panel,
            help=_("The next nightly run grades every customer by the version then in force."),
        )
    )
