"""Programmes, items and people in words, for pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.dashboards.charts import Chart, Series
from analytics.improvement import choices
from analytics.improvement.people_models import Appraisal, AppraisalLine
from analytics.improvement.policies import appraisal_rules
from analytics.improvement.programme_models import (
    ItemResource,
    PdcaItem,
    Programme,
    ProgrammeEvaluation,
)
from analytics.improvement.querysets import people_under
from analytics.improvement.registers import EXPERIMENTS, INDICATORS, effect_of
from analytics.improvement.rules.appraisal import Advice, advice
from analytics.improvement.rules.pdca import BOARD, reached
from analytics.improvement.rules.trials import Effect
from analytics.improvement.services.programmes import fact_label
from analytics.reviews.display import shown
from analytics.reviews.figures import label_of
from analytics.reviews.hooks import WeekLine
from analytics.reviews.rules.attained import attainment
from analytics.reviews.rules.periods import Span
from analytics.reviews.services.weekly import NEXT
from crm_site.registers.models import RegisterEntry
from crm_site.staff.models import User

COLUMN = 60  # cards of a column of the board


@dataclass(frozen=True, slots=True)
class Column:
    """One stage of the board with its items; ``more`` are not shown."""

    stage: str
    label: Any
    items: list[PdcaItem]
    count: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.items)


def marked(rows: Any) -> Any:
    """Return items with whether they use more means than planned."""
    over = ItemResource.objects.filter(item=OuterRef("pk"), used__gt=F("planned"))
    return rows.annotate(is_over=Exists(over)).select_related("accountable", "programme")


def columns(rows: Any) -> list[Column]:
    """Return the board of items; two statements."""
    running = rows.running()
    counts = dict(running.order_by().values_list("stage").annotate(n=Count("pk")))
    limit = COLUMN * len(BOARD)
    found: dict[str, list[PdcaItem]] = {stage.value: [] for stage in BOARD}
    for one in marked(running).order_by("due_on", "pk")[:limit]:
        if len(found[one.stage]) < COLUMN:
            found[one.stage].append(one)
    labels = dict(choices.STAGES)
    return [Column(key, labels[key], items, counts.get(key, 0)) for key, items in found.items()]


def outcome_of(item: PdcaItem) -> bool | None:
    """Return whether the measured result reaches the goal; None before."""
    return reached(item.baseline, item.goal, item.measured)


@dataclass(frozen=True, slots=True)
class TrackPlan:
    """One of the two tracks of a programme with its items."""

    key: str
    label: Any
    items: list[PdcaItem]
    ended: int


def tracks_of(programme: Programme) -> list[TrackPlan]:
    """Return both tracks of a programme with their own plans; one statement."""
    rows = list(marked(PdcaItem.objects.filter(programme=programme)).order_by("due_on", "pk"))
    found = []
    for key, label in choices.TRACKS:
        items = [one for one in rows if one.track == key]
        ended = sum(one.stage in ("closed", "dropped") for one in items)
        found.append(TrackPlan(key, label, items, ended))
    return found


def means_of(programme: Programme) -> list[tuple[Any, Decimal, Decimal, bool]]:
    """Return planned and used means of a programme by kind, and whether they are over-used."""
    rows = ItemResource.objects.filter(item__programme=programme).exclude(item__stage="dropped")
    sums: dict[str, list[Decimal]] = {}
    for kind, planned, used in rows.values_list("kind", "planned", "used"):
        held = sums.setdefault(kind, [Decimal(0), Decimal(0)])
        held[0], held[1] = held[0] + planned, held[1] + used
    return [
        (label, both[0], both[1], both[1] > both[0])
        for key, label in choices.RESOURCES
        if (both := sums.get(key))
    ]


def evaluation_facts(row: ProgrammeEvaluation) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return what an evaluation rests on: dimension, then figure, value and attainment."""
    labels = {"customer": row.customer, "business": row.business, "process": row.process}
    return [
        (key, [(fact_label(name), value, share) for name, value, share in row.facts.get(key, [])])
        for key in labels
    ]


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """A dimension of an appraisal as a table prints it."""

    line: AppraisalLine
    label: Any
    kpi: str
    value: str
    goal: str
    share: Decimal | None


