"""Reports, measures and summaries in words, for pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.dashboards.charts import Chart, Series
from analytics.kpis.kinds import COMPANY
from analytics.kpis.question import key_of_period, key_of_place
from analytics.reviews import choices
from analytics.reviews.display import shown
from analytics.reviews.figures import (
    asking_of,
    known,
    label_of,
    period_of,
    place_at,
    read_line,
)
from analytics.reviews.maturity import MATURITY
from analytics.reviews.meeting_models import Filing
from analytics.reviews.querysets import place_of
from analytics.reviews.registers import ELEMENTS, GOALS
from analytics.reviews.report_models import PerformanceReport, ReportFigure, ReportMeasure
from analytics.reviews.rules.attained import attainment
from analytics.reviews.rules.filing import FilingState, element_light, filing_state
from analytics.reviews.rules.maturity import Stage, Weak, gap_list, stage_of
from analytics.reviews.rules.periods import Cycle, Span, finished, quarter_name
from analytics.reviews.rules.report import OFF_TARGET
from crm_site.questionnaires.models import AnswerSheet
from crm_site.registers.models import RegisterEntry
from crm_site.staff.models import User


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A frozen figure as a table prints it."""

    figure: ReportFigure
    label: str
    url: str
    value: str
    target: str
    before: str
    needs: bool  # off target and without a measure in this report


@dataclass(frozen=True, slots=True)
class BlockRow:
    """A block of a report with its figures and the words about it."""

    key: str
    label: Any
    rows: list[FigureRow]
    note: str


def blocks_of(report: PerformanceReport) -> list[BlockRow]:
    """Return the four blocks, and the further KPIs under an empty key; two statements."""
    answered = set(report.entries.values_list("measure__kpi", flat=True))
    query = query_of(report)
    rows = [figure_row(one, answered, query) for one in report.figures.order_by("pk")]
    found = [
        BlockRow(
            key, label, [one for one in rows if one.figure.block == key], report.notes.get(key, "")
        )
        for key, label in choices.BLOCKS
    ]
    others = [one for one in rows if not one.figure.block]
    return [*found, BlockRow("", "", others, "")] if others else found


def lights_of(blocks: Iterable[BlockRow]) -> list[tuple[str, int]]:
    """Return how many figures of a report show each light, green first."""
    shown_as = [row.figure.light for block in blocks for row in block.rows]
    return [(light, shown_as.count(light)) for light in ("green", "amber", "red", "none")]


def attainment_chart(blocks: Iterable[BlockRow]) -> Chart:
    """Return how much of its target each figure reaches, in percent; those without stay out."""
    found = [
        (row, share)
        for block in blocks
        for row in block.rows
        if (share := attainment(row.figure.value, row.figure.target, row.figure.good)) is not None
    ]
    return Chart(
        key="attainment",
        kind="across",
        title=_("How much of its target each figure reaches"),
        categories=[row.label for row, _share in found],
        series=[Series(_("Share of the target"), [share for _row, share in found])],
        heading=_("KPI"),
        unit="percent",
        digits=0,
    )


def query_of(report: PerformanceReport) -> str:
    """Return the query that asks a KPI about the period and the place of a report."""
    period = period_of(Span(report.starts_on, report.ends_on))
    asked = {"period": key_of_period(period), "place": key_of_place(place_at(report.region_id))}
    return urlencode(asked)


def figure_row(figure: ReportFigure, answered: set[str], query: str) -> FigureRow:
    """Return a figure in words; its address asks for the rows of the same period and place."""
    is_known = known(figure.kpi) is not None
    return FigureRow(
        figure,
        label_of(figure.kpi, figure.label),
        f"{reverse('analytics:kpi-detail', args=[figure.kpi])}?{query}" if is_known else "",
        shown(figure.value, figure.unit),
        shown(figure.target, figure.unit),
        shown(figure.before, figure.unit),
        figure.light in OFF_TARGET and figure.kpi not in answered,
    )


