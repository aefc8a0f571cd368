"""Which value stands when two records become one (BEY-01, CUS-06). Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

Side = Literal["kept", "gone"]
KEPT: Final = "kept"
GONE: Final = "gone"
# What a person chooses between, field by field, in the order of the page.
CHOSEN: Final = (
    *("name", "phone", "gender", "birthday", "id_number", "city", "district", "address"),
    *("occupation", "family", "nature", "annual_income", "layout", "motive", "intent"),
    *("budget", "project_role", "credit_status", "payment_method", "managed_estate"),
    *("channel_wish", "customer_class", "remark"),
)
# Chosen as one: the ends of a budget belong together, and so does where a customer stands.
TOGETHER: Final[dict[str, tuple[str, ...]]] = {
    "budget": ("budget_min", "budget_max"),
    "customer_class": ("customer_class", "class_is_manual", "buying_stage", "stage_since", "phase"),
    "annual_income": ("annual_income", "spending_power"),
}


def columns_of(field: str) -> tuple[str, ...]:
    """Return the columns that a choice of ``field`` decides."""
    return TOGETHER.get(field, (field,))


def is_blank(values: tuple[Any, ...]) -> bool:
    """Return whether nothing is said."""
    return all(value in (None, "") for value in values)


def preselect(
    field: str,
    kept: tuple[Any, ...],
    gone: tuple[Any, ...],
    written: Mapping[str, tuple[datetime, datetime]],
) -> Side:
    """Return whose value is proposed: what is filled, of two values the newer one.

    ``written`` tells when each side got its value.
    """
    if is_blank(gone) or kept == gone:
        return KEPT
    if is_blank(kept):
        return GONE
    times = written.get(field)
    return GONE if times is not None and times[1] > times[0] else KEPT
