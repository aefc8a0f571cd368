"""The seven categories of customer data and what each asks for (CUS-02). Pure."""

from dataclasses import dataclass
from enum import StrEnum


class DataCategory(StrEnum):
    """What a field tells about a customer; ``internal`` are keys and bookkeeping."""

    BASIC = "basic"
    PURCHASE = "purchase"
    PREFERENCE = "preference"
    HISTORY = "history"
    CONTACT = "contact"
    PAYMENT = "payment"
    CREDIT = "credit"
    INTERNAL = "internal"


class Encryption(StrEnum):
    """Which values of a category are stored as ciphertext."""

    NONE = "none"
    FREE = "free"  # amounts and texts; codes of a short list stay, figures are made of them
    ALL = "all"


VIEW = "customers.view_customer"
VIEW_SENSITIVE = "customers.view_sensitive"
TEN_YEARS = 120  # months; Anti-Money-Laundering Law 2024, art. 34, by reference of art. 42 and 64


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """What holds for every field of one category; ``months`` after the last contact."""

    category: DataCategory
    permission: str
    encryption: Encryption
    months: int
    law: str = "pipl"

    @property
    def is_sensitive(self) -> bool:
        """Whether harm follows when it becomes known (Personal Information Protection Law, 28)."""
        return self.category in (DataCategory.PAYMENT, DataCategory.CREDIT)


_RULES = (
    CategoryRule(DataCategory.BASIC, VIEW, Encryption.NONE, 36),
    CategoryRule(DataCategory.PURCHASE, VIEW, Encryption.NONE, TEN_YEARS, "aml"),
    CategoryRule(DataCategory.PREFERENCE, VIEW, Encryption.NONE, 24),
    CategoryRule(DataCategory.HISTORY, VIEW, Encryption.NONE, 36),
    CategoryRule(DataCategory.CONTACT, VIEW, Encryption.ALL, 36),
    CategoryRule(DataCategory.PAYMENT, VIEW_SENSITIVE, Encryption.FREE, TEN_YEARS, "aml"),
    CategoryRule(DataCategory.CREDIT, VIEW_SENSITIVE, Encryption.FREE, 36),
)
RULES: dict[DataCategory, CategoryRule] = {rule.category: rule for rule in _RULES}
CATEGORIES = tuple(RULES)  # the seven; internal is none of them
