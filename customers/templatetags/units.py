"""The cells of the unit board, drawn once for each state and filled for each unit."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from crm_site.common.marks import mark_for
from crm_site.common.moulds import mould
from crm_site.common.templatetags.crm import shape
from customers.property.choices import STATES
from customers.property.rules import UnitState

register = template.Library()
KIND = "unit"
WORDS = dict(STATES)
# Short, because the board of a project has five thousand of them.
LETTERS = {
    UnitState.AVAILABLE.value: "a",
    UnitState.HELD.value: "h",
    UnitState.PRESUBSCRIBED.value: "p",
    UnitState.SUBSCRIBED.value: "s",
    UnitState.SIGNED.value: "g",
    UnitState.HANDED_OVER.value: "d",
    UnitState.WITHHELD.value: "w",
}
FULL = "customers/units/_cell.html"
DENSE = "customers/units/_cell_dense.html"
EMPTY = SafeString("<td>")


@register.simple_tag
def unit_letter(state: str) -> str:
    """Return the letter of a state in class names."""
    return LETTERS[state]


@register.simple_tag
def unit_word(state: str) -> str:
    """Return the word of a state in the language of the reader."""
    return str(WORDS[state])


@register.simple_tag
def unit_shape(state: str) -> SafeString:
    """Draw the shape of a state."""
    mark = mark_for(KIND, state)
    found: SafeString = shape(mark.shape if mark else "ring")
    return found


@register.simple_tag
def unit_cells(cells: list[Any], *, dense: bool = False) -> SafeString:
    """Draw the cells of one floor, an empty one where no unit lies."""
    return SafeString("".join(_cell(cell, dense=dense) if cell else EMPTY for cell in cells))


def _cell(cell: Any, *, dense: bool) -> SafeString:
    mark = mark_for(KIND, cell.state)
    word = mark.word if mark else cell.state
    gaps = ("pk", "number") if dense else ("pk", "number", "area", "price")
    kind = mould(
        DENSE if dense else FULL,
        gaps=gaps,
        letter=LETTERS[cell.state],
        shape=mark.shape if mark else "ring",
        word=word,
    )
    values = {"pk": cell.pk, "number": cell.number}
    return kind.fill(values if dense else values | {"area": cell.area, "price": cell.price or ""})
