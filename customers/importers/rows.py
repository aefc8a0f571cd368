"""From the cells of a row to a draft of a customer and an enquiry, with everything found wrong."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from crm_site.exchange.reading.table import Row
from crm_site.exchange.registry import CellError, FieldSpec, Outcome, Plan, Problem, Reading
from crm_site.staff.models import User
from customers import vocabulary
from customers.importers.fields import CUSTOM, REJECT, custom_parser
from customers.importers.places import Owners, Place, Projects, Sources, city_names, slug_of
from customers.indexes import phone_index
from customers.models import Project
from customers.rules.entry import NO_CAMPAIGN

NEW = "new:"
CONTACT_KINDS = ("email", "wechat")
CACHED_CELLS = 4_000
UNCACHED = {"phone", "received_at", "external_id", "id_number", "name"}


@dataclass(slots=True)
class Draft:
    """One readable row: the customer's values, the enquiry, and where both belong."""

    row: int
    values: dict[str, Any]
    custom: dict[str, Any] = field(default_factory=dict)
    phone_index: bytes | None = None
    external_id: str = ""
    received_at: datetime | None = None
    source: str = ""
    campaign: str = NO_CAMPAIGN
    enquiry: str = ""
    owner: User | None = None
    project: Project | None = None
    place: Place = field(default_factory=Place)
    lead_project: int | None = None

    @property
    def contacts(self) -> list[tuple[str, str]]:
        """The further ways to reach the customer, as (kind, value)."""
        found = [(kind, self.values[kind]) for kind in CONTACT_KINDS if self.values.get(kind)]
        shared = self.values.get("shared_phone")
        return [*found, ("phone", shared)] if shared else found

    @property
    def keys(self) -> list[bytes | str]:
        """What tells this customer from others within the file: phone and external id."""
        return [key for key in (self.phone_index, self.external_id) if key]


@dataclass(slots=True)
class _Cell:
    """How one mapped column is read."""

    index: int
    header: str
    key: str
    parse: Callable[[str, Reading], Any] | None
    limit: int
    reading: Reading
    cache: dict[str, Any] | None


