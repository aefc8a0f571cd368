"""Which category each column about a single customer belongs to (CUS-02, A-30)."""

from collections.abc import Mapping
from typing import Final

from customers.data_categories import by_category, declare_fields
from customers.rules.categories import DataCategory

FIELDS: Final[Mapping[str, Mapping[str, DataCategory]]] = {
    "SegmentPick": by_category(purchase="segment", internal="id customer"),
    "SnapshotMember": by_category(purchase="snapshot", internal="id customer"),
    "Opportunity": by_category(
        purchase="kind rule facts target state outcome note",
        internal="id customer owner opened_at closed_at closed_by created_at updated_at",
    ),
    "Recommendation": by_category(
        preference="kind item title score reasons traits reaction note",
        internal="id customer made_at made_by reacted_at reacted_by",
    ),
    "InfoSend": by_category(history="kind title channel at", internal="id customer batch by"),
    "HousingSpend": by_category(
        purchase="kind with_us year amount note", internal="id customer at by"
    ),
    "ServiceUse": by_category(history="relation action at", internal="id customer by"),
    "Holding": by_category(
        purchase="use rent asked note", internal="id purchase by created_at updated_at"
    ),
    "InvestorInterest": by_category(
        preference="wish remind_on", internal="id customer reminded_for by created_at updated_at"
    ),
    "ProgrammeStep": by_category(purchase="step incentive since", internal="customer by"),
}


def register() -> None:
    """Make the categories known."""
    for model, fields in FIELDS.items():
        declare_fields("marketing", model, fields)
