"""Whether win-back helps: the two arms, and the worked cases by level, cause, tool, consultant.

Every figure is counted over warnings whose days are over, the same for both arms, and leads to the
rows it counts (CUS-107, BEY-04, ANA-74).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import pgettext

from analytics.winback import choices
from analytics.winback.models import ChurnAlert, HoldoutDraw, ToolUse, WinbackCase
from analytics.winback.policies import WinbackRules
from analytics.winback.rules.effect import Measured, Share, measure
from analytics.winback.rules.words import Arm, Verdict

RECOVERED: Final = Verdict.RECOVERED.value
CLAIMED: Final = 65  # percent, as the sources claim; a line to compare with, no evidence


@dataclass(frozen=True, slots=True)
class Span:
    """From which day on, and before which, warnings count."""

    since: date | None = None
    until: date | None = None

    @property
    def query(self) -> dict[str, str]:
        """Return it as the lists take it."""
        days = {"since": self.since, "until": self.until}
        return {name: day.isoformat() for name, day in days.items() if day}

    def on(self, field: str) -> Q:
        """Return the condition on the moment in ``field``."""
        found = Q()
        if self.since:
            found &= Q(**{f"{field}__date__gte": self.since})
        if self.until:
            found &= Q(**{f"{field}__date__lt": self.until})
        return found


@dataclass(frozen=True, slots=True)
class Rate:
    """Recovered of worked cases, in words for one line; ``cost`` in yuan where it is known."""

    label: str
    recovered: int
    worked: int
    worked_url: str
    recovered_url: str
    uses: int = 0
    cost: Decimal | None = None

    @property
    def percent(self) -> Decimal | None:
        """Return the share in percent, None of no case."""
        return Decimal(100 * self.recovered) / self.worked if self.worked else None


@dataclass(frozen=True, slots=True)
class Experiment:
    """The two arms of red warnings, and what may be said about the difference."""

    treated: Share
    control: Share
    running: int
    measured: Measured
    treated_url: str
    control_url: str

    @property
    def natural(self) -> float | None:
        """Return how many percent came back by themselves; None of nobody."""
        return 100 * self.control.rate if self.control.n else None

    @property
    def treated_percent(self) -> float | None:
        """Return how many percent of those worked on came back; None of nobody."""
        return 100 * self.treated.rate if self.treated.n else None

    @property
    def points(self) -> float | None:
        """Return the effect in percentage points, None where it is not shown."""
        return self._of_effect("difference")

    @property
    def low(self) -> float | None:
        """Return the lower end of its interval."""
        return self._of_effect("low")

    @property
    def high(self) -> float | None:
        """Return the upper end of its interval."""
        return self._of_effect("high")

    def _of_effect(self, name: str) -> float | None:
        effect = self.measured.effect
        return None if effect is None else 100 * getattr(effect, name)


def experiment(user: Any, span: Span, *, rules: WinbackRules, now: datetime) -> Experiment:
    """Return what the draw of red warnings shows, of the customers ``user`` may see.

    Everybody drawn counts in the arm drawn, called or not.
    """
    drawn = ChurnAlert.objects.visible_to(user).filter(span.on("counted_from")).exclude(arm="")
    counted = drawn.filter(judge_at__lte=now).exclude(verdict__in=("", Verdict.EXCLUDED.value))
    rows = (
        counted.order_by()
        .values("arm")
        .annotate(n=Count("pk"), hits=Count("pk", filter=Q(verdict=RECOVERED)))
    )
    arms = {row["arm"]: Share(row["hits"], row["n"]) for row in rows}
    treated = arms.get(Arm.TREATED.value, Share(0, 0))
    control = arms.get(Arm.CONTROL.value, Share(0, 0))
    draws = HoldoutDraw.objects.filter(alert__in=counted.order_by().values("pk"))
    expected = draws.aggregate(sum=Sum("share"))["sum"] or 0
    return Experiment(
        treated=treated,
        control=control,
        running=drawn.filter(judge_at__gt=now).count(),
        measured=measure(treated, control, expected=float(expected), least=rules.least),
        treated_url=_alerts(span, arm=Arm.TREATED.value, judged="yes"),
        control_url=_alerts(span, arm=Arm.CONTROL.value, judged="yes"),
    )


def cases_counted(user: Any, span: Span, *, now: datetime) -> Any:
    """Return the worked cases whose result counts, as the list with the same filters shows them."""
    rows = WinbackCase.objects.visible_to(user) if user is not None else WinbackCase.objects.all()
    return rows.worked().judged(now).filter(span.on("alert__counted_from"))


def overall(user: Any, span: Span, *, now: datetime) -> Rate:
    """Return the recovery rate of all worked cases (ANA-18)."""
    rows = cases_counted(user, span, now=now).order_by()
    found = rows.aggregate(n=Count("pk"), hits=Count("pk", filter=_won()))
    return _rate(pgettext("all of them", "All"), found["hits"], found["n"], span, {})


def by_field(
    user: Any, span: Span, *, field: str, name: str, words: Iterable[tuple[str, Any]], now: datetime
) -> list[Rate]:
    """Return the recovery rate for each value of a field; ``name`` is its filter."""
    rows = cases_counted(user, span, now=now).order_by().values(field)
    found = {
        row[field]: (row["hits"], row["n"])
        for row in rows.annotate(n=Count("pk"), hits=Count("pk", filter=_won()))
    }
    return [
        _rate(str(word), *found[value], span, {name: value})
        for value, word in words
        if value in found
    ]


def by_owner(user: Any, span: Span, *, now: datetime) -> list[Rate]:
    """Return the recovery rate of each consultant, by name."""
    rows = cases_counted(user, span, now=now).filter(owner__isnull=False).order_by()
    found = rows.values("owner", "owner__name").annotate(
        n=Count("pk"), hits=Count("pk", filter=_won())
    )
    return [
        _rate(row["owner__name"], row["hits"], row["n"], span, {"owner": str(row["owner"])})
        for row in found.order_by("owner__name", "owner")
    ]


def by_tool(user: Any, span: Span, *, now: datetime) -> list[Rate]:
    """Return the five tools: uses, cost in yuan, and the recovery rate of cases with them (ANA-74).

    The cases are the same worked ones as everywhere; a case counts once with each tool it had.
    """
    cases = cases_counted(user, span, now=now)
    uses = ToolUse.objects.filter(case__in=cases.order_by().values("pk")).order_by()
    won = Q(case__alert__verdict=RECOVERED)
    found: dict[str, Any] = {
        row["tool"]: row
        for row in uses.values("tool").annotate(
            uses=Count("pk"),
            cost=Sum("cost"),
            n=Count("case", distinct=True),
            hits=Count("case", distinct=True, filter=won),
        )
    }
    lines = []
    for tool, word in choices.TOOLS:
        row: dict[str, Any] = found.get(tool) or {"uses": 0, "cost": Decimal(0), "n": 0, "hits": 0}
        lines.append(
            _rate(str(word), row["hits"], row["n"], span, {"tool": tool}, row["uses"], row["cost"])
        )
    return lines


def _won() -> Q:
    return Q(alert__verdict=RECOVERED)


def _rate(  # noqa: PLR0913 -- one line of a table
    label: str,
    hits: int,
    n: int,
    span: Span,
    query: dict[str, str],
    uses: int = 0,
    cost: Decimal | None = None,
) -> Rate:
    worked = {"worked": "yes", "judged": "yes", **span.query, **query}
    page = reverse("analytics:winback-cases")
    return Rate(
        label,
        hits,
        n,
        f"{page}?{urlencode(worked)}",
        f"{page}?{urlencode(worked | {'verdict': RECOVERED})}",
        uses,
        cost,
    )


def _alerts(span: Span, **query: str) -> str:
    return f"{reverse('analytics:churn-alerts')}?{urlencode({**span.query, **query})}"
