"""How much of a customer record is filled in, by weight (CUS-04). Pure."""

from collections.abc import Mapping

WEIGHTS: dict[str, int] = {
    "name": 15,
    "phone": 20,
    "gender": 4,
    "birthday": 5,
    "city": 5,
    "district": 3,
    "address": 3,
    "occupation": 5,
    "family": 5,
    "annual_income": 5,
    "budget_max": 10,
    "layout": 7,
    "motive": 5,
    "intent": 5,
    "project_role": 3,
}
TOTAL = sum(WEIGHTS.values())
# Where either end of a pair says enough.
STANDS_FOR = {"budget_max": ("budget_min", "budget_max")}


def completeness(values: Mapping[str, object]) -> int:
    """Return the percentage, 0 to 100, of the weights whose field has a value in ``values``."""
    filled = sum(weight for field, weight in WEIGHTS.items() if _is_filled(field, values))
    return round(100 * filled / TOTAL)


def missing_fields(values: Mapping[str, object]) -> list[str]:
    """Return the fields without a value, the weightiest first."""
    missing = [field for field in WEIGHTS if not _is_filled(field, values)]
    return sorted(missing, key=lambda field: -WEIGHTS[field])


def _is_filled(field: str, values: Mapping[str, object]) -> bool:
    names = STANDS_FOR.get(field, (field,))
    return any(values.get(name) not in (None, "") for name in names)
