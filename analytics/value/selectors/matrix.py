"""Cells of a method of segmentation against the grades, with counts (ANA-44)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from analytics.value import choices
from analytics.value.filters import UNGRADED
from customers.rules.axes import Grade


@dataclass(frozen=True, slots=True)
class Figure:
    """How many customers are in a cell, and where they are listed."""

    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One cell of the method: a figure for each grade, for all of them, and the net value."""

    label: Any
    figures: list[Figure]
    total: Figure
    net: Any


@dataclass(frozen=True, slots=True)
class Matrix:
    """One method against the grades; the last row adds up."""

    key: str
    label: Any
    heads: list[str]
    rows: list[Row]
    totals: list[int]
    total: int


def matrix(rows: QuerySet[Any], method: str) -> Matrix:
    """Return a method against the grades for the values in ``rows``; one query."""
    label, cells = choices.METHODS[method]
    column = f"by_{method}"
    counted = rows.order_by().values_list(column, "customer__grading__grade")
    found: dict[tuple[str, str], tuple[int, Any]] = {}
    for cell, grade, count, net in counted.annotate(n=Count("pk"), net=Sum("net")):
        found[cell, grade or UNGRADED] = (count, net)
    grades = [*(each.value for each in Grade), UNGRADED]
    lines = []
    for cell, words in cells:
        pairs = [found.get((cell, grade), (0, 0)) for grade in grades]
        figures = [
            Figure(count, _list_url({column: cell, "grade": grade}))
            for grade, (count, _net) in zip(grades, pairs, strict=True)
        ]
        whole = Figure(sum(count for count, _net in pairs), _list_url({column: cell}))
        lines.append(Row(words, figures, whole, sum(net for _count, net in pairs)))
    totals = [sum(line.figures[place].count for line in lines) for place in range(len(grades))]
    heads = [*grades[:-1], _("without")]
    return Matrix(method, label, heads, lines, totals, sum(totals))


def _list_url(query: dict[str, str]) -> str:
    return f"{reverse('analytics:value-list')}?{urlencode(query)}"
