"""Tags that draw charts and figures."""

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString

from analytics.dashboards import finders, words
from analytics.dashboards.charts import Cell, Chart, plain
from analytics.dashboards.figures import figure, in_cell
from analytics.dashboards.rules.changes import Change, Move
from analytics.kpis.kinds import Reading
from crm_site.common import display
from crm_site.common.templatetags.crm import shape

register = template.Library()


@register.simple_tag
def chart_library() -> str:
    """Return the address of the drawing library, empty where it is not installed."""
    return static(finders.LIBRARY) if finders.library_folder() else ""


@register.filter
def chart_option(chart: Chart) -> SafeString:
    """Draw the element from which the script reads the option."""
    return json_script(chart.payload(), chart.option_id)


@register.simple_tag
def chart_cell(cell: Cell, chart: Chart) -> SafeString | str:
    """Draw one figure of the table under a chart, the exact number beside the written one."""
    if cell.value is None:
        return display.EMPTY
    written = figure(cell.value, chart.unit, digits=chart.digits)
    shown = format_html('<data value="{}">{}</data>', plain(cell.value), written)
    return format_html('<a href="{}">{}</a>', cell.url, shown) if cell.url else shown


@register.simple_tag
def figure_of(value: Any, unit: str) -> str:
    """Return a figure with its unit, ``--`` without data."""
    return figure(value, unit)


@register.simple_tag
def figure_in_cell(value: Any, unit: str) -> str:
    """Return a figure without its unit, for a narrow cell."""
    return in_cell(value, unit)


@register.simple_tag
def kpi_light(light: Any) -> SafeString | str:
    """Draw the light of a figure as shape and word; nothing where there is none."""
    found = words.LIGHTS.get(light)
    if found is None:
        return ""
    return format_html(
        '<span class="light light-{}" data-light="{}">{}<b>{}</b></span>',
        light.value,
        light.value,
        shape(found[0]),
        found[1],
    )


@register.simple_tag
def kpi_change(change: Change) -> SafeString:
    """Draw how a figure moved: an arrow, the words, the tone of good or bad."""
    arrows = {Move.UP: "up", Move.DOWN: "dn"}
    tones = {True: "c-green", False: "c-red", None: "soft"}
    arrow = shape(arrows[change.move]) if change.move in arrows else ""
    return format_html(
        '<span class="{}" data-move="{}">{}{}</span>',
        tones[change.is_good],
        change.move.value,
        arrow,
        words.change_words(change),
    )


@register.simple_tag
def rank_figure(reading: Reading, unit: str, url: str) -> SafeString | str:
    """Draw a figure of a ranking, leading to its rows; ``--`` without data."""
    text = figure_in_cell(reading.value, unit)
    if reading.value is None or not url:
        return text
    ends = "%" if unit == "percent" else ""
    return format_html('<a href="{}">{}{}</a>', url, text, ends)


@register.simple_tag
def rank_label(ranking: Any, place: int) -> Any:
    """Return the heading of a column of a ranking."""
    return ranking.columns[place].label
