"""Prints which requirements and checks the last `make test` proved (`make spec`)."""

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
REPORT = ROOT / "var" / "test-report.json"

Row = Mapping[str, str]


def main() -> int:
    """Print the status and return the exit code: 1 while there is no report."""
    try:
        report = json.loads(REPORT.read_text(encoding="utf-8"))
    except FileNotFoundError:
        print(f"No report at {REPORT}. Run `make test` first.", file=sys.stderr)
        return 1
    if report["arguments"]:
        arguments = " ".join(report["arguments"])
        print(f"From a run with arguments ({arguments}): what it left out counts as unproven.")
    sections = (
        ("Requirements", "requirements.csv", "spec", ("slice", "group")),
        ("Checks", "checks.csv", "check", ("priority",)),
    )
    for title, name, marker, columns in sections:
        rows = read_rows(ROOT / "docs" / name)
        proven = proven_ids(report["tests"], marker)
        print("\n".join(status_lines(title, rows, proven, columns)))
    return 0


def proven_ids(tests: Iterable[Mapping[str, Any]], marker: str) -> set[str]:
    """Return the ids with a marked test that passed and none that failed or was skipped."""
    outcomes: dict[str, set[str]] = defaultdict(set)
    for test in tests:
        for id_ in test[marker]:
            outcomes[id_].add(test["outcome"])
    return {id_ for id_, seen in outcomes.items() if seen == {"passed"}}


def status_lines(
    title: str, rows: list[Row], proven: set[str], columns: tuple[str, ...]
) -> list[str]:
    """Return proven / all in total and for each value of `columns`, then the ids not yet proven."""
    done = [row for row in rows if row["id"] in proven]
    lines = ["", f"{title}: {len(done)} / {len(rows)} proven"]
    for depth in range(1, len(columns) + 1):
        lines.append(f"\n  by {', '.join(columns[:depth])}")
        counts: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
        for row in rows:
            count = counts[tuple(row[column] for column in columns[:depth])]
            count[0] += row["id"] in proven
            count[1] += 1
        lines += [
            f"  {ready:>5} / {total:<5} {' · '.join(key)}"
            for key, (ready, total) in sorted(counts.items())
        ]
    missing = [row["id"] for row in rows if row["id"] not in proven]
    lines.append(f"\n  not yet proven: {' '.join(missing) or 'none'}")
    return lines


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a list in `docs/`."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    sys.exit(main())
