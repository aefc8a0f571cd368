"""How timely tickets are handled; every figure counts what its list shows (SVC-29)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F
from django.urls import reverse
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.staff.models import User
from service.clocks.hooks import standards
from service.clocks.models import TicketClock
from service.clocks.querysets import ClockQuerySet, conditions
from service.clocks.rules.months import last_months, month_of, period_of
from service.clocks.rules.rates import Standard, Tally, Verdict
from service.tickets.choices import CHANNELS, URGENCIES
from service.tickets.querysets import NOT_STANDING

MONTHS = 12
NONE = "none"  # in an address: without a class
VERDICTS = [verdict.value for verdict in Verdict]


@dataclass(frozen=True, slots=True)
class Ask:
    """What a page is asked for: a month, a kind of tickets or all, one of the clocks, a project."""

    month: dt.date
    kind: str = "complaint"
    clock: str = "closure"
    project: int | None = None

    def query(self, **more: Any) -> str:
        """Return the query string of this question with more conditions."""
        asked = {"month": f"{self.month:%Y-%m}", "kind": self.kind, "clock": self.clock}
        if self.project:
            asked["project"] = str(self.project)
        return urlencode({**asked, **more})


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of limits and the list that shows exactly these."""

    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a report: its words, its figures, its share in percent of what counts."""

    label: str | Words
    tally: Tally
    kept: Figure
    late: Figure
    overdue: Figure
    counted: Figure
    is_reached: bool | None

    @property
    def percent(self) -> float:
        """Return the timely rate as a number for a bar; 0 where nothing counts."""
        return (self.tally.rate or 0) * 100


@dataclass(frozen=True, slots=True)
class Cut:
    """The report by one property of the tickets."""

    key: str
    label: str | Words
    lines: list[Line]


def judged(user: User, ask: Ask, now: dt.datetime) -> ClockQuerySet:
    """Return the clocks that count in the month asked for, each with its ``verdict``."""
    found = TicketClock.objects.visible_to(user).judged(period_of(ask.month, now))
    return _narrowed(found, ask)


def headline(user: User, ask: Ask, now: dt.datetime, target: Standard | None) -> Line:
    """Return the figures of the month in all."""
    found = judged(user, ask, now).values("verdict").order_by().annotate(number=Count("pk"))
    tally = _tally({row["verdict"]: row["number"] for row in found})
    return _line(_("In all"), tally, ask, {}, target)


CUTS: tuple[tuple[str, str | Words, str, str], ...] = (
    ("category", pgettext_lazy("ticket", "Class"), "ticket__category", "ticket__category__name"),
    ("project", _("Project"), "ticket__project", "ticket__project__name"),
    ("urgency", pgettext_lazy("ticket", "Urgency"), "ticket__urgency", "ticket__urgency"),
    ("channel", pgettext_lazy("ticket", "Channel"), "ticket__channel", "ticket__channel"),
)
LABELS: dict[str, dict[str, Any]] = {"urgency": dict(URGENCIES), "channel": dict(CHANNELS)}


def cuts(user: User, ask: Ask, now: dt.datetime, target: Standard | None) -> list[Cut]:
    """Return the figures by class, project, urgency and channel; one query for each."""
    result = []
    for key, label, path, name in CUTS:
        found = (
            judged(user, ask, now)
            .values("verdict", value=F(path), name=F(name))
            .order_by()
            .annotate(number=Count("pk"))
        )
        rows: dict[Any, dict[str, int]] = {}
        names: dict[Any, Any] = {}
        for row in found:
            rows.setdefault(row["value"], {})[row["verdict"]] = row["number"]
            names[row["value"]] = LABELS.get(key, {}).get(row["name"], row["name"])
        lines = [
            _line(
                names[value] or pgettext_lazy("ticket", "without a class"),
                _tally(counts),
                ask,
                {key: NONE if value is None else value},
                target,
            )
            for value, counts in rows.items()
        ]
        lines.sort(key=lambda line: (-line.tally.overdue - line.tally.late, -line.tally.counted))
        result.append(Cut(key, label, lines))
    return result


def trend(user: User, ask: Ask, now: dt.datetime) -> list[tuple[dt.date, Line]]:
    """Return the figures of the last twelve months, the earliest first, in one query.

    Each is held against the target of its own month.
    """
    months = last_months(now, MONTHS)
    targets = standards(months)
    seen = TicketClock.objects.visible_to(user).exclude(state="cancelled")
    seen = _narrowed(seen.exclude(ticket__state__in=NOT_STANDING), ask)
    counts: dict[str, Any] = {}
    for number, month in enumerate(months):
        for verdict, condition in conditions(period_of(month, now)).items():
            counts[f"{verdict}_{number}"] = Count("pk", filter=condition)
    found = seen.aggregate(**counts)
    lines = []
    for number, month in enumerate(months):
        tally = _tally({verdict: found[f"{verdict}_{number}"] for verdict in VERDICTS})
        of_month = Ask(month, ask.kind, ask.clock, ask.project)
        lines.append((month, _line("", tally, of_month, {}, targets[month])))
    return lines


def month_choices(now: dt.datetime) -> list[tuple[str, str]]:
    """Return the months that can be asked for, the latest first."""
    months = reversed(last_months(now, 2 * MONTHS))
    return [(f"{month:%Y-%m}", f"{month:%Y-%m}") for month in months]


def is_running(ask: Ask, now: dt.datetime) -> bool:
    """Return whether the month asked for is not over yet."""
    return ask.month == month_of(now)


def _narrowed(clocks: ClockQuerySet, ask: Ask) -> ClockQuerySet:
    found = clocks.filter(kind=ask.clock)
    if ask.kind:
        found = found.filter(ticket__kind=ask.kind)
    if ask.project:
        found = found.filter(ticket__project=ask.project)
    return found


def _tally(counts: dict[str, int]) -> Tally:
    return Tally(*(counts.get(verdict, 0) for verdict in VERDICTS))


def _line(
    label: str | Words, tally: Tally, ask: Ask, more: dict[str, Any], target: Standard | None
) -> Line:
    page = reverse("service:timeliness-cases")

    def figure(count: int, **verdict: str) -> Figure:
        return Figure(count, f"{page}?{ask.query(**{**more, **verdict})}")

    return Line(
        label=label,
        tally=tally,
        kept=figure(tally.kept, verdict=Verdict.KEPT.value),
        late=figure(tally.late, verdict=Verdict.LATE.value),
        overdue=figure(tally.overdue, verdict=Verdict.OVERDUE.value),
        counted=figure(tally.counted),
        is_reached=tally.reaches(target),
    )
