"""The cards on top of a dashboard: figure, target, light, change, trend, the rows behind."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from analytics.dashboards.boards import MOST_CARDS
from analytics.dashboards.figures import split_figure
from analytics.dashboards.questions import Question, kpi_url
from analytics.dashboards.rules.changes import Change, change
from analytics.dashboards.rules.periods import points_of
from analytics.dashboards.rules.sparks import Spark, spark
from analytics.dashboards.selectors import known
from analytics.kpis.choices import NOTES
from analytics.kpis.kinds import Goal, Kpi, Reading, Target
from analytics.kpis.registry import named
from analytics.kpis.rules.lights import Light, light_of, progress
from analytics.kpis.rules.weights import compared
from analytics.kpis.targets import targets_of

# of a light: tone of the words, shape, key of the mark
TONES = {Light.GREEN: "green", Light.AMBER: "amber", Light.RED: "red", Light.NONE: ""}
SIGNS = {"lt": "<", "le": "≤", "ge": "≥", "gt": ">"}


@dataclass(frozen=True, slots=True)
class Card:
    """One figure with all that helps to judge it."""

    kpi: Kpi
    reading: Reading
    target: Target | None
    light: Light
    reached: int | None
    before: Change
    year: Change
    url: str
    points: tuple[Decimal | None, ...] | None

    @property
    def shown(self) -> tuple[str, str]:
        """Return the figure and, apart, its unit."""
        return split_figure(self.reading.value, self.kpi.unit)

    @property
    def plain(self) -> str:
        """Return the figure as machines read it, empty without data."""
        value = self.reading.value
        return "" if value is None else f"{value.normalize():f}"

    @property
    def goal(self) -> Goal | None:
        """Return the target it is held against."""
        return self.target.goal if self.target else None

    @property
    def goal_sign(self) -> str:
        """Return the sign of the target: at least, less than."""
        return SIGNS[self.target.goal.comparison] if self.target else ""

    @property
    def tone(self) -> str:
        """Return the tone of its light."""
        return TONES[self.light]

    @property
    def note(self) -> Any:
        """Return in words why there is no figure or why it is weak."""
        return NOTES.get(self.reading.note, "")

    @property
    def spark(self) -> Spark | None:
        """Return the line of its trend, None without two points."""
        return spark(self.points) if self.points else None


def known_kpis(keys: tuple[str, ...], asked: Question, *, most: int) -> list[Kpi]:
    """Return the first KPIs of ``keys`` that are for the place and that the person may see."""
    found: dict[str, Kpi] = {}
    for kpi in map(named, keys):
        if asked.place.kind in kpi.places and asked.user.has_perm(kpi.right):
            found[kpi.key] = kpi
    return list(found.values())[:most]


def cards_of(
    kpis: list[Kpi], asked: Question, *, trends: bool = True, live: bool = False
) -> list[Card]:
    """Return a card for each KPI.

    The trend is left out (None) where it is not known without counting, unless ``live``.
    """
    before, year = asked.period.before(), asked.period.year_ago()
    points = points_of(asked.rule, asked.period) if trends else []
    past = known.readings(kpis, asked.place, [before, year], now=asked.now)
    trend = (
        known.readings(
            kpis,
            asked.place,
            [point for point in points if point != asked.period],
            now=asked.now,
            live=live,
        )
        if trends
        else {}
    )
    targets = targets_of(kpis, asked.period.start)
    cards = []
    for kpi in kpis:
        reading = asked.live(kpi)
        target = targets[kpi.key]
        now = {asked.period: reading}
        known_points = [now.get(point) or trend.get((kpi.key, point)) for point in points]
        cards.append(
            Card(
                kpi=kpi,
                reading=reading,
                target=target,
                light=light_of(reading, target),
                reached=progress(reading, target),
                before=change_of(kpi, reading, past[kpi.key, before]),
                year=change_of(kpi, reading, past[kpi.key, year]),
                url=kpi_url(kpi.key, asked.place, asked.period),
                points=_values(known_points),
            )
        )
    return cards


def change_of(kpi: Kpi, reading: Reading, before: Reading) -> Change:
    """Return how a figure moved; a move within chance is neither good nor bad (BEY-10)."""
    found = change(reading.value, before.value, unit=kpi.unit, good=kpi.good)
    if found.is_good is None or not compared(reading, before).is_chance:
        return found
    return replace(found, is_good=None, is_chance=True)


def board_cards(asked: Question) -> list[Card]:
    """Return the cards of the dashboard, at most six."""
    return cards_of(known_kpis(asked.board.cards, asked, most=MOST_CARDS), asked)


def trends_of(asked: Question) -> dict[str, Spark | None]:
    """Return the lines of all cards, counting what is not known yet."""
    kpis = known_kpis(asked.board.cards, asked, most=MOST_CARDS)
    return {kpi.key: spark([one.value for one in line_of(kpi, asked)]) for kpi in kpis}


def line_of(kpi: Kpi, asked: Question) -> list[Reading]:
    """Return a figure over the twelve periods of its trend; that of the page as the card has it."""
    points = points_of(asked.rule, asked.period)
    past = [point for point in points if point != asked.period]
    found = known.readings([kpi], asked.place, past, now=asked.now)
    return [asked.live(kpi) if point == asked.period else found[kpi.key, point] for point in points]


def _values(points: list[Reading | None]) -> tuple[Decimal | None, ...] | None:
    if not points or any(point is None for point in points):
        return None
    return tuple(point.value for point in points if point is not None)
