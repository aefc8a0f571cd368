"""What a chart shows: once as an option for ECharts, once as the table of the same figures. Pure.

Colours are names of design tokens ("--viz-1"); the script in the page puts in what they are worth
in the light or the dark theme, and again when it is printed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

Kind = Literal[
    "line", "area", "bar", "across", "stack", "step", "funnel", "heat", "tree", "scatter"
]
Tone = Literal["main", "before", "goal", "good", "bad", "near", "second", "third"]
Height = Literal["s", "m", "l"]
Unit = Literal["percent", "yuan", "days", "hours", "points", "count", "ratio", ""]
Number = Decimal | float | int | None
Label = Any  # text or lazily translated text

TONES: Final[dict[str, str]] = {
    "main": "--viz-1",
    "before": "--viz-prev",
    "goal": "--text-3",
    "good": "--green-solid",
    "near": "--amber-solid",
    "bad": "--red-solid",
    "second": "--viz-neg",
    "third": "--gb",
}
HEAT: Final = ("--heat-1", "--heat-2", "--heat-3", "--heat-4", "--heat-5")
MARKS: Final = ("circle", "rect", "triangle", "diamond")
DASHED: Final = frozenset({"before", "goal"})
LINES: Final = frozenset({"line", "area", "step"})
HALF, WHOLE = 50, 100  # per cent


@dataclass(frozen=True, slots=True)
class Series:
    """One line, bar or row of a chart, a value for each category; None is a gap and not zero.

    ``low`` and ``high`` draw a band around a line. ``links`` lead from each value to the rows
    behind it. ``kind`` puts a line over bars. In a heat map each series is a row.
    """

    label: Label
    values: Sequence[Number]
    tone: Tone = "main"
    kind: Literal["", "line", "bar"] = ""
    low: Sequence[Number] | None = None
    high: Sequence[Number] | None = None
    links: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of the table: the number as the chart has it and where it leads."""

    value: Number
    url: str = ""