def dimension_rows(appraisal: Appraisal) -> list[DimensionRow]:
    """Return the dimensions of an appraisal with figures and marks; one statement."""
    labels = dict(choices.DIMENSIONS)
    return [
        DimensionRow(
            one,
            labels[one.dimension],
            label_of(one.kpi),
            shown(one.value, one.unit),
            shown(one.goal, one.unit),
            attainment(one.value, one.goal, one.good),
        )
        for one in appraisal.lines.order_by("pk")
    ]


def dimension_chart(rows: Iterable[DimensionRow]) -> Chart:
    """Return what was attained and which mark was given in each dimension of an appraisal."""
    found = list(rows)
    return Chart(
        key="dimensions",
        kind="bar",
        title=_("Attained and mark by dimension"),
        categories=[row.label for row in found],
        series=[
            Series(_("Attained (%)"), [row.share for row in found]),
            Series(pgettext("appraisal", "Mark"), [row.line.mark for row in found], tone="before"),
        ],
        heading=_("Dimension"),
        digits=0,
        height="s",
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person with the appraisals that speak for a promotion or another post."""

    person: User
    advice: Advice
    history: list[Appraisal]


def candidates(user: User, now: datetime) -> list[Candidate]:
    """Return the people one leads for whom the rule says something; two statements (ANA-39)."""
    rules, _version = appraisal_rules(now)
    rows = Appraisal.objects.filter(
        person__in=people_under(user).order_by().values("pk"), state__in=["published", "final"]
    )
    history: dict[int, list[Appraisal]] = {}
    people: dict[int, User] = {}
    for one in rows.select_related("person").order_by("-ends_on", "-pk"):
        history.setdefault(one.person_id, []).append(one)
        people[one.person_id] = one.person
    found = []
    for key, past in history.items():
        said = advice(
            [one.total for one in past if one.total is not None],
            periods=rules.history,
            above=rules.promote_from,
            below=rules.move_below,
        )
        if said is not Advice.NONE:
            found.append(Candidate(people[key], said, past[: rules.history]))
    return sorted(found, key=lambda one: (one.advice, -(one.history[0].total or 0), one.person.pk))


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department with the customer indicators it carries."""

    key: str
    label: Any
    indicators: list[tuple[RegisterEntry, str]]

    @property
    def is_missing(self) -> bool:
        """Whether it carries none."""
        return not self.indicators


def department_rows(user: User) -> list[DepartmentRow]:
    """Return all departments with their indicators; one statement (ANA-41)."""
    rows = RegisterEntry.objects.visible_to(user).of(INDICATORS).open().order_by("pk")
    held: dict[str, list[tuple[RegisterEntry, str]]] = {}
    for one in rows:
        name = label_of(str(one.values.get("kpi")))
        held.setdefault(str(one.values.get("department")), []).append((one, name))
    return [DepartmentRow(key, label, held.get(key, [])) for key, label in choices.DEPARTMENTS]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A result of the library with its effect."""

    entry: RegisterEntry
    kind: Any
    effect: Effect | None


def result_rows(rows: Iterable[RegisterEntry]) -> list[ResultRow]:
    """Return results of experiments with effect and interval."""
    kinds = dict(choices.TRIALS)
    return [
        ResultRow(one, kinds.get(one.values.get("kind")), effect_of(one.values)) for one in rows
    ]


def results_found(user: User, words: str) -> Any:
    """Return the results in the library that hold some words in question, groups or measure."""
    rows = RegisterEntry.objects.visible_to(user).of(EXPERIMENTS)
    if not words:
        return rows
    keys = ("control", "variant", "outcome", "campaign")
    held = Q(title__icontains=words)
    for key in keys:
        held |= Q(**{f"values__{key}__icontains": words})
    return rows.filter(held)


def items_of_week(span: Span, _now: datetime) -> Iterable[WeekLine]:
    """Return the improvement items for the weekly report."""
    done = Q(ended_on__range=(span.starts_on, span.ends_on))
    due = Q(ended_on__isnull=True, due_on__lte=span.ends_on + NEXT)
    rows = PdcaItem.objects.filter(done | due).select_related("accountable")
    for one in rows.order_by("due_on", "pk"):
        yield WeekLine(
            title=one.title,
            owner=one.accountable.name,
            due_on=one.due_on,
            done_on=one.ended_on,
            region_id=one.region_id,
            url=reverse("analytics:pdca-item", args=[one.pk]),
        )
