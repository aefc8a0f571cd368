"""Units like one that is taken, so that nobody is sent away with nothing (A-46)."""

from dataclasses import dataclass
from decimal import Decimal

from crm_site.staff.models import User
from customers.property.board import Cell, cells_of
from customers.property.models import Unit
from customers.purchase.rules import closeness

NEAR = Decimal("0.25")  # no further apart than a quarter of the area


@dataclass(frozen=True, slots=True)
class Alternative:
    """A free unit and how it differs from the one wanted; area in m², floors up or down."""

    unit: Unit
    area_gap: Decimal
    floors_apart: int
    same_layout: bool


def similar_units(unit: Unit, *, user: User, limit: int) -> list[Alternative]:
    """Return the free units of the project most like ``unit``, nearest first."""
    area = unit.measured_area or unit.forecast_area
    near = Unit.objects.visible_to(user).filter(
        project=unit.project_id, kind=unit.kind, withheld_at__isnull=True
    )
    near = near.exclude(pk=unit.pk).filter(
        forecast_area__gte=area * (1 - NEAR), forecast_area__lte=area * (1 + NEAR)
    )
    layout = unit.layout.name if unit.layout else None
    free = [cell for cell in cells_of(near) if cell.state == "available"]

    def distance(cell: Cell) -> tuple[Decimal, int]:
        return (
            closeness(
                same_layout=cell.layout == layout,
                same_building=cell.building_id == unit.building_id,
                area_gap=abs(cell.area - area) / area,
                floors_apart=abs(cell.floor - unit.floor),
            ),
            cell.pk,
        )

    chosen = sorted(free, key=distance)[:limit]
    rows = Unit.objects.select_related("building", "layout").in_bulk([cell.pk for cell in chosen])
    return [
        Alternative(rows[cell.pk], cell.area - area, cell.floor - unit.floor, cell.layout == layout)
        for cell in chosen
    ]