def measures_in(report: PerformanceReport) -> list[ReportMeasure]:
    """Return the measures of a report, those carried over first."""
    rows = report.entries.select_related("measure__owner", "measure__report")
    return list(rows.order_by("-is_carried", "measure__due_on", "pk"))


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report as the list prints it."""

    report: PerformanceReport
    off: int
    measures: int


def report_lines(reports: Iterable[PerformanceReport]) -> list[ReportLine]:
    """Return reports with how many figures miss their target; two statements."""
    found = list(reports)
    keys = [one.pk for one in found]
    off = _counts(ReportFigure.objects.filter(report__in=keys, light__in=OFF_TARGET))
    measures = _counts(ReportMeasure.objects.filter(report__in=keys))
    return [ReportLine(one, off.get(one.pk, 0), measures.get(one.pk, 0)) for one in found]


def _counts(rows: Any) -> dict[int, int]:
    return dict(rows.order_by().values_list("report").annotate(n=Count("pk")))


@dataclass(frozen=True, slots=True)
class FilingRow:
    """The summary of a region with its state and the figures that came with it."""

    filing: Filing
    state: FilingState
    figures: list[tuple[str, str, str]]  # label, value, light


def filing_rows(rows: Iterable[Filing], now: datetime) -> list[FilingRow]:
    """Return summaries with their state and key figures; two statements."""
    found, today = list(rows), timezone.localdate(now)
    reports = [one.report_id for one in found if one.report_id]
    figures: dict[int, list[ReportFigure]] = {}
    for one in ReportFigure.objects.filter(report__in=reports).exclude(block="").order_by("pk"):
        figures.setdefault(one.report_id, []).append(one)
    return [
        FilingRow(
            one,
            filing_state(one.due_on, _day(one.handed_at), today=today),
            [
                (label_of(each.kpi, each.label), shown(each.value, each.unit), each.light)
                for each in figures.get(one.report_id or 0, [])
            ],
        )
        for one in found
    ]


def _day(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None


def quarters_filed(user: User) -> list[tuple[date, str]]:
    """Return the quarters for which summaries are expected, the latest first."""
    rows = Filing.objects.visible_to(user).order_by("-starts_on")
    pairs = rows.values_list("starts_on", "ends_on").distinct()[:12]
    return [(start, quarter_name(Span(start, end))) for start, end in pairs]


def state_counts(rows: Iterable[FilingRow]) -> list[tuple[str, Any, int]]:
    """Return how many summaries stand in each state, with its words."""
    found = [one.state.value for one in rows]
    return [(key, label, found.count(key)) for key, label in choices.FILING_STATES]


def aggregated(rows: Iterable[FilingRow]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return each key figure with region, value and light of every region that handed in."""
    table: dict[str, list[tuple[str, str, str]]] = {}
    for row in rows:
        for label, value, light in row.figures:
            table.setdefault(label, []).append((row.filing.region.name, value, light))
    return list(table.items())


@dataclass(frozen=True, slots=True)
class ElementRow:
    """One of the four elements with its evidence."""

    key: str
    label: Any
    light: str
    last_on: date | None
    days: int | None
    rows: list[RegisterEntry]


def element_rows(user: User, now: datetime) -> list[ElementRow]:
    """Return the four elements, each with its evidence, the latest first; one statement."""
    today = timezone.localdate(now)
    entries = RegisterEntry.objects.visible_to(user).of(ELEMENTS).select_related("owner")
    by_element: dict[str, list[RegisterEntry]] = {}
    for one in entries.order_by("-created_at", "-pk"):
        by_element.setdefault(str(one.values.get("element")), []).append(one)
    found = []
    for key, label in choices.ELEMENTS:
        rows = by_element.get(key, [])
        last = timezone.localdate(rows[0].created_at) if rows else None
        days = (today - last).days if last else None
        light = element_light(last, today=today)
        found.append(ElementRow(key, label, light, last, days, rows[:5]))
    return found


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal with what its KPI says of the last quarter that is over."""

    entry: RegisterEntry
    kpi: str
    base: str
    goal: str
    now: str
    share: int | None  # of the way done, percent


def goal_rows(user: User, now: datetime) -> list[GoalRow]:
    """Return the goals with where their KPIs stand; each KPI is read once."""
    rows = list(RegisterEntry.objects.visible_to(user).of(GOALS).order_by("state", "due_at", "pk"))
    span = finished(Cycle.QUARTER, timezone.localdate(now))
    asking = asking_of(span, COMPANY, now)
    keys = {str(one.values["measured_by"]) for one in rows}
    lines = {key: read_line(kpi, asking) for key in keys if (kpi := known(key))}
    found = []
    for one in rows:
        line = lines.get(str(one.values["measured_by"]))
        unit = line.kpi.unit if line else ""
        value = line.reading.value if line else None
        base, goal = Decimal(one.values["base"]), Decimal(one.values["goal"])
        found.append(
            GoalRow(
                one,
                label_of(str(one.values["measured_by"])),
                shown(base, unit),
                shown(goal, unit),
                shown(value, unit),
                way(base, goal, value),
            )
        )
    return found


def way(base: Decimal, goal: Decimal, value: Decimal | None) -> int | None:
    """Return how much of the way from base to goal is done, 0 to 100 percent; None without data."""
    if value is None or base == goal:
        return None
    return max(0, min(100, int((value - base) * 100 / (goal - base))))


@dataclass(frozen=True, slots=True)
class Assessment:
    """A finished self-assessment: its stage and the pairs that lag behind."""

    sheet: AnswerSheet
    stage: Stage | None
    gaps: list[Weak]


def assessments(limit: int = 8) -> list[Assessment]:
    """Return the latest self-assessments, the newest first; two statements."""
    rows = AnswerSheet.objects.filter(questionnaire__key=MATURITY, state="complete")
    rows = rows.select_related("version", "author").prefetch_related("answers")
    return [_assessment(one) for one in rows.order_by("-completed_at", "-pk")[:limit]]


def _assessment(sheet: AnswerSheet) -> Assessment:
    labels = {one.key: one.label for one in sheet.version.outline.questions()}
    given = [
        (one.question, str(labels.get(one.question, one.question)), one.value)
        for one in sheet.answers.all()
    ]
    return Assessment(sheet, stage_of(sheet.score), gap_list(given))


def open_actions(user: User) -> Q:
    """Return the condition on measures that management reviews asked for."""
    place = place_of(user)
    own = Q(review__isnull=False, done_on__isnull=True)
    return own if place is None else own & Q(region=place)
