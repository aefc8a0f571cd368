"""The scorecard of a contractor in words: each figure with the rows behind it (SVC-99)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from service.repairs.models import Contractor
from service.repairs.selectors import RATES, Score

MEASURE_WORDS: Final[Mapping[str, Any]] = {
    "jobs": _("Rounds of repair"),
    "decided": _("Rounds the owner decided on"),
    "first": _("First rounds the owner decided on"),
    "fixed_first": _("Repaired at the first go and not come back"),
    "accepted": _("Rounds the owner accepted"),
    "came_back": _("Accepted, but come back"),
    "refused": _("Refused by the owner"),
    "visited": _("Visits made"),
    "in_time": _("Visits made in the agreed time"),
}
RATE_WORDS: Final[Mapping[str, Any]] = {
    "first_time_fix": _("First-time fix"),
    "came_back": _("Come back"),
    "refused": pgettext_lazy("repair", "Refused"),
    "in_time": pgettext_lazy("repair", "On time"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A rate in percent with its counts and where the rows of both counts are."""

    label: Any
    percent: float | None
    hits: int
    cases: int
    hits_url: str
    cases_url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One contractor with its figures and money (yuan)."""

    contractor: Contractor
    jobs: int
    jobs_url: str
    figures: list[Figure]
    claimed: Decimal
    agreed: Decimal


def heads() -> list[Any]:
    """Return the words of the rates in their order."""
    return [RATE_WORDS[key] for key in RATES]


def line(score: Score) -> Line:
    """Return a scorecard as pages print it."""
    pk = score.contractor.pk
    shares = score.rates
    figures = [
        Figure(
            label=RATE_WORDS[key],
            percent=None if shares[key].rate is None else round(100 * (shares[key].rate or 0), 1),
            hits=shares[key].hits,
            cases=shares[key].cases,
            hits_url=_rows(pk, hits),
            cases_url=_rows(pk, cases),
        )
        for key, (hits, cases) in RATES.items()
    ]
    return Line(
        contractor=score.contractor,
        jobs=score.counts["jobs"],
        jobs_url=_rows(pk, "jobs"),
        figures=figures,
        claimed=score.claimed,
        agreed=score.agreed,
    )


def _rows(contractor_id: int, measure: str) -> str:
    return reverse("service:contractor-jobs", args=[contractor_id, measure])
