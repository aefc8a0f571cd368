"""The policies of service: packages by grade, and who answers within what time (CUS-14, CUS-48)."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting
from customers.rules.packages import GRADES, Adviser, Band, ResponseClass, band_of
from customers.rules.responses import DEFAULT_MATRIX, Cell, is_complete

PACKAGES: Final = "service.packages"
MATRIX: Final = "response.matrix"

ADVISERS = {
    Adviser.SENIOR.value: _("Senior consultants"),
    Adviser.CONSULTANT.value: _("Other consultants"),
}
RESPONSES = {
    ResponseClass.PRIORITY.value: _("Like an urgent enquiry"),
    ResponseClass.STANDARD.value: _("Like a routine enquiry"),
    ResponseClass.BASIC.value: _("Within the first touch only"),
}
BANDS = {
    Band.HIGH.value: _("Dedicated service"),
    Band.MIDDLE.value: _("Tailored offers"),
    Band.LOW.value: _("Basic service"),
}
CELL_LABELS = {
    "complexity": _("Complexity"),
    "urgency": _("Urgency"),
    "level": _("Answered by"),
    "minutes": _("Limit (minutes of working time)"),
}
LONGEST_LIMIT = 24 * 60


@dataclass(frozen=True, slots=True)
class ServicePackage:
    """What one band of customers gets."""

    grades: tuple[str, ...] = setting(_("Grades"))
    adviser: Adviser = setting(_("Queue of enquiries"), labels=ADVISERS)  # noqa: RUF009 -- a dataclass field
    contact_days: int = setting(_("Contact at least every"), unit=_("days"), low=1, high=730)
    offers: str = setting(_("Offers"))
    response: ResponseClass = setting(_("Response class"), labels=RESPONSES)  # noqa: RUF009 -- a dataclass field


@dataclass(frozen=True, slots=True)
class ServicePackages:
    """The packages of the three bands, and what holds for everybody."""

    high: ServicePackage = setting(  # noqa: RUF009 -- a dataclass field
        BANDS["high"],
        default=ServicePackage(
            ("A",), Adviser.SENIOR, 7, "专属顾问、优先选房、私享活动", ResponseClass.PRIORITY
        ),
    )
    middle: ServicePackage = setting(  # noqa: RUF009 -- a dataclass field
        BANDS["middle"],
        default=ServicePackage(
            ("B", "C"), Adviser.CONSULTANT, 21, "按需求定制的优惠与户型推荐", ResponseClass.STANDARD
        ),
    )
    low: ServicePackage = setting(  # noqa: RUF009 -- a dataclass field
        BANDS["low"],
        default=ServicePackage(
            ("D", "E"), Adviser.CONSULTANT, 60, "公开活动与标准资料", ResponseClass.BASIC
        ),
    )
    floor_hours: int = setting(
        _("First touch for every grade within"), default=24, unit=_("hours"), low=1, high=24
    )
    seniors: tuple[str, ...] = setting(
        _("Senior consultants"),
        default=(),
        help=_("User names, with commas. Without any, enquiries of every grade go to everybody."),
    )

    def __post_init__(self) -> None:
        given = [grade for band in self.by_band.values() for grade in band.grades]
        if sorted(given) != sorted(GRADES):
            raise FieldError("high", _("Give each grade from A to E to exactly one band."))

    @property
    def by_band(self) -> dict[Band, ServicePackage]:
        """The packages from the highest band down."""
        return {Band.HIGH: self.high, Band.MIDDLE: self.middle, Band.LOW: self.low}

    def package(
        self, *, grade: str | None, customer_class: str
    ) -> tuple[Band, ServicePackage] | None:
        """Return band and package of a customer; ``None`` before the first grading."""
        grades = {band: package.grades for band, package in self.by_band.items()}
        band = band_of(grade=grade, customer_class=customer_class, bands=grades)
        return None if band is None else (band, self.by_band[band])


@dataclass(frozen=True, slots=True)
class ResponseMatrix:
    """Complexity × urgency → staff level and limit in the desk's working time."""

    cells: tuple[Cell, ...] = setting(_("Cell"), default=DEFAULT_MATRIX, labels=CELL_LABELS)

    def __post_init__(self) -> None:
        if not is_complete(self.cells):
            raise FieldError("cells", _("Give each complexity and urgency exactly one line."))
        if any(not 0 < cell.minutes <= LONGEST_LIMIT for cell in self.cells):
            raise FieldError("cells", _("Give each limit between 1 minute and 24 hours."))


def register() -> None:
    """Make both policies known."""
    register_policy(
        PolicyKind(
            key=PACKAGES,
            label=_("Service by grade"),
            area=PolicyArea.TIME,
            shape=ServicePackages,
            default=ServicePackages(),
            help=_("Counts for enquiries received from then on, and for the next contact."),
        )
    )
    register_policy(
        PolicyKind(
            key=MATRIX,
            label=_("Who answers an enquiry"),
            area=PolicyArea.TIME,
            shape=ResponseMatrix,
            default=ResponseMatrix(),
            help=_("Simple to complex, routine or urgent; the time runs in working hours."),
        )
    )
