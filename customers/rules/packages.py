"""What service a customer gets by grade (CUS-14). Pure."""

from collections.abc import Mapping
from enum import StrEnum

from customers.rules.axes import CustomerClass, Grade
from customers.rules.followups import Urgency


class Band(StrEnum):
    """The three bands of service."""

    HIGH = "high"
    MIDDLE = "middle"
    LOW = "low"


class Adviser(StrEnum):
    """Whose queue an enquiry joins: the senior consultants, or the other ones."""

    SENIOR = "senior"
    CONSULTANT = "consultant"


class ResponseClass(StrEnum):
    """How soon the desk itself answers where nobody has rated the enquiry."""

    PRIORITY = "priority"
    STANDARD = "standard"
    BASIC = "basic"


URGENCY_OF: dict[ResponseClass, Urgency | None] = {
    ResponseClass.PRIORITY: Urgency.URGENT,
    ResponseClass.STANDARD: Urgency.ROUTINE,
    ResponseClass.BASIC: None,
}
GRADES = tuple(grade.value for grade in Grade)


def band_of(
    *, grade: str | None, customer_class: str, bands: Mapping[Band, tuple[str, ...]]
) -> Band | None:
    """Return the band of a customer; one declared high-value is in the highest whatever the grade.

    ``None`` before the first grading: such a customer has no package yet.
    """
    if customer_class == CustomerClass.HIGH_VALUE:
        return Band.HIGH
    return next((band for band, grades in bands.items() if grade in grades), None)
