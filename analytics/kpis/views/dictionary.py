"""The dictionary of all KPIs with their figures, and the page of one (ANA-01, BEY-03)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from analytics.kpis import choices, display
from analytics.kpis.forms import AskForm
from analytics.kpis.kept import keep
from analytics.kpis.kinds import Asking, CutTable, Kpi, Period, Reading, Target, day_of
from analytics.kpis.models import KpiSnapshot
from analytics.kpis.places import VIEW, kpis_for, name_of
from analytics.kpis.question import (
    Question,
    key_of_period,
    question_of,
    words_of_period,
    words_of_place,
)
from analytics.kpis.registry import UnknownKpiError, kpi_of
from analytics.kpis.rules.lights import light_of, progress
from analytics.kpis.rules.periods import last_months
from analytics.kpis.rules.weights import Verdict, compared, trend
from analytics.kpis.services.freezing import can_recompute, is_same, recomputed
from analytics.kpis.services.reading import obstacle, read_kpi
from analytics.kpis.targets import target_of
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import UNPROCESSABLE
from crm_site.staff.choices import role_label
from crm_site.staff.current import current_user
from crm_site.staff.models import User

ROWS: Final = 50
SPARK: Final = 12
LONGEST: Final = 19  # digits of a key


@dataclass(frozen=True, slots=True)
class KpiLine:
    """A KPI in the dictionary with its frozen figure, if there is one."""

    kpi: Kpi
    figure: str
    target: str
    light: str
    light_words: Any
    note: Any
    url: str


@dataclass(frozen=True, slots=True)
class Compared:
    """The figure of an earlier period of equal length, and what changed since."""

    label: str
    figure: str
    verdict: Verdict
    tone: str
    url: str


@require_safe
@permission_required(VIEW, raise_exception=True)
def kpi_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show every KPI by group with its figure of a place and period, as last frozen."""
    user, now = current_user(request), timezone.now()
    question = question_of(request.GET, user=user, now=now)
    kpis = kpis_for(user)
    rows = KpiSnapshot.objects.at(question.place).over(question.period)
    frozen = {row.kpi: row for row in rows.filter(kpi__in=[kpi.key for kpi in kpis])}
    lines = [_line(kpi, frozen.get(kpi.key), question) for kpi in kpis]
    groups = [
        (key, words, [line for line in lines if line.kpi.group == key])
        for key, words in choices.GROUPS.items()
    ]
    context = {
        "form": AskForm(question, user=user, now=now),
        "question": question,
        "groups": [group for group in groups if group[2]],
        "taken_at": max((row.taken_at for row in frozen.values()), default=None),
        **_words(question),
    }
    status = 200 if question.is_readable else UNPROCESSABLE
    return render(request, "analytics/kpis/list.html", context, status=status)


@require_safe
@permission_required(VIEW, raise_exception=True)
def kpi_detail(request: HtmxHttpRequest, kpi_key: str) -> HttpResponse:
    """Show what a KPI means, its figure now and before, how it was frozen, the rows behind it."""
    user, now = current_user(request), timezone.now()
    kpi = get_kpi(user, kpi_key)
    question = question_of(request.GET, user=user, now=now)
    asking = question.asking(user, now)
    reading = read_kpi(kpi.key, asking)
    target = target_of(kpi.key, question.period.start)
    is_read = obstacle(kpi, asking) is None
    frozen = KpiSnapshot.objects.at(question.place).over(question.period)
    context = {
        "kpi": kpi,
        "form": AskForm(question, user=user, now=now),
        "question": question,
        "reading": reading,
        "figure": display.figure(reading.value, kpi.unit),
        "parts": display.parts(kpi, reading),
        "interval": display.interval(reading, kpi.unit),
        "note": display.note(reading),
        "light": light_of(reading, target).value,
        "light_words": choices.LIGHTS[light_of(reading, target)],
        "progress": progress(reading, target),
        "target": target,
        "target_words": display.target(target, kpi.unit),
        "compared": list(_before(kpi, question, reading, user, now)),
        "definition": _definition(kpi),
        "months": _months(kpi, question, now),
        "frozen": _frozen(kpi, frozen.filter(kpi=kpi.key).first(), target, reading),
        "cuts": _cuts(kpi, _parts(kpi, asking, reading) if is_read else (), question),
        "now": now,
        **_list(request, kpi, question, user, now),
        **_words(question),
    }
    status = 200 if question.is_readable else UNPROCESSABLE
    return render(request, "analytics/kpis/detail.html", context, status=status)


