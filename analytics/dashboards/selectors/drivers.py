"""Figures beside figures: the three who gain, the tree of what drives what, the trend."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.dashboards.boards import PARTIES, SHOWN_OF_PARTY, TREE, TREE_ROOT
from analytics.dashboards.charts import Chart, Series
from analytics.dashboards.questions import Question, kpi_url
from analytics.dashboards.rules.periods import points_of
from analytics.dashboards.selectors import known
from analytics.dashboards.selectors.cards import Card, cards_of, known_kpis, line_of


# the three who gain ------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Party:
    """One of those who gain, and figures that show it."""

    key: str
    label: Any
    gain: Any
    cards: tuple[Card, ...]


def parties(asked: Question) -> list[Party]:
    """Return company, customers and departments with two or three figures each (ANA-33)."""
    chosen = {key: known_kpis(keys, asked, most=SHOWN_OF_PARTY) for key, _l, _g, keys in PARTIES}
    every = {kpi.key: kpi for kpis in chosen.values() for kpi in kpis}
    cards = {card.kpi.key: card for card in cards_of(list(every.values()), asked, trends=False)}
    return [
        Party(key, label, gain, tuple(cards[kpi.key] for kpi in chosen[key]))
        for key, label, gain, _keys in PARTIES
    ]


# the tree of figures -----------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Node:
    """A figure and those that drive it."""

    card: Card
    drivers: tuple["Node", ...]


def tree(asked: Question) -> Node | None:
    """Return the tree of figures; what is unknown is left out with what is beneath it."""
    keys = (TREE_ROOT, *(key for _parent, below in TREE for key in below))
    kpis = known_kpis(keys, asked, most=len(keys))
    cards = {card.kpi.key: card for card in cards_of(kpis, asked, trends=False)}
    below = dict(TREE)

    def node(key: str) -> Node:
        return Node(cards[key], tuple(node(each) for each in below.get(key, ()) if each in cards))

    return node(TREE_ROOT) if TREE_ROOT in cards else None


# the trend ---------------------------------------------------------------------------------------
def trend(asked: Question) -> Chart | None:
    """Return the first figure of the dashboard over twelve periods beside the year before."""
    kpis = known_kpis(asked.board.cards, asked, most=1)
    if not kpis:
        return None
    kpi, points = kpis[0], points_of(asked.rule, asked.period)
    ago = [point.year_ago() for point in points]
    found = known.readings(kpis, asked.place, ago, now=asked.now)
    now = [reading.value for reading in line_of(kpi, asked)]
    links = [kpi_url(kpi.key, asked.place, point) for point in points]
    return Chart(
        key="trend",
        kind="area",
        title=kpi.label,
        categories=[point.start.strftime("%m-%d") for point in points],
        heading=pgettext("period", "From"),
        series=[
            Series(_("This period"), now, links=links),
            Series(_("A year before"), [found[kpi.key, each].value for each in ago], tone="before"),
        ],
        unit=kpi.unit,
        summary=_("%(figure)s over %(n)s periods, and a year before each")
        % {"figure": kpi.label, "n": len(points)},
        height="s",
    )
