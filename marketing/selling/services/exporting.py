"""Sales statistics as a workbook: the lines of the page, marked and audited (MKT-54)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from crm_site.audit.services import record
from crm_site.common.display import local_dt
from crm_site.exchange.exporters import ExportColumn
from crm_site.exchange.services.workbook import MarkedWorkbook
from crm_site.staff.models import User
from marketing.selling.rules.statistics import MEASURES, Line
from marketing.selling.selectors.statistics import Question, Statistics

EXPORTED: Final = "selling.statistics_exported"
LABELS: Final[Mapping[str, Any]] = {
    "visits": gettext_lazy("Visits"),
    "subscriptions": gettext_lazy("Subscriptions"),
    "signings": gettext_lazy("Contracts signed"),
    "cancelled": gettext_lazy("Given up"),
    "area": gettext_lazy("Area (m²)"),
    "amount": gettext_lazy("Contract amount (yuan)"),
    "receipts": gettext_lazy("Receipts (yuan)"),
}
MEAN: Final = gettext_lazy("Mean price (yuan/m²)")


def statistics_xlsx(question: Question, table: Statistics, *, actor: User, now: datetime) -> bytes:
    """Return the workbook of a table with its total, and note in the audit trail who took it."""
    mark = _("Internal · %(name)s %(number)s · %(at)s") % {
        "name": actor.name,
        "number": actor.employee_no[-4:] or str(actor.pk),
        "at": local_dt(now),
    }
    title = f"{_('Sales statistics')} {question.span.start} – {question.span.last}"
    book = MarkedWorkbook(title=title, mark=mark, mark_label=_("Mark"))
    shown = shown_measures(table)
    columns = [ExportColumn(key, LABELS[key], is_number=True) for key in shown]
    book.head(
        [
            ExportColumn("line", pgettext("statistics", "Line")),
            *columns,
            ExportColumn("mean", MEAN, is_number=True),
        ]
    )
    book.rows(_cells(line, shown) for line in table.lines)
    whole = _cells(table.whole, shown)
    book.rows([[_("Total"), *whole[1:]]])
    facts = {"cut": question.cut, "grain": question.grain.value, "rows": len(table.lines)}
    record(kind=EXPORTED, actor=actor, subject=("user", actor.pk), facts=facts, now=now)
    return book.save()


def shown_measures(table: Statistics) -> list[str]:
    """Return the measures a table tells apart."""
    return [key for key in MEASURES if key != "visits" or table.has_visits]


def _cells(line: Line, shown: Sequence[str]) -> list[Any]:
    mean = line.mean_price
    numbers = [float(line.values[key]) for key in shown]
    return [line.label, *numbers, None if mean is None else float(mean)]