def get_kpi(user: User, key: str) -> Kpi:
    """Return the KPI; 404 for none of this key, 403 where its rows are not for ``user``."""
    try:
        kpi = kpi_of(key)
    except UnknownKpiError:
        raise Http404 from None
    if not user.has_perm(kpi.right):
        raise PermissionDenied
    return kpi


def _words(question: Question) -> dict[str, str]:
    name = name_of(question.place)
    return {
        "period_words": words_of_period(question.period),
        "place_words": words_of_place(question.place, name),
    }


def _line(kpi: Kpi, row: KpiSnapshot | None, question: Question) -> KpiLine:
    goal = display.goal_from_json(row.target) if row else kpi.goal
    return KpiLine(
        kpi=kpi,
        figure=display.figure(row.value if row else None, kpi.unit),
        target=display.goal(goal, kpi.unit),
        light=row.light if row else "none",
        light_words=choices.LIGHTS[row.light if row else "none"],
        note=display.note(row.reading) if row else "",
        url=f"{kpi.key}/?{question.query()}",
    )


def _definition(kpi: Kpi) -> dict[str, Any]:
    return {
        "owner": role_label(kpi.owner_role),
        "direction": choices.DIRECTIONS[kpi.good],
        "places": [choices.PLACES[kind] for kind in choices.PLACES if kind in kpi.places],
    }


def _before(
    kpi: Kpi, question: Question, reading: Reading, user: User, now: datetime
) -> Iterable[Compared]:
    """Return the equal-length period before and the same days a year ago."""
    for period in (question.period.before(), question.period.year_ago()):
        asked = Question(period, question.place, key_of_period(period), question.place_key)
        was = read_kpi(kpi.key, asked.asking(user, now))
        verdict = compared(reading, was)
        yield Compared(
            label=words_of_period(period),
            figure=display.figure(was.value, kpi.unit),
            verdict=verdict,
            tone=_tone(kpi, verdict),
            url=f"?{asked.query()}",
        )


def _parts(kpi: Kpi, asking: Asking, reading: Reading) -> tuple[CutTable, ...]:
    """Return the figure taken apart, read anew when the figure has changed or is minutes old."""
    cuts = kpi.cuts
    if cuts is None:
        return ()
    name = f"parts:{asking.user.pk}:{_where(asking)}:{_state(kpi, reading)}"
    return keep(name, lambda: cuts(asking), now=asking.now)[1]


def _state(kpi: Kpi, reading: Reading) -> str:
    """Return what of a figure changes with its rows, as part of a name of what is kept."""
    return f"{kpi.key}:{kpi.version}:{reading.n}:{reading.value}:{reading.top}:{get_language()}"


def _where(asked: Asking) -> str:
    place, period = asked.place, asked.period
    return f"{place.kind.value}:{place.key}:{period.start}:{period.end}"


def _tone(kpi: Kpi, verdict: Verdict) -> str:
    """Return green for a change for the better, red for the worse, none for one by chance."""
    if not verdict.difference or verdict.is_chance:
        return ""
    return "green" if (verdict.difference > 0) == (kpi.good == "up") else "red"


