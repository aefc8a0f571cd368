"""One line of a comparison, how it is printed and where it is kept."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "var" / "bench"
UNITS_WHERE_MORE_IS_BETTER = {"rows/s", "req/s"}


@dataclass(frozen=True, slots=True)
class Row:
    """Floor and product at one task; `goal` is a bound of `ratio`, None where none is set.

    `ratio` is ours divided by floor: at most `goal` for times, at least `goal` for rates.
    """

    case: str
    floor: float
    ours: float
    unit: str
    ratio: float
    goal: float | None
    holds: bool | None


def compare(case: str, *, floor: float, ours: float, unit: str, goal: float | None) -> Row:
    """Return the row of one comparison, rounded as it is printed."""
    ratio = ours / floor
    more_is_better = unit in UNITS_WHERE_MORE_IS_BETTER
    holds = None if goal is None else ratio >= goal if more_is_better else ratio <= goal
    return Row(case, round(floor, 2), round(ours, 2), unit, round(ratio, 3), goal, holds)


def publish(name: str, *, customers: int, rows: Iterable[Row]) -> bool:
    """Print the table of one benchmark as it comes; return whether all goals hold.

    The table is kept in ``var/bench/<name>.json``.
    """
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"\n{name}: {customers:,} customers, load {load}")
    print(f"{'case':<44}{'floor':>12}{'ours':>12}  {'unit':<7}{'ratio':>8}{'goal':>9}  holds")
    kept = []
    for row in rows:
        kept.append(asdict(row))
        sign = ">=" if row.unit in UNITS_WHERE_MORE_IS_BETTER else "<="
        goal = "" if row.goal is None else f"{sign} {row.goal}"
        word = {True: "yes", False: "NO", None: ""}[row.holds]
        print(
            f"{row.case:<44}{row.floor:>12,.2f}{row.ours:>12,.2f}  {row.unit:<7}"
            f"{row.ratio:>8.2f}{goal:>9}  {word}",
            flush=True,
        )
    FOLDER.mkdir(parents=True, exist_ok=True)
    content = {"name": name, "customers": customers, "rows": kept}
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
    return all(row["holds"] is not False for row in kept)
