"""One dashboard read as a whole: the page, its PDF and its workbook show this and nothing else."""

import datetime as dt
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.dashboards.charts import Chart
from analytics.dashboards.questions import Question
from analytics.dashboards.rules.way import Stage
from analytics.dashboards.selectors import drivers, panels
from analytics.dashboards.selectors.cards import Card, board_cards
from analytics.dashboards.selectors.way import way
from analytics.kpis.choices import PLACES


@dataclass(frozen=True, slots=True)
class Funnel:
    """The way of the customers of the period, and how many came to each step in the other one."""

    stages: tuple[Stage, ...]
    before: tuple[int, ...]

    @property
    def most(self) -> int:
        """Return the longest bar."""
        return max(self.stages[0].came, self.before[0], 1)

    def lines(self) -> list[tuple[Stage, int, float, float]]:
        """Return each step, its count before, and both as widths in per cent."""
        return [
            (stage, before, stage.came * 100 / self.most, before * 100 / self.most)
            for stage, before in zip(self.stages, self.before, strict=True)
        ]


@dataclass(slots=True)
class BoardPage:
    """What a dashboard shows; panels it does not have are None."""

    asked: Question
    cards: list[Card]
    made_at: dt.datetime
    funnel: Funnel | None = None
    rank: panels.Ranking | None = None
    heat: panels.Heat | None = None
    cohorts: list[panels.Cohort] | None = None
    overdue: panels.Overdue | None = None
    late: panels.Overdue | None = None
    parties: list[drivers.Party] | None = None
    tree: drivers.Node | None = None
    trend: Chart | None = None
    filters: list[tuple[str, str]] = field(default_factory=list)

    @property
    def lacks_trends(self) -> bool:
        """Return whether the lines of some cards are still to be counted."""
        return any(card.points is None for card in self.cards)


def read_board(asked: Question) -> BoardPage:
    """Return the whole dashboard; the number of queries depends on its panels only."""
    page = BoardPage(asked, board_cards(asked), asked.now, filters=filters_of(asked))
    for panel in asked.board.panels:
        _READERS[panel](page)
    page.made_at = asked.as_of
    return page


def filters_of(asked: Question) -> list[tuple[str, str]]:
    """Return in words what the figures are narrowed to."""
    return [
        (str(PLACES[asked.place.kind]), asked.choice.name),
        (pgettext("dashboard", "Period"), days_of(asked.period)),
        (_("Compared with"), days_of(asked.base)),
    ]


def days_of(period: Any) -> str:
    """Return the first and the last day of a period."""
    return f"{period.start.isoformat()} ~ {period.last_day.isoformat()}"


def funnel_of(asked: Question) -> Funnel:
    """Return the way of the customers of both periods, each as of its own end; two queries."""
    now, before = (
        asked.kept("way", partial(way, asked.asking(days)), of=days)
        for days in (asked.period, asked.base)
    )
    return Funnel(tuple(now), tuple(stage.came for stage in before))


def _funnel(page: BoardPage) -> None:
    page.funnel = funnel_of(page.asked)


def _rank(page: BoardPage) -> None:
    page.rank = panels.ranking(page.asked)


def _heat(page: BoardPage) -> None:
    page.heat = panels.heat(page.asked)


def _retention(page: BoardPage) -> None:
    page.cohorts = panels.cohorts(page.asked)


def _overdue(page: BoardPage) -> None:
    page.overdue = panels.overdue(page.asked)


def _late(page: BoardPage) -> None:
    page.late = panels.overdue(page.asked, tickets=True)


def _parties(page: BoardPage) -> None:
    page.parties = drivers.parties(page.asked)


def _tree(page: BoardPage) -> None:
    page.tree = drivers.tree(page.asked)


def _trend(page: BoardPage) -> None:
    page.trend = drivers.trend(page.asked)


_READERS = {
    "funnel": _funnel,
    "rank": _rank,
    "heat": _heat,
    "retention": _retention,
    "overdue": _overdue,
    "late": _late,
    "parties": _parties,
    "tree": _tree,
    "trend": _trend,
}
