"""What can be exported: upper apps register their exporters in ``AppConfig.ready()``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from crm_site.common.navigation import Label
from crm_site.exchange.errors import ExchangeError

Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column of the file; ``is_number`` keeps its values numbers."""

    key: str
    label: Label
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """A list that can become a file, showing exactly what its page shows to the same person.

    ``select(user, query)`` returns the rows of the list as the page narrows them, through
    ``visible_to``, or raises ExportFilterError. ``cells(rows, user, columns, now)`` returns the
    printed, masked values. ``filters(user, query)`` says the filters in words.
    """

    key: str
    label: Label
    permission: str
    subject_kind: str
    columns: tuple[ExportColumn, ...]
    select: Callable[[Any, QueryDict], Any]
    cells: Callable[[Sequence[Any], Any, Sequence[str], datetime], list[list[Value]]]
    filters: Callable[[Any, QueryDict], list[tuple[str, str]]]
    back_url_name: str

    def chosen(self, keys: Sequence[str]) -> list[ExportColumn]:
        """Return the columns ``keys`` names, in the order of the exporter."""
        return [column for column in self.columns if column.key in set(keys)]


class ExportFilterError(ExchangeError):
    """The list cannot be narrowed like this."""


_exporters: dict[str, Exporter] = {}


def register_exporter(exporter: Exporter) -> None:
    """Offer ``exporter`` under its key."""
    _exporters[exporter.key] = exporter


def exporter_or_none(key: str) -> Exporter | None:
    """Return the exporter ``key``, None where no app registered it."""
    return _exporters.get(key)


def exporter_of(key: str) -> Exporter:
    """Return the exporter ``key``; raise ExchangeError when no app registered it."""
    found = _exporters.get(key)
    if found is None:
        raise ExchangeError(f"There is no exporter {key}.", code="unknown_kind")
    return found


def may_export_anything(user: Any) -> bool:
    """Return whether the role of ``user`` includes any export."""
    return any(user.has_perm(found.permission) for found in _exporters.values())


def exporters() -> Mapping[str, Exporter]:
    """Return all exporters by key."""
    return dict(_exporters)
