"""The addresses of warehouse: part of the table of access."""

from tests.access.gates import Door, page

WAREHOUSE_DOORS: dict[str, Door] = {
    "analytics:cubes": page("see cubes"),
    "analytics:cube-rows": page("see cubes"),
}