@dataclass(frozen=True, slots=True)
class ChartTable:
    """The figures of a chart as a table: headings of the columns, then rows with their label."""

    headings: tuple[Label, ...]
    rows: tuple[tuple[Label, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of one page.

    ``key`` is unique in its page (letters, digits, hyphens). ``heading`` names the categories.
    ``summary`` says in a sentence what is to be seen; a screen reader reads it in place of the
    picture. Special kinds: ``heat`` has a series for each row; ``funnel`` bars from top to bottom,
    a second series the period before; ``tree`` one series and for each category the number of its
    parent, None for the root; ``scatter`` a series for across and one for upwards, categories name
    the points. Raise ValueError where figures and categories do not fit each other.
    """

    key: str
    kind: Kind
    title: Label
    categories: Sequence[Label]
    series: Sequence[Series]
    unit: Unit = ""
    heading: Label = ""
    summary: Label = ""
    height: Height = "m"
    parents: Sequence[int | None] = ()
    digits: int = 1

    def __post_init__(self) -> None:
        size = len(self.categories)
        for one in self.series:
            for values in (one.values, one.low, one.high, one.links):
                if values is not None and len(values) != size:
                    raise ValueError(f"chart {self.key}: {len(values)} values, {size} categories")
        if self.kind == "tree" and (len(self.parents) != size or len(self.series) != 1):
            raise ValueError(f"chart {self.key}: a tree has one series and a parent for each node")
        if self.kind == "scatter" and len(self.series) != 2:
            raise ValueError(f"chart {self.key}: points have two figures each")

    @property
    def has_data(self) -> bool:
        """Return whether there is any figure to draw."""
        return any(value is not None for one in self.series for value in one.values)

    @property
    def option_id(self) -> str:
        """Return the id of the element that holds the option."""
        return f"chart-{self.key}-option"

    def payload(self) -> dict[str, Any]:
        """Return what the script needs: the option, the unit of the figures and their decimals."""
        return {"option": self.option(), "unit": self.unit, "digits": self.digits}

    def option(self) -> dict[str, Any]:
        """Return the option of ECharts, colours as names of tokens."""
        built: dict[str, Any] = {
            "aria": {
                "enabled": True,
                "decal": {"show": True},
                "label": {"description": str(self.summary or self.title)},
            },
            "textStyle": {"color": "--text-2"},
            "tooltip": {"renderMode": "richText", "confine": True} | _TIP,
        }
        return built | _BUILDERS.get(self.kind, _axes)(self)

    def table(self) -> ChartTable:
        """Return the same figures as a table; a band adds its two ends as columns."""
        if self.kind == "heat":
            return ChartTable(
                (self.heading, *self.categories),
                tuple((one.label, tuple(_cells(one))) for one in self.series),
            )
        columns = [column for one in self.series for column in _columns(one)]
        rows = tuple(
            (label, tuple(cells[place] for _, cells in columns))
            for place, label in enumerate(self.categories)
        )
        return ChartTable((self.heading, *(label for label, _ in columns)), rows)


_TIP: Final = {
    "backgroundColor": "--raised",
    "borderColor": "--line-2",
    "textStyle": {"color": "--text", "fontSize": 12},
}


def plain(value: Number) -> float | int | None:
    """Return a figure as JSON has it; whole ones without decimals."""
    if value is None:
        return None
    number = float(value)
    return int(number) if number.is_integer() else number


def _cells(one: Series) -> Iterator[Cell]:
    links = one.links or [""] * len(one.values)
    return (Cell(value, url) for value, url in zip(one.values, links, strict=True))


def _columns(one: Series) -> Iterator[tuple[Label, list[Cell]]]:
    yield one.label, list(_cells(one))
    for sign, values in (("≥", one.low), ("≤", one.high)):
        if values is not None:
            yield f"{one.label} {sign}", [Cell(value) for value in values]


def _point(cell: Cell) -> Any:
    value = plain(cell.value)
    return {"value": value, "url": cell.url} if cell.url else value


def _legend(chart: Chart) -> dict[str, Any]:
    names = [str(one.label) for one in chart.series]
    return {"legend": {"data": names, "top": 0, "right": 0, "textStyle": {"color": "--text-2"}}}


def _scale(labels: Sequence[Label] | None = None, *, upside_down: bool = False) -> dict[str, Any]:
    """Return an axis: of categories if there are labels, else of values."""
    axis: dict[str, Any] = {"axisLabel": {"color": "--text-3", "hideOverlap": True}}
    if labels is None:
        return axis | {
            "type": "value",
            "splitLine": {"lineStyle": {"color": "--line"}},
            "splitNumber": 4,
        }
    return axis | {
        "type": "category",
        "data": [str(label) for label in labels],
        "inverse": upside_down,
        "axisLine": {"lineStyle": {"color": "--line-2"}},
        "axisTick": {"show": False},
    }


def _grid(chart: Chart) -> dict[str, Any]:
    top = 36 if len(chart.series) > 1 else 12
    return {"left": 8, "right": 16, "top": top, "bottom": 4, "containLabel": True}


def _whole(chart: Chart) -> dict[str, Any]:
    """Return the end of an axis of shares that come near the whole: 100, and not 120, per cent."""
    if chart.unit != "percent" or chart.kind not in LINES:
        return {}
    values = [value for one in chart.series for value in (*one.values, *(one.high or ())) if value]
    near = bool(values) and HALF < max(values) <= WHOLE
    return {"max": WHOLE} if near else {}


def _axes(chart: Chart) -> dict[str, Any]:
    across = chart.kind in {"across", "funnel"}
    named, counted = _scale(chart.categories, upside_down=across), _scale() | _whole(chart)
    return (
        {
            "grid": _grid(chart),
            "xAxis": counted if across else named,
            "yAxis": named if across else counted,
            "series": [
                drawn
                for number, one in enumerate(chart.series)
                for drawn in _drawn(chart, one, number)
            ],
        }
        | {"tooltip": {"renderMode": "richText", "confine": True, "trigger": "axis"} | _TIP}
        | (_legend(chart) if len(chart.series) > 1 else {})
    )


def _drawn(chart: Chart, one: Series, number: int) -> Iterator[dict[str, Any]]:
    kind = one.kind or ("line" if chart.kind in LINES else "bar")
    base = {
        "name": str(one.label),
        "type": kind,
        "data": [_point(cell) for cell in _cells(one)],
        "itemStyle": {"color": TONES[one.tone]},
    }
    yield base | (_line(chart, one, number) if kind == "line" else _bar(chart))
    if one.low is not None and one.high is not None:
        yield from _band(one)


def _line(chart: Chart, one: Series, number: int) -> dict[str, Any]:
    style = {"width": 2, "color": TONES[one.tone]}
    if one.tone in DASHED:
        style["type"] = "dashed"
    drawn: dict[str, Any] = {
        "lineStyle": style,
        "symbol": MARKS[number % len(MARKS)],
        "symbolSize": 6,
        "connectNulls": False,
    }
    if chart.kind == "area" and one.tone not in DASHED:
        drawn["areaStyle"] = {"color": "--viz-1-soft", "opacity": 0.5}
    if chart.kind == "step":
        drawn["step"] = "end"
    return drawn


def _bar(chart: Chart) -> dict[str, Any]:
    drawn: dict[str, Any] = {"barMaxWidth": 28}
    if chart.kind == "stack":
        drawn["stack"] = "all"
    return drawn


def _band(one: Series) -> Iterator[dict[str, Any]]:
    """Yield the two invisible lines between which the band is filled; the tips leave them out."""
    lows, highs = one.low or (), one.high or ()
    gaps = [
        None if low is None or high is None else float(high) - float(low)
        for low, high in zip(lows, highs, strict=True)
    ]
    quiet = {"type": "line", "symbol": "none", "silent": True, "lineStyle": {"opacity": 0}}
    stack = {"stack": f"band of {one.label}", "tooltip": {"show": False}, "isBand": True}
    yield quiet | stack | {"name": "", "data": [plain(low) for low in lows]}
    fill = {"areaStyle": {"color": TONES[one.tone], "opacity": 0.15}}
    yield quiet | stack | fill | {"name": "", "data": gaps}


def _heat(chart: Chart) -> dict[str, Any]:
    points = [
        {"value": [x, y, plain(cell.value)], "url": cell.url}
        for y, one in enumerate(chart.series)
        for x, cell in enumerate(_cells(one))
    ]
    known = [point["value"][2] for point in points if point["value"][2] is not None]
    return {
        "grid": {"left": 8, "right": 8, "top": 8, "bottom": 40, "containLabel": True},
        "xAxis": _scale(chart.categories),
        "yAxis": _scale([one.label for one in chart.series], upside_down=True),
        "visualMap": {
            "min": min(known, default=0),
            "max": max(known, default=1) or 1,
            "orient": "horizontal",
            "left": "center",
            "bottom": 0,
            "itemHeight": 80,
            "inRange": {"color": list(HEAT)},
            "textStyle": {"color": "--text-3"},
        },
        "series": [
            {
                "type": "heatmap",
                "name": str(chart.title),
                "data": points,
                "label": {"show": len(points) <= 200},
                "itemStyle": {"borderColor": "--surface", "borderWidth": 2, "borderRadius": 3},
            }
        ],
        "aria": {"enabled": True, "label": {"description": str(chart.summary or chart.title)}},
    }


def _tree(chart: Chart) -> dict[str, Any]:
    nodes: list[dict[str, Any]] = [
        {"name": str(label), "value": plain(cell.value), "url": cell.url, "children": []}
        for label, cell in zip(chart.categories, _cells(chart.series[0]), strict=True)
    ]
    roots: list[dict[str, Any]] = []
    for node, parent in zip(nodes, chart.parents, strict=True):
        (roots if parent is None else nodes[parent]["children"]).append(node)
    return {
        "series": [
            {
                "type": "tree",
                "data": roots,
                "left": 90,
                "right": 150,
                "top": 8,
                "bottom": 8,
                "symbolSize": 8,
                "initialTreeDepth": -1,
                "expandAndCollapse": False,
                "itemStyle": {"color": "--viz-1"},
                "lineStyle": {"color": "--line-2"},
                "label": {"position": "left", "align": "right", "color": "--text"},
                "leaves": {"label": {"position": "right", "align": "left"}},
            }
        ]
    }


def _scatter(chart: Chart) -> dict[str, Any]:
    across, upward = chart.series
    points = [
        {"name": str(label), "value": [plain(x.value), plain(y.value)], "url": y.url}
        for label, x, y in zip(chart.categories, _cells(across), _cells(upward), strict=True)
        if x.value is not None and y.value is not None
    ]
    name = {"nameLocation": "middle", "nameGap": 28, "nameTextStyle": {"color": "--text-3"}}
    return {
        "grid": {"left": 40, "right": 16, "top": 12, "bottom": 36, "containLabel": True},
        "xAxis": _scale() | name | {"name": str(across.label), "scale": True},
        "yAxis": _scale() | name | {"name": str(upward.label), "scale": True, "nameGap": 40},
        "series": [
            {
                "type": "scatter",
                "name": str(chart.title),
                "data": points,
                "symbolSize": 9,
                "itemStyle": {"color": TONES[upward.tone], "opacity": 0.75},
            }
        ],
    }


_BUILDERS: Final = {"heat": _heat, "tree": _tree, "scatter": _scatter}
