"""Tags that draw charts and figures."""

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString

from analytics.dashboards import finders
from analytics.dashboards.charts import Cell, Chart, plain
from analytics.dashboards.figures import figure
from crm_site.common import display

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
