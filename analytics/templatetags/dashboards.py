"""Tags that draw what dashboards show of the way to a contract."""

from typing import Any

from django import template

from analytics.dashboards import words
from analytics.dashboards.questions import Question

register = template.Library()


@register.filter
def step_word(step: Any) -> Any:
    """Return what a step of the way is called."""
    return words.STEPS[step]


@register.filter
def svg(value: float) -> str:
    """Return a length as SVG reads it in every language."""
    return f"{value:.2f}"


@register.simple_tag
def stop_url(asked: Question, step: Any, outcome: str) -> str:
    """Return the address of the customers behind a count of the way."""
    return asked.url("way-customers", step=str(step), outcome=outcome)
