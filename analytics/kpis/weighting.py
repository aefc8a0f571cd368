"""Survey figures that do not swing on who happened to answer (ANA-15, BEY-10)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from django.db.models import Count, F, FloatField, StdDev, Sum
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from analytics.kpis.kinds import Asking, Kpi, Period, Reading, ScopeKind
from analytics.kpis.people import customers_until
from analytics.kpis.rules import weights
from analytics.kpis.sources import (
    CUSTOMER_PATHS,
    Source,
    by_place,
    everywhere,
    in_place,
    listed,
    listed_sums,
    read,
    rows_of,
)
from service.surveys.rules.figures import OUT_OF_TEN, bias_note, improvement_rate

GRADE = "customer__grading__grade"
SUMS: Final = ("total", "n", "spread")
NO_BASE: Final = Reading(None, None, None, 0, note="no_data")


def weighted_kpi(source: Source, asked: Source, **words: Any) -> Kpi:
    """Return the score with each grade weighing as many as its customers (BEY-10).

    ``asked`` are those who were asked: where few of them answered the score is flagged.
    """
    return Kpi(
        key="csat_weighted",
        label=_("Satisfaction score, weighted by grade"),
        unit="points",
        good="up",
        formula=_("Mean of the grades' scores, each weighing as many as it has customers."),
        exclusions=_(
            "Grades without an answer; flagged when they are a fifth of the customers, or when "
            "fewer than 30 % of those asked answered."
        ),
        target_key="csat_weighted",
        spec="BEY-10",
        read=lambda asking: _weighted(source, asked, asking),
        rows=lambda asking: listed(source, asking),
        by_place=lambda period, kind, now: _weighted_by_place((source, asked), period, kind, now),
        listed_sums=lambda period, kind, now: listed_sums(source, period, kind, now),
        empty=lambda period, now: NO_BASE,
        places=source.kinds,
        **words,
    )


def improvement_kpi(source: Source, **words: Any) -> Kpi:
    """Return by how much the score changed against the period before (ANA-15)."""
    return Kpi(
        key="satisfaction_improvement",
        label=_("Improvement of satisfaction"),
        unit="percent",
        good="up",
        formula=_("(score − score of the period before) ÷ score of the period before."),
        exclusions=_("Periods without answers, in either of the two."),
        target_key="satisfaction_improvement",
        spec="ANA-15",
        read=lambda asking: _improved(
            read(source, asking), read(source, asking.of(asking.period.before()))
        ),
        rows=lambda asking: listed(source, asking),
        by_place=lambda period, kind, now: _improved_by_place(source, period, kind, now),
        everywhere=lambda period, now: _improved_everywhere(source, period, now),
        listed_sums=lambda period, kind, now: listed_sums(source, period, kind, now),
        empty=lambda period, now: NO_BASE,
        places=source.kinds,
        **words,
    )


def _improved(reading: Reading, before: Reading) -> Reading:
    value = improvement_rate(before.value, reading.value)
    note = "no_data" if value is None else reading.note or before.note
    if not note and weights.compared(reading, before).is_chance:
        note = "chance"
    return replace(reading, value=value, low=None, high=None, note=note)


def _improved_by_place(
    source: Source, period: Period, kind: ScopeKind, now: dt.datetime
) -> Mapping[int, Reading]:
    this = by_place(source, period, kind, now)
    return _all_improved(this, by_place(source, period.before(), kind, now))


def _improved_everywhere(
    source: Source, period: Period, now: dt.datetime
) -> Mapping[ScopeKind, Mapping[int, Reading]]:
    this, before = (everywhere(source, one, now) for one in (period, period.before()))
    return {kind: _all_improved(found, before[kind]) for kind, found in this.items()}


def _all_improved(this: Mapping[int, Reading], before: Mapping[int, Reading]) -> dict[int, Reading]:
    return {key: _improved(reading, before.get(key, NO_BASE)) for key, reading in this.items()}


def _weighted(source: Source, asked: Source, asking: Asking) -> Reading:
    plain = read(source, asking)
    known: Any = customers_until(asking.seen_at)
    if asking.user is not None:
        known = known.visible_to(asking.user)
    people = in_place(known, asking.place, CUSTOMER_PATHS).order_by()
    mix = people.values_list("grading__grade").annotate(n=Count("pk"))
    sums = _sums_of(source, rows_of(source, asking), asking.period, asking.now)
    means = {grade or "": tuple(each) for grade, *each in sums.values_list("g", *SUMS)}
    few = _few_answered(read(asked, asking))
    return _from_grades(plain, means, {grade or "": n for grade, n in mix}, few=few)


def _weighted_by_place(
    sources: tuple[Source, Source], period: Period, kind: ScopeKind, now: dt.datetime
) -> Mapping[int, Reading] | None:
    if kind is ScopeKind.COMPANY:
        return None
    source, asked = sources
    rows = _sums_of(source, source.base(period, now), period, now, place=source.paths[kind])
    sums: dict[int, dict[str, Any]] = {}
    for place, grade, *each in rows.values_list("place", "g", *SUMS):
        sums.setdefault(place or 0, {})[grade or ""] = tuple(each)
    people = customers_until(min(period.ends_at, now)).order_by()
    mix: dict[int, dict[str, int]] = {}
    counted = people.values_list(CUSTOMER_PATHS[kind], "grading__grade").annotate(n=Count("pk"))
    for place, grade, n in counted:
        mix.setdefault(place or 0, {})[grade or ""] = n
    answered = by_place(asked, period, kind, now)
    return {
        key: _from_grades(
            reading,
            sums.get(key, {}),
            mix.get(key, {}),
            few=_few_answered(answered.get(key, NO_BASE)),
        )
        for key, reading in by_place(source, period, kind, now).items()
    }


def _few_answered(rate: Reading) -> bool:
    return bias_note(None if rate.value is None else float(rate.value))


def _sums_of(
    source: Source, rows: Any, period: Period, now: dt.datetime, *, place: str = ""
) -> Any:
    amount = source.amount or (lambda _period, _now: F("rating"))
    names = {"g": F(GRADE), **({"place": F(place)} if place else {})}
    spread = StdDev(Cast(amount(period, now), FloatField()), sample=True)
    counted = rows.order_by().values(**names)
    return counted.annotate(total=Sum(amount(period, now)), n=Count("pk"), spread=spread)


def _from_grades(plain: Reading, means: Any, mix: Mapping[str, int], *, few: bool) -> Reading:
    if plain.value is None:
        return plain
    value, covered = weights.weighted_mean(means, mix)
    low, high = weights.weighted_interval(means, mix, scale=OUT_OF_TEN)
    note = plain.note or ("biased" if few or covered < weights.ENOUGH else "")
    note = note if value is not None else "no_data"
    return Reading(value, plain.top, plain.bottom, plain.n, low, high, note)
