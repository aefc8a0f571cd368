"""Six effects of what was done for product and quality, before and after a day (ANA-56)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.dashboards.charts import Chart, Series
from analytics.kpis import display
from analytics.kpis.kinds import Asking, Kpi, Period, Place, Reading
from analytics.kpis.question import key_of_period, key_of_place
from analytics.kpis.registry import kpi_of
from analytics.kpis.rules.weights import compared
from analytics.kpis.services.reading import read_kpi
from analytics.warehouse.rules.effects import EFFECTS, MONTHS, Effect, Turn, months_around, turn
from crm_site.staff.models import User

WORDS = {
    "positioning": pgettext_lazy("effect", "Positioning"),
    "design": pgettext_lazy("effect", "Design"),
    "quality": pgettext_lazy("effect", "Quality"),
    "reputation": pgettext_lazy("effect", "Reputation"),
    "affection": pgettext_lazy("effect", "Affection"),
    "referral": pgettext_lazy("effect", "Referral"),
}
TURNS = {
    "better": _("Better than before"),
    "worse": _("Worse than before"),
    "same": _("As before"),
    "chance": _("may be chance"),
    "unknown": _("No data on one side"),
}
TONES = {"better": "green", "worse": "red", "same": "", "chance": "", "unknown": ""}


@dataclass(frozen=True, slots=True)
class Side:
    """The figure of the months before the day, or of those from it on, and where its rows are."""

    figure: str
    n: int
    url: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One effect: its chart, both sides and whether it turned to the better."""

    key: str
    label: Any
    kpi: Kpi
    chart: Chart
    before: Side
    after: Side
    turn: Turn
    turn_words: Any
    tone: str


def effects_for(user: User) -> list[Effect]:
    """Return the effects whose rows ``user`` may see."""
    return [effect for effect in EFFECTS if user.has_perm(kpi_of(effect.kpi).right)]


def effect(effect: Effect, *, day: date, place: Place, user: User, now: datetime) -> Shown:
    """Return an effect by month around ``day`` and on both sides; one query for each figure."""
    kpi = kpi_of(effect.kpi)
    spans = months_around(day)
    periods = [Period(start, end) for start, end in spans]
    readings = [
        read_kpi(kpi.key, Asking(period, place, now, user)) if period.begins_at <= now else None
        for period in periods
    ]
    former = Period(spans[0][0], spans[MONTHS][0])
    later = Period(spans[MONTHS][0], spans[-1][1])
    sides = [read_kpi(kpi.key, Asking(span, place, now, user)) for span in (former, later)]
    chance = bool(compared(sides[1], sides[0]).is_chance)
    turned = turn(sides[0].value, sides[1].value, good=kpi.good, is_chance=chance)
    return Shown(
        key=effect.key,
        label=WORDS[effect.key],
        kpi=kpi,
        chart=_chart(effect, kpi, periods, readings, place),
        before=_side(kpi, sides[0], former, place),
        after=_side(kpi, sides[1], later, place),
        turn=turned,
        turn_words=TURNS[turned],
        tone=TONES[turned],
    )


def _chart(
    effect: Effect,
    kpi: Kpi,
    periods: Sequence[Period],
    readings: Sequence[Reading | None],
    place: Place,
) -> Chart:
    values = [reading.value if reading else None for reading in readings]
    links = [_url(kpi, period, place) for period in periods]
    nothing = [None] * MONTHS
    title = f"{WORDS[effect.key]} · {kpi.label}"
    return Chart(
        key=f"effect-{effect.key}",
        kind="line",
        title=title,
        categories=[f"{period.start:%Y-%m}" for period in periods],
        series=[
            Series(_("Before"), [*values[:MONTHS], *nothing], tone="before", links=links),
            Series(_("From the day on"), [*nothing, *values[MONTHS:]], tone="main", links=links),
        ],
        unit=kpi.unit,
        heading=_("Month"),
        summary=_now("%(title)s by month, six months before the day and six from it on")
        % {"title": title},
        height="s",
        digits=2 if kpi.unit in {"ratio", "points"} else 1,
    )


def _side(kpi: Kpi, reading: Reading, period: Period, place: Place) -> Side:
    return Side(display.figure(reading.value, kpi.unit), reading.n, _url(kpi, period, place))


def _url(kpi: Kpi, period: Period, place: Place) -> str:
    query = {"period": key_of_period(period), "place": key_of_place(place)}
    return f"{reverse('analytics:kpi-detail', args=[kpi.key])}?{urlencode(query)}"
