"""The chart and its table say the same; the library is the one of the pinned package."""

import hashlib
import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders as static_finders
from django.template.loader import render_to_string

from analytics.dashboards import finders
from analytics.dashboards.charts import Chart, Series

WEEKS = ("W1", "W2", "W3")
LINE = Chart(
    "visits", "line", "Visits", WEEKS, [Series("Now", (4, 0, 2.5)), Series("Before", (1, None, 3))]
)
LINKED = Chart(
    "by-project", "across", "Deals", ("Yun", "Wang"), [Series("Deals", (3, 1), links=("/a/", ""))]
)
HEAT = Chart(
    "heat", "heat", "Weekly visits", WEEKS, [Series("Yun", (1, 2, 3)), Series("Wang", (4, None, 6))]
)
TREE = Chart(
    "tree",
    "tree",
    "Why",
    ("Won", "Sales", "Care"),
    [Series("Won", (5, 3, 2))],
    parents=(None, 0, 0),
)
POINTS = Chart(
    "points", "scatter", "Value", ("a", "b"), [Series("Days", (1, 2)), Series("Won", (3, 4))]
)
BAND = Chart(
    "keep", "step", "Kept", WEEKS, [Series("S", (1, 0.9, 0.8), low=(1, 0.8, 0.6), high=(1, 1, 0.9))]
)
ALL = [LINE, LINKED, HEAT, TREE, POINTS, BAND]


def drawn(chart: Chart) -> str:
    return render_to_string("analytics/charts/chart.html", {"chart": chart})


def option_in(html: str, chart: Chart) -> dict[str, Any]:
    found = re.search(
        rf'<script id="{chart.option_id}" type="application/json">(.*?)</script>', html
    )
    assert found
    return json.loads(found[1])["option"]


def table_in(html: str) -> list[list[float | None]]:
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", html, re.DOTALL)
    cells = [re.findall(r'<td class="num">(.*?)</td>', row, re.DOTALL) for row in rows]
    return [[_number(cell) for cell in row] for row in cells]


def _number(cell: str) -> float | None:
    found = re.search(r'<data value="([^"]*)">', cell)
    return float(found[1]) if found else None


def figures_of(option: dict[str, Any]) -> list[list[float | None]]:
    """Return what the picture shows, one list for each of its series."""
    shown = [one for one in option["series"] if not one.get("isBand")]
    if shown[0]["type"] == "tree":
        return [_walk(shown[0]["data"])]
    if shown[0]["type"] == "scatter":
        return [
            list(axis) for axis in zip(*(point["value"] for point in shown[0]["data"]), strict=True)
        ]
    if shown[0]["type"] == "heatmap":
        rows: dict[int, list[float | None]] = {}
        for point in shown[0]["data"]:
            rows.setdefault(point["value"][1], []).append(point["value"][2])
        return list(rows.values())
    return [[_value(point) for point in one["data"]] for one in shown]


def _value(point: Any) -> float | None:
    return point["value"] if isinstance(point, dict) else point


def _walk(nodes: list[dict[str, Any]]) -> list[float | None]:
    return [value for node in nodes for value in (node["value"], *_walk(node["children"]))]


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: chart.key)
def test_the_table_has_the_figures_of_the_picture(chart: Chart) -> None:
    html = drawn(chart)
    table = table_in(html)
    if chart.kind == "heat":
        expected = figures_of(option_in(html, chart))
    else:
        table = [row[: len(figures_of(chart.option()))] for row in table]
        expected = [list(row) for row in zip(*figures_of(option_in(html, chart)), strict=True)]
    assert table == expected


def test_a_band_has_its_ends_in_the_table_and_its_width_in_the_picture() -> None:
    html = drawn(BAND)
    assert [row[1:] for row in table_in(html)] == [[1, 1], [0.8, 1], [0.6, 0.9]]
    bands = [one for one in option_in(html, BAND)["series"] if one.get("isBand")]
    assert [one["data"] for one in bands] == [[1, 0.8, 0.6], pytest.approx([0, 0.2, 0.3])]


def test_a_gap_is_not_zero() -> None:
    html = drawn(LINE)
    assert option_in(html, LINE)["series"][1]["data"] == [1, None, 3]
    assert ">--</td>" in html
    assert '<data value="0">0</data>' in html


