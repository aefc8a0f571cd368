"""Scores as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from analytics.churn.models import ChurnRun, ChurnScore, ChurnScoreChange
from analytics.churn.rules.columns import BLOCK_OF
from analytics.churn.words import SaidReason, reasons_in_words
from analytics.dashboards.charts import Chart, Series
from crm_site.staff.models import User
from customers.models import Customer
from customers.rules.consent import Purpose
from customers.services.consents import has_withdrawn

SHOWN: Final = 6
BACK: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One customer's score with its reasons in words."""

    score: ChurnScore
    reasons: list[SaidReason]
    percent: float
    left_alone: bool = False

    @property
    def customer(self) -> Customer:
        """Whose it is."""
        return self.score.customer


def block_of(name: str) -> str:
    """Return the block of a column; a field of the company stands in its own."""
    return BLOCK_OF.get(name, "custom")


def lines(scores: Sequence[ChurnScore]) -> list[ScoreLine]:
    """Return scores as lines of a table."""
    return [
        ScoreLine(
            score,
            reasons_in_words(score.reasons, block_of),
            score.probability * 100,
            getattr(score, "left_alone", False),
        )
        for score in scores
    ]


def for_list(user: User) -> Any:
    """Return the scores ``user`` sees, with what a line prints."""
    rows = (
        ChurnScore.objects.visible_to(user)
        .marked()
        .select_related("customer__owner", "customer__project")
    )
    columns = ("customer__name", "customer__owner__name", "customer__project__name")
    return rows.only(
        *("stage", "probability", "points", "at_stake", "level", "wanted", "reasons", "engine"),
        *("model_version", "scored_at", "blocks", *columns),
    )


def counts_by_level(rows: Any) -> dict[str, int]:
    """Return how many of ``rows`` stand on each level."""
    found = rows.order_by().values_list("level").annotate(n=Count("pk"))
    return {"red": 0, "yellow": 0, "green": 0} | dict(found)


def last_run() -> ChurnRun | None:
    """Return the last scoring that ended."""
    return ChurnRun.objects.filter(finished_at__isnull=False).order_by("-pk").first()


def score_of(customer: Customer, user: User) -> ChurnScore | None:
    """Return the score of a customer; None without one, or where ``user`` may not see it."""
    rows = ChurnScore.objects.visible_to(user).marked()
    found: ChurnScore | None = rows.filter(pk=customer.pk).first()
    return found


def is_refused(customer: Customer) -> bool:
    """Whether the customer refuses to be assessed by machine (PIPL, article 24)."""
    return has_withdrawn(customer, Purpose.PROFILING)


def changes_of(customer: Customer, user: User) -> list[ChurnScoreChange]:
    """Return the latest lines of the history of a customer's score."""
    rows = ChurnScoreChange.objects.visible_to(user).filter(customer=customer)
    return list(rows.order_by("-at", "-pk")[:SHOWN])


def history_of(customer: Customer, user: User, *, now: datetime) -> Chart | None:
    """Return the points of a year as steps; None without any."""
    rows = ChurnScoreChange.objects.visible_to(user).filter(customer=customer, at__gt=now - BACK)
    found = list(rows.order_by("at", "pk").values_list("at", "points", "after"))
    if not found:
        return None
    last = ChurnScore.objects.filter(customer=customer).values_list("points", flat=True).first()
    days = {
        timezone.localdate(at): points if after != "none" else None for at, points, after in found
    }
    if last is not None:
        days[timezone.localdate(now)] = last
    return Chart(
        key="churn-history",
        kind="step",
        title=_("Points over the last year"),
        categories=[date_format(day, "SHORT_DATE_FORMAT") for day in days],
        series=[Series(pgettext_lazy("churn", "Points"), list(days.values()))],
        unit="points",
        heading=_("Day"),
        height="s",
        digits=0,
    )
