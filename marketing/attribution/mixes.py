"""The chart of attribution: each model as one bar, cut into the largest channels."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from marketing.attribution import choices
from marketing.attribution.rules import Model
from marketing.attribution.selectors import TableLine

COLOURS: Final = 7  # the last one more is for all others together
ALL: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a bar; place and length in percent of it, as SVG writes numbers."""

    colour: int
    x: str
    width: str
    label: str
    part: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars by model, and what the colours mean."""

    bars: list[tuple[Any, list[Piece]]]
    legend: list[tuple[int, str]]


def chart_of(lines: Sequence[TableLine]) -> Chart:
    """Return the chart of the lines; what is below 0 has no length."""
    shown = list(lines[:COLOURS])
    rest = lines[COLOURS:]
    legend = [(place, line.label) for place, line in enumerate(shown)]
    if rest:
        legend.append((COLOURS, _("Others")))
    words = dict(choices.MODELS)
    bars = []
    for model in Model:
        yuan = [max(line.amounts.get(model.value, Decimal(0)), Decimal(0)) for line in shown]
        if rest:
            others = sum((line.amounts.get(model.value, Decimal(0)) for line in rest), Decimal(0))
            yuan.append(max(others, Decimal(0)))
        bars.append((words[model.value], _pieces(yuan, legend)))
    return Chart(bars=bars, legend=legend)


def _pieces(yuan: Sequence[Decimal], legend: Sequence[tuple[int, str]]) -> list[Piece]:
    whole = sum(yuan, Decimal(0))
    found, x = [], Decimal(0)
    for (colour, label), each in zip(legend, yuan, strict=True):
        if whole and each:
            width = ALL * each / whole
            found.append(Piece(colour, f"{x:.2f}", f"{width:.2f}", label, f"{width:.1f}"))
            x += width
    return found