class RowReader:
    """Reads the rows of one import; what it refers to is looked up once."""

    def __init__(self, plan: Plan, specs: Sequence[FieldSpec], *, dry: bool) -> None:
        self.plan = plan
        self.owners = Owners(plan.actor)
        self.projects = Projects(plan, dry=dry)
        self.sources = Sources(dry=dry)
        with override(settings.LANGUAGE_CODE):
            self._unnamed = _("Unnamed customer")
        self._layouts = vocabulary.meanings("layout")
        self._cities = city_names()
        self._cells = [cell for cell in _cells(plan, specs) if cell is not None]

    def read(self, rows: Sequence[Row], outcome: Outcome) -> list[Draft]:
        """Return a draft per row that can be written; the others count as bad, with causes."""
        drafts = []
        for row in rows:
            problems: list[Problem] = []
            draft = self._draft(row, problems, outcome)
            outcome.problems += problems
            if draft is None or any(not problem.is_warning for problem in problems):
                outcome.counts["bad"] += 1
            else:
                drafts.append(draft)
        return drafts

    def _draft(self, row: Row, problems: list[Problem], outcome: Outcome) -> Draft | None:
        number, cells = row
        values: dict[str, Any] = {}
        for cell in self._cells:
            text = cells[cell.index]
            if text:
                self._read_cell(cell, text, values, problems, number)
        draft = Draft(number, values)
        draft.external_id = values.pop("external_id", "")
        draft.custom = {k[7:]: values.pop(k) for k in [k for k in values if k.startswith(CUSTOM)]}
        if not values.get("phone") and not draft.external_id:
            if not problems:
                problems.append(Problem(number, "", "no_identity"))
            return None
        if values.get("phone"):
            draft.phone_index = phone_index(values["phone"])
        self._name(draft)
        self._budget(draft, problems)
        self._enquiry(draft, outcome)
        self._owner(draft, problems, outcome)
        self._project(draft, problems, outcome)
        return draft

    def _read_cell(
        self, cell: _Cell, text: str, values: dict[str, Any], problems: list[Problem], number: int
    ) -> None:
        if cell.parse is None:
            if len(text) > cell.limit:
                problems.append(Problem(number, cell.header, "too_long", {"limit": cell.limit}))
            else:
                values[cell.key] = text
            return
        value = cell.cache.get(text) if cell.cache is not None else None
        if value is None:
            try:
                value = cell.parse(text, cell.reading)
            except CellError as error:
                value = error
            if cell.cache is not None and len(cell.cache) < CACHED_CELLS:
                cell.cache[text] = value
        if isinstance(value, CellError):
            problems.append(Problem(number, cell.header, value.code, value.params))
        else:
            values[cell.key] = value

    def _name(self, draft: Draft) -> None:
        """Name a row without a name after its number (docs: domain, mandatory fields)."""
        if not draft.values.get("name"):
            known = draft.external_id or draft.values["phone"][-4:]
            draft.values["name"] = f"{self._unnamed} · {known}"[:80]
            draft.values["is_unnamed"] = True

    def _budget(self, draft: Draft, problems: list[Problem]) -> None:
        values = draft.values
        if "budget" in values:
            values["budget_min"], values["budget_max"] = values.pop("budget")
        low: Decimal | None = values.get("budget_min")
        high: Decimal | None = values.get("budget_max")
        if low is None or high is None or low <= high:
            return
        answer = self.plan.options["budgets"]
        warns = answer != REJECT
        header = self._header_of("budget_min") or self._header_of("budget")
        problems.append(Problem(draft.row, header, f"budget_{answer}", {}, is_warning=warns))
        if answer == "swap":
            values["budget_min"], values["budget_max"] = high, low
        else:
            values["budget_min"] = values["budget_max"] = None

    def _enquiry(self, draft: Draft, outcome: Outcome) -> None:
        values = draft.values
        draft.received_at = values.pop("received_at", None)
        draft.campaign = values.pop("campaign", NO_CAMPAIGN)
        draft.enquiry = values.pop("enquiry", "")
        text = values.pop("source", "") or self.plan.options["source"] or "import"
        draft.source = self.sources.code(text, outcome)
        layout = values.get("layout")
        if layout:
            values["layout"] = self._layouts.get(vocabulary.spelling_key(layout), layout)
        city = values.get("city")
        if city:
            values["city"] = self._cities.get(vocabulary.spelling_key(city), city)

    def _owner(self, draft: Draft, problems: list[Problem], outcome: Outcome) -> None:
        text = draft.values.pop("owner", "")
        if not text:
            return
        draft.owner = self.owners.find(text)
        if draft.owner is None:
            outcome.find("unknown_owners", text)
            warns = self.plan.options["owners"] != REJECT
            code = "owner_unknown_pool" if warns else "owner_unknown"
            header = self._header_of("owner")
            problems.append(Problem(draft.row, header, code, is_warning=warns))

    def _project(self, draft: Draft, problems: list[Problem], outcome: Outcome) -> None:
        code = draft.values.pop("project_code", "")
        name = draft.values.pop("project_name", "")
        if code or name:
            draft.project = self.projects.find(code, name) or self._new_project(
                draft, (code, name), problems, outcome
            )
        draft.place = self._place(draft)

    def _new_project(
        self, draft: Draft, wanted: tuple[str, str], problems: list[Problem], outcome: Outcome
    ) -> Project | None:
        code, name = wanted
        if self.projects.is_announced(code, name):
            outcome.find("new_projects", name or code)
            return None
        if self.projects.may_create(code or name):
            outcome.find("new_projects", name or code)
            return self.projects.create(code=code, name=name, city=draft.values.get("city", ""))
        outcome.find("unknown_projects", name or code)
        warns = self.plan.options["projects"] != REJECT
        header = self._header_of("project_code") or self._header_of("project_name")
        cause = "project_unknown_own" if warns else "project_unknown"
        problems.append(Problem(draft.row, header, cause, is_warning=warns))
        return None

    def _place(self, draft: Draft) -> Place:
        """Return where the customer belongs: with its owner, else in the pool of the project the
        row names, else where the importing person works. The enquiry keeps its own project."""
        home = self.projects.home
        owner = draft.owner.node if draft.owner else None
        if owner is not None:
            place = Place(owner.region_id, owner.project_id, owner.pk)
        elif draft.project is not None:
            own = draft.project.pk == home.project
            team = home.team if own else None
            place = Place(draft.project.node.region_id, draft.project.pk, team)
        else:
            place = home
        draft.lead_project = draft.project.pk if draft.project else place.project
        return place

    def _header_of(self, key: str) -> str:
        return next((h for h, target in self.plan.mapping.items() if target == key), "")


def custom_key(header: str) -> str:
    """Return the key under which a new field for the column ``header`` is kept."""
    return slug_of(header, limit=40).replace("-", "_") or f"field_{zlib.crc32(header.encode())}"


def _cells(plan: Plan, specs: Sequence[FieldSpec]) -> list[_Cell | None]:
    known = {spec.key: spec for spec in specs}
    return [_cell(plan, known, index, header) for index, header in enumerate(plan.headers)]


def _cell(plan: Plan, known: Mapping[str, FieldSpec], index: int, header: str) -> _Cell | None:
    target = plan.mapping.get(header, "")
    if not target:
        return None
    reading = plan.reading(header)
    if target.startswith(NEW):
        key = f"{CUSTOM}{custom_key(header)}"
        made = known.get(key)  # by an earlier import of the same columns
        parse, limit = (made.parse if made else custom_parser(target[4:])), 200
    else:
        spec = known[target]
        key, parse, limit = spec.key, spec.parse, spec.max_length
    return _Cell(index, header, key, parse, limit, reading, None if key in UNCACHED else {})
