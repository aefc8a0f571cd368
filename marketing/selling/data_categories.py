"""Which category each column about a customer belongs to (CUS-02, A-30)."""

from collections.abc import Mapping
from typing import Final

from customers.data_categories import by_category, declare_fields
from customers.rules.categories import DataCategory

FIELDS: Final[Mapping[str, Mapping[str, DataCategory]]] = {
    "ThirdPartyResult": by_category(
        credit="source provider purpose verdict summary obtained_on expires_on",
        internal="id customer consent by at",
    ),
    "DepthInterview": by_category(
        history="state held_on summary reason",
        internal="id created_at updated_at programme customer interviewer",
    ),
    "InterviewFinding": by_category(
        history="tag text", internal="id interview item_id linked_by linked_at"
    ),
}
# What says nothing about a single customer.
NOT_PERSONAL: Final = frozenset(
    {"SalesPlan", "SalesPlanLine", "SellingCheck", "SalesOffice", "InterviewProgramme"}
)


def register() -> None:
    """Add the columns to the register of data categories."""
    for model, fields in FIELDS.items():
        declare_fields("marketing", model, fields)
