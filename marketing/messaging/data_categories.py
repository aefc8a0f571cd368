"""Which category each column about a single customer belongs to (CUS-02, A-30)."""

from collections.abc import Mapping
from typing import Final

from customers.data_categories import by_category, declare_fields
from customers.rules.categories import DataCategory

FIELDS: Final[Mapping[str, Mapping[str, DataCategory]]] = {
    "BatchMessage": by_category(
        history="channel state reason sent_at replied_at",
        internal="id batch customer variant message",
    ),
    "Reply": by_category(history="source at", internal="id customer source_key noted_at"),
    "FlowRun": by_category(
        history="stage started_at position next_at state ending ended_at",
        internal="id flow customer occasion",
    ),
    "FlowAct": by_category(history="kind at outcome", internal="id run position"),
    "Assignment": by_category(internal="id experiment customer variant at"),
}


def register() -> None:
    """Make the categories known."""
    for model, fields in FIELDS.items():
        declare_fields("marketing", model, fields)
