"""The importer of units: matched by building, entrance and number within one project."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record_bulk
from crm_site.exchange.errors import MappingError
from crm_site.exchange.reading.table import Row
from crm_site.exchange.registry import (
    CellError,
    FieldSpec,
    Importer,
    OptionSpec,
    Outcome,
    Plan,
    Problem,
)
from crm_site.exchange.rules.text import fold
from customers.models import Building, Layout, Project, Unit, UnitEvent
from customers.property.importing import parsers
from customers.property.importing.reverting import UnitReverter, plain, subjects

EDIT = "customers.edit_units"
# han: words read above the columns of a unit list
_ALIASES = {
    "building": "楼栋, 楼号, 栋号, 幢号, 楼栋号, 栋, 幢, building",
    "entrance": "单元, 单元号, 单元名称, entrance",
    "floor": "楼层, 所在楼层, 所在层, 层, floor",
    "number": "房号, 房间号, 室号, 房屋编号, 车位号, 门牌号, unit number, room, number",
    "kind": "类型, 物业类型, 产品类型, 房屋用途, 用途, 业态, kind, type",
    "layout": "户型, 房型, 户型名称, layout",
    "forecast_area": "预测面积, 预测建筑面积, 预售面积, 建筑面积, 面积, forecast area, area",
    "measured_area": "实测面积, 实测建筑面积, 竣工面积, measured area",
    "inner_area": "套内面积, 套内建筑面积, inner area",
    "shared_area": "公摊面积, 分摊面积, 公摊, shared area",
    "orientation": "朝向, 主朝向, 户型朝向, orientation, facing",
}


def _field(key: str, label: Any, parse: Any = None, limit: int = 40) -> FieldSpec:
    return FieldSpec(key, label, tuple(_ALIASES[key].split(", ")), parse, limit)


FIELDS = (
    _field("building", gettext_lazy("Building")),
    _field("entrance", gettext_lazy("Entrance"), parsers.entrance),
    _field("floor", gettext_lazy("Floor"), parsers.floor),
    _field("number", gettext_lazy("Unit number"), parsers.number),
    _field("kind", gettext_lazy("Kind of unit"), parsers.kind),
    _field("layout", gettext_lazy("Layout")),
    _field("forecast_area", gettext_lazy("Forecast area (m²)"), parsers.area),
    _field("measured_area", gettext_lazy("Measured area (m²)"), parsers.area),
    _field("inner_area", gettext_lazy("Inner area (m²)"), parsers.area),
    _field("shared_area", gettext_lazy("Shared area (m²)"), parsers.shared_area),
    _field("orientation", gettext_lazy("Orientation"), parsers.orientation),
)
BY_KEY: dict[str, FieldSpec] = {each.key: each for each in FIELDS}
IDENTITY = ("building", "entrance", "number")
AREAS = ("forecast_area", "measured_area", "inner_area", "shared_area")
COLUMNS = ("floor", "kind", "layout", *AREAS, "orientation")
UPDATED = [*COLUMNS, "updated_at"]
Key = tuple[str, str, str]  # folded building, entrance, number


class RowError(Exception):
    """A row that cannot be written, and the problem to report."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(slots=True)
class Part:
    """What one part of the file writes."""

    created: list[tuple[int, Unit]] = field(default_factory=list)
    updated: list[tuple[int, Unit, dict[str, list[Any]]]] = field(default_factory=list)


