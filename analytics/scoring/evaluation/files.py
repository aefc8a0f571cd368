"""The files of an evaluation: the table, its mapping, its outcome and its folds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from analytics.scoring.evaluation.errors import EvaluationError
from crm_site.exchange.errors import ExchangeError
from crm_site.exchange.reading.table import open_table
from customers.importers.parsers import BOOLEANS

NUMBER, TEXT, YES_NO, DATE = "new:number", "new:text", "new:boolean", "new:date"
SHORT = {
    "number": NUMBER,
    "text": TEXT,
    "category": TEXT,
    "choice": TEXT,
    "boolean": YES_NO,
    "yes_no": YES_NO,
    "date": DATE,
    "id": "external_id",
    "ignore": "",
}
LARGEST = Decimal(10) ** 15  # the import reads no longer numbers
IDENTITY = "external_id"
LOST_WORDS = {"lost", "churned", "churn", "left", "cancelled", "canceled", "流失"}  # han: read
STAYED_WORDS = {"", "stayed", "active", "retained", "open", "留存"}  # han: read


@dataclass(frozen=True)
class Grid:
    """A table as read: headers and the cells of each row as clean text."""

    headers: list[str]
    rows: list[list[str]]

    def column(self, header: str) -> list[str]:
        """Return the cells below a header; EvaluationError when there is none of that name."""
        if header not in self.headers:
            known = ", ".join(self.headers)
            raise EvaluationError(f"There is no column {header}. Columns: {known}.")
        place = self.headers.index(header)
        return [row[place] for row in self.rows]


def read_grid(path: Path) -> Grid:
    """Return a CSV or xlsx file as the import pages read it; EvaluationError if they cannot."""
    try:
        with path.open("rb") as stream:
            table = open_table(stream)
            rows = [cells for _, cells in table.rows]
    except (OSError, ExchangeError) as error:
        raise EvaluationError(f"{path}: {error}") from error
    return Grid(list(table.headers), rows)


def read_mapping(path: Path, grid: Grid) -> dict[str, str]:
    """Return header -> field of the import, with short words spelled out.

    EvaluationError when the file is no such mapping or names unknown columns.
    """
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EvaluationError(f"{path} is not a JSON file: {error}") from error
    if not isinstance(given, dict):
        raise EvaluationError(f"{path} must map column headers to fields.")
    unknown = sorted(set(given) - set(grid.headers))
    if unknown:
        raise EvaluationError(f"{path} names unknown columns: {', '.join(unknown)}.")
    return {header: SHORT.get(str(to or ""), str(to or "")) for header, to in given.items()}


def complete(mapping: Mapping[str, str], grid: Grid, label: str) -> dict[str, str]:
    """Return the mapping of all columns but the outcome.

    Where the file maps nothing beyond who the customer is, every other column becomes a field of
    its own, numbers as numbers; otherwise columns it does not name stay out.
    """
    kept = {header: to for header, to in mapping.items() if header != label and to != "label"}
    if any(to and to != IDENTITY for to in kept.values()):
        return kept
    rest = [header for header in grid.headers if header not in kept and header != label]
    return kept | {header: _kind(grid.column(header)) for header in rest}


def _kind(cells: Sequence[str]) -> str:
    filled = [cell for cell in cells if cell]
    return NUMBER if filled and all(number(cell) is not None for cell in filled) else TEXT


def number(text: str) -> str | None:
    """Return a number in plain digits, six after the point at most; None for what is none."""
    try:
        found = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    if not found.is_finite() or abs(found) >= LARGEST:
        return None
    return f"{round(found, 6):f}" if found != round(found, 6) else f"{found:f}"


def outcomes(cells: Sequence[str], lost: str = "") -> list[bool]:
    """Return who was lost: rows with the given value, else yes, 1 or lost.

    EvaluationError when a cell is neither yes nor no.
    """
    if lost:
        return [cell == lost for cell in cells]
    known = dict(BOOLEANS)
    known |= dict.fromkeys(LOST_WORDS, True) | dict.fromkeys(STAYED_WORDS, False)
    known |= {"1.0": True, "0.0": False}
    strange = sorted({cell for cell in cells if cell.casefold() not in known})
    if strange:
        raise EvaluationError(
            f"The outcome is not yes or no: {', '.join(strange[:5])}. Say which value means lost"
            " with --lost VALUE."
        )
    return [known[cell.casefold()] for cell in cells]


def read_folds(path: Path, keys: Sequence[str]) -> list[list[str]]:
    """Return the fold of each row, once per repetition: one list per column of folds.

    The file is CSV (first column the customer, the others folds; or one column in the order of
    the rows) or JSON (a list in that order, or customer -> fold).
    """
    if path.suffix == ".json":
        return [_by_key(_json(path), keys, path)]
    grid = read_grid(path)
    if len(grid.headers) == 1:
        return [_in_order([row[0] for row in grid.rows], keys, path)]
    names = grid.column(grid.headers[0])
    return [
        _by_key(dict(zip(names, grid.column(header), strict=True)), keys, path)
        for header in grid.headers[1:]
    ]


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EvaluationError(f"{path} is not a JSON file: {error}") from error


def _in_order(folds: Sequence[Any], keys: Sequence[str], path: Path) -> list[str]:
    if len(folds) != len(keys):
        raise EvaluationError(f"{path} has {len(folds)} folds for {len(keys)} rows.")
    return [str(fold) for fold in folds]


def _by_key(found: Any, keys: Sequence[str], path: Path) -> list[str]:
    if isinstance(found, list):
        return _in_order(found, keys, path)
    if not isinstance(found, dict):
        raise EvaluationError(f"{path} must be a list, or map customers to folds.")
    by_key = {str(key): str(fold) for key, fold in found.items()}
    missing = [key for key in keys if key not in by_key]
    if missing and set(by_key) == {str(place) for place in range(len(keys))}:
        return [by_key[str(place)] for place in range(len(keys))]
    if missing:
        raise EvaluationError(f"{path} names no fold for {len(missing)} rows, first {missing[0]}.")
    return [by_key[key] for key in keys]
