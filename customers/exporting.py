"""The customer list as a file: the rows, words and masks of the page (PLT-10, B-36)."""

from collections.abc import Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.common.marks import NOT_ASSESSED
from crm_site.exchange.exporters import (
    ExportColumn,
    Exporter,
    ExportFilterError,
    Value,
    register_exporter,
)
from crm_site.staff.models import User
from customers.filters import CustomerFilter, visible_projects
from customers.models import Customer
from customers.selectors.listed import listed, project_of

COLUMNS = (
    ExportColumn("name", gettext_lazy("Customer")),
    ExportColumn("grade", gettext_lazy("Grade")),
    ExportColumn("class_label", gettext_lazy("Class")),
    ExportColumn("project", gettext_lazy("Project")),
    ExportColumn("budget", pgettext_lazy("column, in ten thousands of yuan", "Budget (10k)")),
    ExportColumn("source", gettext_lazy("Source")),
    ExportColumn("last", gettext_lazy("Last contact")),
    ExportColumn("next_text", gettext_lazy("Next step")),
    ExportColumn("phone", gettext_lazy("Phone")),
    ExportColumn("owner", gettext_lazy("Consultant")),
)


def select(user: User, query: QueryDict) -> Any:
    """Return the customers of the page with this query; raise ExportFilterError as it would 422."""
    found: Any = listed(user, query)
    if found is None:
        raise ExportFilterError(_("The filters of the list cannot be read."), code="filter")
    return found.for_table()


def cells(
    rows: Sequence[Any], user: User, columns: Sequence[str], now: datetime
) -> list[list[Value]]:
    """Return what the table prints of these rows for ``user``, masked alike."""
    from customers.views.customer_list import build_rows

    none = str(NOT_ASSESSED)
    letters = {row.pk: row.grading.grade if hasattr(row, "grading") else none for row in rows}
    printed = build_rows(rows, user=user, now=now)
    return [
        [letters[row.pk] if key == "grade" else str(getattr(row, key)) for key in columns]
        for row in printed
    ]


def filters_in_words(user: User, query: QueryDict) -> list[tuple[str, str]]:
    """Return the active filters as label and value; what was searched for is not repeated."""
    asker = SimpleNamespace(user=user)
    found = CustomerFilter(query, queryset=Customer.objects.none(), request=asker)
    key = project_of(query)
    project = visible_projects(asker).filter(pk=key).first() if key is not None else None
    words = [(_("Only project"), project.name)] if project else []
    for name, field in found.form.fields.items():
        values = [value for value in query.getlist(name) if value]
        if not values:
            continue
        labels = {str(key): str(label) for key, label in getattr(field, "choices", None) or ()}
        shown = ", ".join(labels.get(value, value) for value in values)
        words.append((str(field.label or name), "…" if name == "q" else shown))
    return words


def register() -> None:
    """Offer the customer list for export."""
    register_exporter(
        Exporter(
            key="customers",
            label=gettext_lazy("Customers"),
            permission="exchange.export_customer",
            subject_kind="customer",
            columns=COLUMNS,
            select=select,
            cells=cells,
            filters=filters_in_words,
            back_url_name="customers:customer-list",
        )
    )
