"""Why customers leave: by reason, project, consultant, stage, scene; against events; the money.

Every figure is over the same losses: those that happened within the period, won back or not,
within the asker's rows. Taken back ones never happened.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from analytics.churn import choices
from analytics.churn.models import ChurnLoss
from analytics.churn.rules.reasons import DRIVER_OF, Driver, Reason
from analytics.dashboards.charts import Chart, Series
from crm_site.staff.models import User
from customers.models import PriceList, Project
from service.delays.models import DelayRisk

NEAR: Final = timedelta(days=30)
HUNDRED: Final = 100
WORDS: Final = dict(choices.REASONS)
SCENES: Final = dict(choices.SCENES)
STAGES: Final = dict(choices.STAGES)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table of losses; ``url`` opens exactly these losses."""

    label: Any
    losses: int
    money: Decimal
    share: float
    url: str
    any: int | None = None
    any_url: str = ""
    driver: Any = ""


@dataclass(frozen=True, slots=True)
class PriceMove:
    """A change of prices and the losses of its project in the month before and after it."""

    project: str
    on: date
    number: int
    before: int
    after: int

    @property
    def more(self) -> int:
        """How many more were lost after it than before."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Report:
    """The analysis of losses of one period."""

    start: date
    end: date
    total: int
    money: Decimal
    recovered: int
    unknown: int
    reasons: list[Line]
    drivers: list[Line]
    projects: list[Line]
    consultants: list[Line]
    stages: list[Line]
    crossed: list[tuple[Any, list[tuple[int, str]], int]]
    moves: list[PriceMove]
    timeline: Chart
    by_reason: Chart

    @property
    def scenes(self) -> list[Any]:
        """The headings of the cross table."""
        return list(SCENES.values())


def losses_of(user: User, start: date, end: date, project: int | None = None) -> Any:
    """Return the losses ``user`` sees from ``start`` up to, without, ``end``."""
    rows = ChurnLoss.objects.visible_to(user).counted().filter(on__gte=start, on__lt=end)
    return rows.filter(project=project) if project else rows


def read_report(user: User, start: date, end: date, project: int | None = None) -> Report:
    """Return the analysis of the losses from ``start`` up to, without, ``end``."""
    rows = losses_of(user, start, end, project).order_by()
    within = _Within(start, end, project)
    totals = rows.aggregate(
        n=Count("pk"),
        money=Sum("money"),
        recovered=Count("pk", filter=Q(state="recovered")),
        unknown=Count("pk", filter=Q(main_reason=Reason.UNKNOWN.value)),
    )
    reasons = _reasons(rows, within, totals["n"])
    return Report(
        start=start,
        end=end,
        total=totals["n"],
        money=totals["money"] or Decimal(0),
        recovered=totals["recovered"],
        unknown=totals["unknown"],
        reasons=reasons,
        drivers=_drivers(reasons, within, totals["n"]),
        projects=_grouped(rows, "project", "project__name", within, totals["n"]),
        consultants=_grouped(rows, "consultant", "consultant__name", within, totals["n"]),
        stages=_grouped(rows, "stage", "stage", within, totals["n"], words=STAGES),
        crossed=_crossed(rows, within),
        moves=_price_moves(user, rows, within),
        timeline=_timeline(user, rows, within),
        by_reason=_chart_of(reasons),
    )


@dataclass(frozen=True, slots=True)
class _Within:
    """The period and project of a report, which every link of it carries on."""

    start: date
    end: date
    project: int | None = None

    def url(self, **more: Any) -> str:
        """Return the address of the losses of the report with a further filter."""
        query: dict[str, Any] = {
            "since": self.start.isoformat(),
            "until": (self.end - timedelta(days=1)).isoformat(),
            "state": ["standing", "recovered"],
        }
        if self.project:
            query["project"] = self.project
        return f"{reverse('analytics:churn-loss-list')}?{urlencode(query | more, doseq=True)}"


def _share(part: int, whole: int) -> float:
    return HUNDRED * part / whole if whole else 0.0


def _reasons(rows: Any, within: _Within, total: int) -> list[Line]:
    """Return each reason with the losses it is the main one of, and those it is any one of."""
    main = {
        row["main_reason"]: row
        for row in rows.values("main_reason").annotate(n=Count("pk"), money=Sum("money"))
    }
    named = rows.values("reasons__reason").annotate(n=Count("pk", distinct=True))
    anyhow = {row["reasons__reason"]: row["n"] for row in named}
    found = []
    for reason in Reason:
        held = main.get(reason.value, {"n": 0, "money": None})
        if held["n"] or anyhow.get(reason.value):
            found.append(
                Line(
                    label=WORDS[reason.value],
                    losses=held["n"],
                    money=held["money"] or Decimal(0),
                    share=_share(held["n"], total),
                    url=within.url(main=reason.value),
                    any=anyhow.get(reason.value, 0),
                    any_url=within.url(any=reason.value),
                    driver=DRIVER_OF[reason].value,
                )
            )
    return sorted(found, key=lambda line: (-line.losses, -(line.any or 0)))


def _drivers(reasons: Iterable[Line], within: _Within, total: int) -> list[Line]:
    lines = list(reasons)
    found = []
    for driver in Driver:
        of = [line for line in lines if line.driver == driver.value]
        losses = sum(line.losses for line in of)
        if losses:
            money = sum((line.money for line in of), Decimal(0))
            url = within.url(driver=driver.value)
            label = choices.DRIVERS[driver.value]
            found.append(Line(label, losses, money, _share(losses, total), url))
    return sorted(found, key=lambda line: -line.losses)


def _grouped(
    rows: Any,
    name: str,
    label: str,
    within: _Within,
    total: int,
    words: dict[str, Any] | None = None,
) -> list[Line]:
    found = (
        rows.values(name, label).annotate(n=Count("pk"), money=Sum("money")).order_by("-n", name)
    )
    return [
        Line(
            label=(words or {}).get(row[label], row[label]) or _("None"),
            losses=row["n"],
            money=row["money"] or Decimal(0),
            share=_share(row["n"], total),
            url=within.url(**{name: row[name]}) if row[name] else "",
        )
        for row in found
    ]


def _crossed(rows: Any, within: _Within) -> list[tuple[Any, list[tuple[int, str]], int]]:
    """Return scene × main reason: a row for each reason, a cell for each scene (CUS-109)."""
    found = rows.values("main_reason", "scene").annotate(n=Count("pk"))
    counts = {(row["main_reason"], row["scene"]): row["n"] for row in found}
    table = []
    for reason in Reason:
        cells = [
            (counts.get((reason.value, scene), 0), within.url(main=reason.value, scene=scene))
            for scene in SCENES
        ]
        total = sum(n for n, _url in cells)
        if total:
            table.append((WORDS[reason.value], cells, total))
    return sorted(table, key=lambda line: -line[2])


def _price_moves(user: User, rows: Any, within: _Within) -> list[PriceMove]:
    """Return every change of prices of the period with the losses 30 days before and after."""
    lists = PriceList.objects.filter(
        state="approved",
        number__gt=1,
        effective_at__gte=_midnight(within.start),
        effective_at__lt=_midnight(within.end),
        project__in=Project.objects.visible_to(user).order_by().values("pk"),
    )
    if within.project:
        lists = lists.filter(project=within.project)
    seen = ChurnLoss.objects.visible_to(user).counted().order_by()
    days: dict[int, list[date]] = {}
    around = seen.filter(on__gte=within.start - NEAR, on__lt=within.end + NEAR)
    for project, on in around.filter(project__in=lists.values("project")).values_list(
        "project", "on"
    ):
        days.setdefault(project, []).append(on)
    return [
        _moved(each, days.get(each.project_id, []))
        for each in lists.select_related("project").order_by("-effective_at")
    ]


def _moved(price_list: PriceList, days: list[date]) -> PriceMove:
    on = timezone.localdate(price_list.effective_at)
    return PriceMove(
        project=price_list.project.name,
        on=on,
        number=price_list.number,
        before=sum(on - NEAR <= day < on for day in days),
        after=sum(on <= day < on + NEAR for day in days),
    )


def _timeline(user: User, rows: Any, within: _Within) -> Chart:
    """Return losses by month beside price changes and new delays, months without any included."""
    months = _months(within)
    lost = dict(rows.annotate(month=TruncMonth("on")).values_list("month").annotate(n=Count("pk")))
    scope = Project.objects.visible_to(user).order_by().values("pk")
    of = {"project__in": [within.project]} if within.project else {"project__in": scope}
    prices = _by_month(
        PriceList.objects.filter(state="approved", number__gt=1, **of).values_list(
            "effective_at", flat=True
        )
    )
    delays = _by_month(DelayRisk.objects.filter(**of).values_list("opened_at", flat=True))
    links = [_Within(month, _next(month), within.project).url() for month in months]
    return Chart(
        key="churn-timeline",
        kind="bar",
        title=_("Losses by month, price changes and delays"),
        categories=[date_format(month, "YEAR_MONTH_FORMAT") for month in months],
        series=[
            Series(_("Lost customers"), _of(lost, months), "bad", links=links),
            Series(_("Price changes"), _of(prices, months), "main", "line"),
            Series(_("New delays"), _of(delays, months), "near", "line"),
        ],
        unit="count",
        heading=_("Month"),
        digits=0,
    )


def _chart_of(reasons: list[Line]) -> Chart:
    return Chart(
        key="churn-reasons",
        kind="across",
        title=_("Losses by reason"),
        categories=[line.label for line in reasons],
        series=[
            Series(
                _("Main reason"),
                [line.losses for line in reasons],
                "bad",
                links=[line.url for line in reasons],
            ),
            Series(
                _("Any reason"),
                [line.any for line in reasons],
                "near",
                links=[line.any_url for line in reasons],
            ),
        ],
        unit="count",
        heading=_("Reason"),
        digits=0,
    )


def _of(counts: dict[date, int], months: list[date]) -> list[int]:
    return [counts.get(month, 0) for month in months]


def _by_month(moments: Iterable[datetime]) -> dict[date, int]:
    found: dict[date, int] = {}
    for at in moments:
        month = timezone.localdate(at).replace(day=1)
        found[month] = found.get(month, 0) + 1
    return found


def _months(within: _Within) -> list[date]:
    month, found = within.start.replace(day=1), []
    while month < within.end:
        found.append(month)
        month = _next(month)
    return found


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