def test_a_value_leads_to_its_rows_in_both() -> None:
    html = drawn(LINKED)
    assert option_in(html, LINKED)["series"][0]["data"] == [{"value": 3, "url": "/a/"}, 1]
    assert re.findall(r'<a href="([^"]*)"><data', html) == ["/a/"]


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: chart.key)
def test_every_chart_can_be_heard_and_told_apart_without_colour(chart: Chart) -> None:
    option = chart.option()
    assert option["aria"]["enabled"] is True
    assert option["aria"]["label"]["description"] == chart.title
    if chart.kind != "heat":  # there the figure stands in the cell
        assert option["aria"]["decal"]["show"] is True


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: chart.key)
def test_colours_are_tokens(chart: Chart) -> None:
    tokens = Path("static/css/tokens.css").read_text(encoding="utf-8")
    text = json.dumps(chart.option())
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", text)
    for name in set(re.findall(r'"(--[a-z0-9-]+)"', text)):
        assert f"{name}:" in tokens, name


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: chart.key)
def test_nothing_is_written_into_the_page_that_the_content_policy_forbids(chart: Chart) -> None:
    html = drawn(chart)
    assert not re.search(r"<script(?! id=\"[^\"]*\" type=\"application/json\")", html)
    assert not re.search(r"\sstyle=|\son[a-z]+=", html)


def test_a_label_cannot_leave_the_option() -> None:
    evil = Chart("evil", "bar", "</script><script>x", ("<b>",), [Series("a", (1,))])
    html = drawn(evil)
    assert "<script>x" not in html
    assert option_in(html, evil)["xAxis"]["data"] == ["<b>"]


def test_without_figures_the_page_says_so() -> None:
    empty = Chart("none", "bar", "Nothing", ("a",), [Series("a", (None,))])
    html = drawn(empty)
    assert "application/json" not in html
    assert "ch-none" in html


def test_figures_must_fit_their_categories() -> None:
    with pytest.raises(ValueError, match="2 values, 3 categories"):
        Chart("x", "bar", "X", WEEKS, [Series("a", (1, 2))])
    with pytest.raises(ValueError, match="parent"):
        Chart("x", "tree", "X", WEEKS, [Series("a", (1, 2, 3))])
    with pytest.raises(ValueError, match="two figures"):
        Chart("x", "scatter", "X", WEEKS, [Series("a", (1, 2, 3))])


# the library ------------------------------------------------------------------------------------
def test_the_script_of_the_page_is_that_of_the_package() -> None:
    address = re.search(r'data-library="([^"]+)"', drawn(LINE))
    assert address
    found = static_finders.find(address[1].removeprefix("/static/"))
    spec = find_spec("instaui_echarts")
    assert spec
    assert spec.origin
    packaged = Path(spec.origin).parent / "static" / "echarts.esm.min.js"
    assert hashlib.sha256(Path(str(found)).read_bytes()).digest() == (
        hashlib.sha256(packaged.read_bytes()).digest()
    )


def test_nothing_else_of_the_package_is_served() -> None:
    finder = finders.ChartLibraryFinder()
    assert [name for name, _storage in finder.list(None)] == ["echarts.esm.min.js"]
    assert not finder.find("vendor/instaui-echarts.js")
    assert not finder.find("instaui-echarts.js")
    assert not list(finder.list(["*.min.js"]))


def test_without_the_package_charts_are_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finders, "library_folder", lambda: None)
    html = drawn(LINE)
    assert 'data-library=""' in html
    assert table_in(html) == [[4, 1], [0, None], [2.5, 3]]
    assert not list(finders.ChartLibraryFinder().list(None))


def test_the_axis_of_shares_ends_at_the_whole() -> None:
    def axis(*values: int, unit: str = "percent") -> dict[str, Any]:
        chart = Chart(
            key="x",
            kind="line",
            title="x",
            categories=["a", "b"],
            series=[Series("x", values)],
            unit=unit,
        )
        found: dict[str, Any] = chart.option()["yAxis"]
        return found

    assert axis(97, 12)["max"] == 100
    assert "max" not in axis(20, 12), "small shares stay readable"
    assert "max" not in axis(130, 12)
    assert "max" not in axis(97, 12, unit="count")