class UnitBatcher:
    """Checks and writes the rows of one unit list."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._seen: dict[Key, int] = {}
        self._touched: list[int] = []
        allowed = _projects(plan.actor)
        self._project: Project | None = allowed.filter(code=plan.options["project"]).first()
        self._fresh: dict[str, list[int]] = {"buildings": [], "layouts": []}

    def check(self, rows: Sequence[Row]) -> Outcome:
        """Return what writing ``rows`` would do."""
        return self._run(rows, dry=True)

    def prepare(self) -> None:
        """Nothing has to exist before."""

    def write(self, rows: Sequence[Row]) -> Outcome:
        """Create new units and bring known ones up to date; an empty cell changes nothing."""
        return self._run(rows, dry=False)

    def forget(self) -> None:
        """Forget which units were named."""
        self._seen = {}

    def finish(self) -> None:
        """Write the audit event of the import."""
        record_bulk(
            kind="unit.imported",
            actor=self._plan.actor,
            now=self._plan.now,
            subject_kind="unit",
            ids=self._touched,
            facts={"import_job": self._plan.job_id},
        )

    def _run(self, rows: Sequence[Row], *, dry: bool) -> Outcome:
        outcome, part = Outcome(), Part()
        self._fresh = {"buildings": [], "layouts": []}
        buildings = self._named(Building, "new_buildings", outcome, dry=dry)
        layouts = self._named(Layout, "new_layouts", outcome, dry=dry)
        known = self._known(lock=not dry)
        for number, cells in rows:
            try:
                values = self._values(number, cells)
                key = self._key(number, values)
                outcome.counts[
                    self._unit(number, values, known.get(key), part, buildings, layouts)
                ] += 1
            except RowError as error:
                outcome.refuse(error.problem)
        if not dry:
            self._save(part)
            outcome.trace = self._trace(part)
        return outcome

    def _values(self, row: int, cells: Sequence[str]) -> dict[str, Any]:
        """Return the cells of a row as values by field; raise RowError for one unreadable."""
        if self._project is None:
            raise RowError(Problem(row, "", "no_unit_project"))
        found: dict[str, Any] = {}
        for header, text in zip(self._plan.headers, cells, strict=True):
            spec = BY_KEY.get(self._plan.mapping.get(header, ""))
            if spec is None or not text:
                continue
            try:
                found[spec.key] = (
                    spec.parse(text, self._plan.reading(header)) if spec.parse else text
                )
            except CellError as error:
                raise RowError(Problem(row, header, error.code, error.params)) from None
            if spec.parse is None and len(text) > spec.max_length:
                raise RowError(Problem(row, header, "too_long", {"limit": spec.max_length}))
        return _split(found)

    def _key(self, row: int, values: Mapping[str, Any]) -> Key:
        for name, code in (("building", "no_building"), ("number", "no_unit_number")):
            if not values.get(name):
                raise RowError(Problem(row, "", code))
        key = fold(values["building"]), values.get("entrance", ""), values["number"]
        first = self._seen.setdefault(key, row)
        if first != row:
            raise RowError(Problem(row, "", "repeated_unit", {"first": first}))
        return key

    def _known(self, *, lock: bool) -> dict[Key, Unit]:
        units = Unit.objects.filter(project=self._project).select_related("building", "layout")
        if lock:
            units = units.select_for_update(of=("self",), no_key=True).order_by("pk")
        return {(fold(each.building.name), each.entrance, each.number): each for each in units}

    def _named(
        self, model: type[Building] | type[Layout], finding: str, outcome: Outcome, *, dry: bool
    ) -> Callable[[str], Any]:
        """Return a finder of buildings or layouts by name, which makes what is missing."""
        rows: Iterable[Any] = model.objects.filter(project=self._project)
        known: dict[str, Any] = {fold(row.name): row for row in rows}

        def find(name: str) -> Any:
            key = fold(name)
            if key not in known:
                outcome.find(finding, name)
                made = model(project=self._project, name=name)
                if not dry:
                    made.save()
                    self._fresh[finding.removeprefix("new_")].append(made.pk)
                known[key] = made
            return known[key]

        return find

    def _unit(
        self,
        row: int,
        values: Mapping[str, Any],
        unit: Unit | None,
        part: Part,
        buildings: Callable[[str], Building],
        layouts: Callable[[str], Layout],
    ) -> str:
        """Put the row with what its part writes and return what becomes of it."""
        wanted = {name: values[name] for name in COLUMNS if name in values}
        _check_areas(row, wanted, unit)
        if unit is None:
            wanted = _completed(row, values, wanted)
        if "layout" in wanted:
            wanted["layout"] = layouts(wanted["layout"])
        if unit is None:
            part.created.append((row, self._made(values, wanted, buildings)))
            return "created"
        changes = {
            name: [plain(getattr(unit, name)), plain(value)]
            for name, value in wanted.items()
            if getattr(unit, name) != value
        }
        if not changes:
            return "unchanged"
        for name, value in wanted.items():
            setattr(unit, name, value)
        part.updated.append((row, unit, changes))
        return "updated"

    def _made(
        self, values: Mapping[str, Any], wanted: Mapping[str, Any], buildings: Callable[[str], Any]
    ) -> Unit:
        building = buildings(values["building"])
        building.floors = max(building.floors, wanted["floor"], 1)
        return Unit(
            project=self._project,
            building=building,
            entrance=values.get("entrance", ""),
            number=values["number"],
            **wanted,
        )

    def _save(self, part: Part) -> None:
        now, actor = self._plan.now, self._plan.actor
        made = [unit for _row, unit in part.created]
        Unit.objects.bulk_create(made, batch_size=1000)
        for building in {unit.building_id: unit.building for unit in made}.values():
            building.save(update_fields=["floors"])
        changed = [unit for _row, unit, _changes in part.updated]
        for unit in changed:
            unit.updated_at = now
        Unit.objects.bulk_update(changed, UPDATED, batch_size=500)
        facts: list[tuple[str, Unit, dict[str, Any]]] = [("added", unit, {}) for unit in made]
        facts += [
            ("measured" if "measured_area" in changes else "changed", unit, _facts(changes))
            for _row, unit, changes in part.updated
        ]
        UnitEvent.objects.bulk_create(
            UnitEvent(unit=unit, at=now, kind=kind, facts=found, actor=actor)
            for kind, unit, found in facts
        )
        self._touched += [unit.pk for unit in (*made, *changed)]

    def _trace(self, part: Part) -> dict[str, Any]:
        if not (part.created or part.updated or any(self._fresh.values())):
            return {}
        return {
            "created": [
                [row, unit.pk, {name: plain(getattr(unit, name)) for name in COLUMNS}]
                for row, unit in part.created
            ],
            "updated": [[row, unit.pk, changes] for row, unit, changes in part.updated],
            **self._fresh,
        }


def _split(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with a whole address such as 3栋-1-1801 taken apart."""
    if "building" in values or "number" not in values:
        return values
    parts = str(values["number"]).split("-")
    if len(parts) not in (2, 3):
        return values
    whole = {"building": parts[0], "number": parts[-1]}
    if len(parts) == 3:
        whole["entrance"] = parsers.entrance(parts[1], None)  # type: ignore[arg-type]
    return values | whole