def _months(kpi: Kpi, question: Question, now: datetime) -> dict[str, Any]:
    """Return the frozen figures of twelve months up to the period, for the trend."""
    last = min(question.period.last_day, day_of(now))
    periods = last_months(last, SPARK)
    rows = KpiSnapshot.objects.at(question.place).filter(
        kpi=kpi.key, start__in=[period.start for period in periods]
    )
    found = {row.period: row for row in rows}
    highest = max((abs(row.value) for row in found.values() if row.value), default=None)
    lines = [_month(kpi, period, found.get(period), highest, question) for period in periods]
    over = {period: row.value for period, row in found.items() if row.is_final}
    values = [over.get(period) for period in periods]  # half a month is no fall
    return {"lines": lines, "trend": trend(values), "any": bool(found)}


def _month(
    kpi: Kpi, period: Period, row: KpiSnapshot | None, highest: Any, question: Question
) -> dict[str, Any]:
    value = row.value if row else None
    asked = Question(period, question.place, key_of_period(period), question.place_key)
    return {
        "label": words_of_period(period),
        "figure": display.figure(value, kpi.unit),
        "share": abs(value) * 100 / highest if value is not None and highest else 0,
        "light": row.light if row else "none",
        "light_words": choices.LIGHTS[row.light if row else "none"],
        "url": f"?{asked.query()}",
    }


def _frozen(
    kpi: Kpi, row: KpiSnapshot | None, target: Target | None, reading: Reading
) -> dict[str, Any] | None:
    """Return how the figure was frozen and whether the rows give the same again (BEY-03)."""
    if row is None:
        return None
    again = None
    if can_recompute(kpi, row):
        name = f"again:{row.pk}:{row.taken_at.timestamp()}:{_state(kpi, reading)}"
        again = keep(name, lambda: recomputed(row), now=row.taken_at)[1]
    return {
        "row": row,
        "figure": display.figure(row.value, kpi.unit),
        "target": display.goal(display.goal_from_json(row.target), kpi.unit),
        "again": again,
        "again_figure": display.figure(again.value, kpi.unit) if again else "",
        "is_same": again is not None and is_same(row, again),
        "is_old_formula": row.version != kpi.version,
        "is_other_target": row.target_version != (target.version if target else None),
    }


def _cuts(kpi: Kpi, tables: Iterable[CutTable], question: Question) -> list[dict[str, Any]]:
    """Return the parts of a figure as the tables print them."""
    return [
        {
            "key": table.key,
            "label": table.label,
            "lines": [
                {
                    "label": line.label,
                    "figure": display.figure(line.reading.value, kpi.unit),
                    "is_few": line.reading.note == "few",
                    "n": line.reading.n,
                    "url": f"?{question.query(part=f'{table.key}:{line.value}')}#rows",
                }
                for line in table.lines
            ],
        }
        for table in tables
    ]


def _list(
    request: HtmxHttpRequest, kpi: Kpi, question: Question, user: User, now: datetime
) -> dict[str, Any]:
    """Return one page of the rows behind the figure, or behind one part of it."""
    cut, _colon, value = request.GET.get("part", "").partition(":")
    after = request.GET.get("after", "")
    number = int(after) if after.isascii() and after.isdecimal() and len(after) < LONGEST else None
    part = (cut, value) if cut else None
    asking = question.asking(user, now, part=part, after=number, limit=ROWS)
    if obstacle(kpi, asking) is not None:
        return {"rows": None}
    rows = kpi.rows(asking)
    kept = {"part": request.GET["part"]} if cut else {}
    return {
        "rows": rows,
        "total": display.figure(rows.total, "yuan" if kpi.unit == "yuan" else "ratio"),
        "lines": [(line, [display.cell(cell) for cell in line.cells]) for line in rows.lines],
        "part": part,
        "is_share": kpi.unit == "percent" and rows.total != rows.count,
        "first_url": f"?{question.query(**kept)}#rows" if number else "",
        "next_url": f"?{question.query(**kept, after=rows.after)}#rows" if rows.after else "",
        "whole_url": f"?{question.query()}#rows",
    }
