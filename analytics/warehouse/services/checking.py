"""The summary tables held against the events they are made of."""

from analytics.warehouse.rules.measures import MEASURES, Read
from analytics.warehouse.selectors import base_cube, cube

BY = ("month", "project", "consultant", "channel", "grade", "stage", "kind", "topic")
SHOWN = 100


def differences() -> list[str]:
    """Return a line for each month and place whose sums are not those of the events.

    Both tables are looked at: the fine one by all dimensions, the coarse one by month and project.
    """
    found: list[str] = []
    for key, measure in MEASURES.items():
        if measure.read is not Read.COUNT or measure.any_of:
            continue  # the same cells as another measure, summed otherwise
        for by in (BY, ("month", "project")):
            summed, base = cube(key, by).cells, base_cube(key, by).cells
            keys = {each for each in {*summed, *base} if summed.get(each) != base.get(each)}
            found += [f"{key} {each}: {summed.get(each)} {base.get(each)}" for each in keys]
    return found[:SHOWN]