def _completed(row: int, values: Mapping[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """Return what a new unit needs; raise RowError where floor or area are missing."""
    if "forecast_area" not in wanted:
        raise RowError(Problem(row, "", "no_area"))
    floor = wanted.get("floor") or parsers.floor_of(values["number"])
    if floor is None:
        raise RowError(Problem(row, "", "no_floor"))
    return wanted | {"floor": floor}


def _check_areas(row: int, wanted: Mapping[str, Any], unit: Unit | None) -> None:
    """Raise RowError where the inner area is larger than the whole."""

    def now(name: str) -> Decimal | None:
        value: Decimal | None = wanted.get(name, getattr(unit, name, None))
        return value

    inner, whole = now("inner_area"), now("measured_area") or now("forecast_area")
    if inner is not None and whole is not None and inner > whole:
        raise RowError(Problem(row, "", "inner_above_area"))


def _facts(changes: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: pair for name, pair in changes.items() if name != "layout"}


def _projects(actor: Any) -> Any:
    """Return the projects whose units the importing person may keep."""
    if actor is None:
        return Project.objects.order_by("code")
    if not actor.has_perm(EDIT):
        return Project.objects.none()
    return Project.objects.visible_to(actor).order_by("code")


def _options(actor: Any) -> tuple[OptionSpec, ...]:
    choices = tuple(_projects(actor).values_list("code", "name"))
    first = choices[0][0] if choices else ""
    nothing = (("", gettext_lazy("None")),)
    return (OptionSpec("project", gettext_lazy("Project of the units"), first, choices or nothing),)


def _check_mapping(mapping: Mapping[str, str]) -> None:
    if "number" not in mapping.values():
        raise MappingError(_("Choose the column with the unit number."), code="no_identity")


IMPORTER = Importer(
    key="unit",
    label=gettext_lazy("Units"),
    permission=EDIT,
    fields=lambda _actor: FIELDS,
    options=_options,
    open=UnitBatcher,
    check_mapping=_check_mapping,
    findings={
        "new_buildings": gettext_lazy("New buildings"),
        "new_layouts": gettext_lazy("New layouts"),
    },
    reverter=UnitReverter,
    subjects=subjects,
    revert_counts={
        "removed": gettext_lazy("Units removed"),
        "restored": gettext_lazy("Units with their former values"),
        "emptied": gettext_lazy("Empty buildings and layouts removed"),
    },
)
