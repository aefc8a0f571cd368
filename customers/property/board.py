"""The unit board 销控: building by floor, each unit with its state, in one statement (MKT-56)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import FilteredRelation, Q
from django.db.models.functions import Now

from customers.models import Project
from customers.pricing.rules import in_wan
from customers.pricing.selectors import price_column
from customers.property.models import Building, Unit
from customers.property.rules import UnitKind, UnitState, place_on_floor, sold_share
from customers.purchase.rules import ACTIVE

ACTIVE_STATES = [each.value for each in ACTIVE]
CAR_PARK_WIDTH = 8  # spaces in a row of the board


class Cell(NamedTuple):
    """One unit on the board; ``price`` is the public total in 万."""

    pk: int
    building_id: int
    kind: str
    entrance: str
    floor: int
    number: str
    area: Decimal
    layout: str | None
    state: str
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a building: its entrance, its place on the floor, what usually lies there."""

    entrance: str
    place: str
    layout: str
    area: Decimal | None


@dataclass(frozen=True, slots=True)
class Floor:
    """One floor, or a further row of it: a cell or ``None`` per column."""

    number: int
    cells: list[Cell | None]
    goes_on: bool = False

    @property
    def label(self) -> str:
        """The floor as people write it; nothing in a row that goes on with the floor above."""
        if self.goes_on:
            return ""
        return f"B{-self.number}" if self.number < 0 else f"{self.number}F"


@dataclass(frozen=True, slots=True)
class BuildingBoard:
    """A building as a table, its floors from the top."""

    building: Building
    columns: list[Column]
    floors: list[Floor]

    @property
    def entrances(self) -> list[tuple[str, int]]:
        """Each entrance with the number of its columns, in order."""
        counted = Counter(column.entrance for column in self.columns)
        return list(counted.items())


@dataclass(frozen=True, slots=True)
class BuildingTab:
    """A building above the board: how many units, which share of them is sold."""

    building: Building
    units: int
    sold: Decimal | None


def with_state(units: Any) -> Any:
    """Return units with ``deal``, the purchase that holds each now by the database's clock."""
    standing = Q(purchases__state__in=ACTIVE_STATES) & (
        Q(purchases__expires_at__isnull=True) | Q(purchases__expires_at__gt=Now())
    )
    return units.annotate(deal=FilteredRelation("purchases", condition=standing))


def state_of(withheld_at: object, purchase_state: str | None) -> str:
    """Return where a unit stands, from its two facts."""
    if purchase_state:
        return purchase_state
    return UnitState.WITHHELD.value if withheld_at else UnitState.AVAILABLE.value


def cells_of(units: Any) -> list[Cell]:
    """Return the cells of a query set of units, in one statement."""
    rows = with_state(units).values_list(
        *("pk", "building_id", "kind", "entrance", "floor", "number"),
        *("forecast_area", "measured_area", "layout__name", "withheld_at", "deal__state"),
        price_column("public_total"),
    )
    return [
        Cell._make((*row[:6], row[7] or row[6], row[8], state_of(row[9], row[10]), in_wan(row[11])))
        for row in rows.iterator(chunk_size=5000)
    ]


def project_board(project: Project, *, building: Building | None = None) -> list[BuildingBoard]:
    """Return the boards of all buildings of a project, or of one."""
    units = Unit.objects.filter(project=project)
    buildings = list(Building.objects.filter(project=project))
    if building is not None:
        units, buildings = units.filter(building=building), [building]
    by_building: dict[int, list[Cell]] = {each.pk: [] for each in buildings}
    for cell in cells_of(units):
        by_building[cell.building_id].append(cell)
    return [lay_out(each, by_building[each.pk]) for each in buildings]


def lay_out(building: Building, cells: Sequence[Cell]) -> BuildingBoard:
    """Return the table of a building's cells; a car park has rows instead of columns."""
    if cells and all(cell.kind == UnitKind.PARKING for cell in cells):
        return BuildingBoard(building, [], list(_car_park(cells)))
    places = _places(cells)
    keys = sorted(set(places.values()))
    index = {key: place for place, key in enumerate(keys)}
    floors: dict[int, list[Cell | None]] = {}
    usual: dict[tuple[str, str], Counter[tuple[str, Decimal]]] = {key: Counter() for key in keys}
    for cell in cells:
        row = floors.setdefault(cell.floor, [None] * len(keys))
        row[index[places[cell.pk]]] = cell
        usual[places[cell.pk]][cell.layout or "", cell.area] += 1
    columns = [Column(*key, *usual[key].most_common(1)[0][0]) for key in keys]
    ordered = [Floor(number, floors[number]) for number in sorted(floors, reverse=True)]
    return BuildingBoard(building, columns, ordered)


def _car_park(cells: Sequence[Cell]) -> Iterator[Floor]:
    """Yield the spaces of each floor by number, so many a row."""
    by_floor: dict[int, list[Cell | None]] = {}
    for cell in sorted(cells, key=lambda cell: (-cell.floor, cell.entrance, cell.number)):
        by_floor.setdefault(cell.floor, []).append(cell)
    for number, found in by_floor.items():
        for start in range(0, len(found), CAR_PARK_WIDTH):
            yield Floor(number, found[start : start + CAR_PARK_WIDTH], goes_on=start > 0)


def _places(cells: Sequence[Cell]) -> dict[int, tuple[str, str]]:
    """Return the column of each cell; two on one floor never share one."""
    places: dict[int, tuple[str, str]] = {}
    taken: set[tuple[int, str, str]] = set()
    for cell in cells:
        place = place_on_floor(cell.number, cell.floor)
        if (cell.floor, cell.entrance, place) in taken:
            place = cell.number
        taken.add((cell.floor, cell.entrance, place))
        places[cell.pk] = cell.entrance, place
    return places


def tabs_of(project: Project) -> list[BuildingTab]:
    """Return the buildings of a project with number and sold share, in one statement."""
    states: dict[int, list[str]] = {}
    rows = with_state(Unit.objects.filter(project=project))
    for building, withheld_at, state in rows.values_list(
        "building_id", "withheld_at", "deal__state"
    ):
        states.setdefault(building, []).append(state_of(withheld_at, state))
    return [
        BuildingTab(each, len(states.get(each.pk, [])), sold_share(states.get(each.pk, [])))
        for each in Building.objects.filter(project=project)
    ]


def counts_of(boards: Iterable[BuildingBoard]) -> list[tuple[str, int]]:
    """Return each state with its number of units, in the order of the legend."""
    counted = Counter(
        cell.state for board in boards for floor in board.floors for cell in floor.cells if cell
    )
    return [(state.value, counted[state.value]) for state in UnitState]
