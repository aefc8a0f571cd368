"""What can be imported: upper apps register their importers in ``AppConfig.ready()``."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any, Protocol

from crm_site.exchange.errors import ExchangeError
from crm_site.exchange.reading.table import Row
from crm_site.exchange.rules.dates import DateOrder

Label = Any  # text or a lazy translation; form fields and templates take both


@dataclass(frozen=True, slots=True)
class Reading:
    """What a parser may need to know beside the cell: how its column spells dates, and today."""

    order: DateOrder
    zone: tzinfo
    today: date


class CellError(ValueError):
    """A cell cannot be read; ``code`` names the cause, ``params`` hold no personal data."""

    def __init__(self, code: str, **params: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field a column can go to. ``parse`` None keeps the text, which ``max_length`` limits.

    ``looks_like`` is the kind of values (rules.columns) that mean this field whatever the header.
    """

    key: str
    label: Label
    aliases: tuple[str, ...] = ()
    parse: Callable[[str, Reading], Any] | None = None
    max_length: int = 200
    looks_like: str = ""
    is_date: bool = False


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """A choice about the whole import; without ``choices`` a short text."""

    key: str
    label: Label
    default: str
    choices: tuple[tuple[str, Label], ...] = ()
    help: Label = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """One import as its importer sees it; the same for the dry run and for the writing."""

    job_id: int
    headers: tuple[str, ...]
    mapping: Mapping[str, str]
    orders: Mapping[str, DateOrder]
    options: Mapping[str, str]
    actor: Any
    now: datetime
    zone: tzinfo

    def reading(self, header: str) -> Reading:
        """Return what parsers of the column ``header`` are told."""
        order = self.orders.get(header, DateOrder.YEAR_FIRST)
        return Reading(order, self.zone, self.now.astimezone(self.zone).date())


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about one row; a warning does not keep it from being written."""

    row: int
    column: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    is_warning: bool = False


@dataclass(slots=True)
class Outcome:
    """What became, or would become, of some rows.

    ``counts`` has created, updated, unchanged, repeated and bad, which add up to the rows;
    ``trace`` is JSON with which ``Reverter`` takes the rows back, empty where nothing was written.
    """

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    findings: dict[str, Counter[str]] = field(default_factory=dict)
    trace: dict[str, Any] = field(default_factory=dict)

    def refuse(self, problem: Problem) -> None:
        """Count a row as bad, for this reason."""
        self.counts["bad"] += 1
        self.problems.append(problem)

    def find(self, kind: str, value: str, times: int = 1) -> None:
        """Note something the rows bring that a person should know before writing."""
        self.findings.setdefault(kind, Counter())[value] += times


class Batcher(Protocol):
    """Checks and writes the rows of one import, part by part."""

    def check(self, rows: Sequence[Row]) -> Outcome:
        """Return what writing ``rows`` would do, given the rows checked before; write nothing."""

    def prepare(self) -> None:
        """Make what the rows refer to and what is missing; safe to repeat."""

    def write(self, rows: Sequence[Row]) -> Outcome:
        """Write ``rows`` inside the caller's transaction; writing them again changes nothing."""

    def finish(self) -> None:
        """Do what comes once per import, inside the transaction that ends it."""

    def forget(self) -> None:
        """Forget the rows checked before; called before the first and after the last part."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A row whose record a revert leaves, wholly or in some fields, and why."""

    row: int
    subject_id: int
    code: str
    fields: tuple[str, ...] = ()


@dataclass(slots=True)
class Undone:
    """What became of one part in a revert: counts of removed, restored …, and what was kept."""

    counts: Counter[str] = field(default_factory=Counter)
    kept: list[Kept] = field(default_factory=list)


class Reverter(Protocol):
    """Takes back what one import wrote, its last part first."""

    def revert(self, trace: Mapping[str, Any]) -> Undone:
        """Take one part back inside the caller's transaction; what others changed stays."""

    def finish(self, traces: Iterable[Mapping[str, Any]]) -> None:
        """Do what comes once per revert, inside the transaction that ends it."""


@dataclass(frozen=True, slots=True)
class Importer:
    """A kind of import. ``fields`` and ``options`` are asked per actor; ``check_mapping`` raises
    MappingError when the columns cannot be imported as mapped."""

    key: str
    label: Label
    permission: str
    fields: Callable[[Any], tuple[FieldSpec, ...]]
    options: Callable[[Any], tuple[OptionSpec, ...]]
    open: Callable[[Plan], Batcher]
    check_mapping: Callable[[Mapping[str, str]], None]
    allow_new: bool = False
    # Options that follow from the proposed mapping, and the words for each kind of finding.
    suggest: Callable[[Mapping[str, str]], dict[str, str]] = lambda _mapping: {}
    findings: Mapping[str, Label] = field(default_factory=dict)
    # How it is taken back, and name and address of its records as far as the person sees them.
    reverter: Callable[[Plan], Reverter] | None = None
    subjects: Callable[[Any, Sequence[int]], dict[int, tuple[str, str]]] = lambda _user, _ids: {}
    revert_counts: Mapping[str, Label] = field(default_factory=dict)
    stays: Label = ""  # what a revert leaves in any case


_importers: dict[str, Importer] = {}
_messages: dict[str, Label] = {}


def register_importer(importer: Importer) -> None:
    """Offer ``importer`` under its key."""
    _importers[importer.key] = importer


def importer(key: str) -> Importer:
    """Return the importer ``key``; raise ExchangeError when no app registered it."""
    try:
        return _importers[key]
    except KeyError:
        raise ExchangeError(f"There is no importer {key}.", code="unknown_kind") from None


def importers_for(user: Any) -> list[Importer]:
    """Return the importers ``user`` may use."""
    return [found for found in _importers.values() if user.has_perm(found.permission)]


def register_messages(messages: Mapping[str, Label]) -> None:
    """Give the causes of problems their words; ``%(name)s`` is filled from the problem's params."""
    _messages.update(messages)


def message_of(code: str, params: Mapping[str, Any]) -> str:
    """Return the words for a cause; the code itself for one that nobody registered."""
    try:
        return str(_messages.get(code, code)) % dict(params)
    except (KeyError, ValueError, TypeError):
        return str(_messages.get(code, code))
