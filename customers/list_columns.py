"""The columns that the customer list may show, and how a row fills them (B4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.common.display import EMPTY
from crm_site.common.moulds import Mould, gap, mould

if TYPE_CHECKING:
    from customers.views.customer_list import Row


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, the classes of its cells, how it is filled, what it must read.

    ``reads`` are columns of the customer beyond those of every row; ``sort`` is a key of an order.
    """

    key: str
    label: str | Promise
    css: str
    fill: Callable[["Row"], Any]
    reads: tuple[str, ...] = ()
    sort: str = ""
    on_card: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One cell of the row that is drawn; ``value`` is the mark of its gap."""

    css: str
    label: str | Promise
    value: SafeString


def _next(row: "Row") -> Any:
    if row.next_is_late:
        return format_html('<span class="c-red b">{}</span>', row.next_text)
    return row.next_text


def _tags(row: "Row") -> Any:
    words = ((word,) for word in row.tags)
    return format_html_join(" ", '<span class="tag">{}</span>', words) or EMPTY


_COLUMNS = (
    Column("grade", _("Grade"), "c-grade", lambda row: row.grade, on_card=False),
    Column("class", _("Class"), "c-stage", lambda row: row.class_label, on_card=False),
    Column("stage", _("Buying stage"), "c-src", lambda row: row.stage, ("buying_stage",)),
    Column("phase", _("Lifecycle phase"), "c-src", lambda row: row.phase, ("phase",)),
    Column("activity", _("Activity"), "num c-bud", lambda row: row.activity),
    Column("project", _("Project"), "c-proj", lambda row: row.project),
    Column(
        "budget",
        pgettext_lazy("column, in ten thousands of yuan", "Budget (10k)"),
        "num c-bud",
        lambda row: row.budget,
    ),
    Column("source", _("Source"), "c-src", lambda row: row.source),
    Column("tags", _("Tags"), "c-int", _tags),
    Column("last", _("Last contact"), "num c-last", lambda row: row.last, sort="last"),
    Column("next", _("Next step"), "c-next", _next),
    Column("phone", _("Phone"), "c-tel nowrap", lambda row: row.phone, on_card=False),
    Column("owner", _("Consultant"), "c-own", lambda row: row.owner, on_card=False),
)
COLUMNS = {column.key: column for column in _COLUMNS}
ROW = "customers/_customer_row.html"
USUAL = ("grade", "class", "project", "budget", "source", "last", "next", "phone", "owner")


def row_mould(keys: Sequence[str], *, may_change: bool) -> Mould:
    """Return a row of the table with these columns, to be filled with what ``fill_row`` gives."""
    return mould(
        ROW,
        gaps=("pk", "name", "url", "marks"),
        cells=_cells(tuple(keys)),
        may_change=may_change,
    )


@lru_cache(maxsize=256)
def _cells(keys: tuple[str, ...]) -> tuple[Cell, ...]:
    columns = [COLUMNS[key] for key in keys]
    return tuple(
        Cell(column.css, column.label if column.on_card else "", gap(column.key))
        for column in columns
    )


def fill_row(row: "Row", keys: Sequence[str]) -> dict[str, Any]:
    """Return what the row prints in these columns."""
    return {key: COLUMNS[key].fill(row) for key in keys}


def reads_of(keys: Sequence[str]) -> list[str]:
    """Return the columns of the customer table that these columns need beyond the usual ones."""
    return [name for key in keys for name in COLUMNS[key].reads]
