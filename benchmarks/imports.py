"""The importer against a floor that does the same work per row."""

from benchmarks.figures import Row, compare
from benchmarks.import_bench import rows_per_second

MOST_ROWS = 20_000


def run(customers: int) -> list[Row]:
    """Return the rows per second of one file with new customers only."""
    rows = min(customers, MOST_ROWS)
    floor, ours = rows_per_second(rows)
    case = f"import of {rows:,} rows"
    return [compare(case, floor=floor, ours=ours, unit="rows/s", goal=0.2)]
