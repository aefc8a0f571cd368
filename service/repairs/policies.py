"""The warranty by part, and when repeated defects become lessons, as versions of policies."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import at_version, in_force
from crm_site.policies.shapes import setting
from service.repairs.rules.warranty import Part, Season, Terms

WARRANTY: Final = "repairs.warranty"
LEARNING: Final = "repairs.learning"
YEARS, SEASONS = _("years"), _("seasons")
ORDINARY_YEAR = 2023


@dataclass(frozen=True, slots=True)
class WarrantyRules:
    """Warranty from the handover on; the law's periods are the least that is taken."""

    structure_years: int = setting(
        _("Foundation and structure (the design life)"), default=50, unit=YEARS, low=50, high=100
    )
    waterproofing_years: int = setting(
        _("Waterproofing of roof, bathrooms and outer walls"),
        default=5,
        unit=YEARS,
        low=5,
        high=30,
    )
    insulation_years: int = setting(
        _("Insulation of the building"), default=5, unit=YEARS, low=5, high=30
    )
    services_years: int = setting(
        _("Electricity, pipes and equipment"), default=2, unit=YEARS, low=2, high=30
    )
    decoration_years: int = setting(_("Decoration"), default=2, unit=YEARS, low=2, high=30)
    heating_seasons: int = setting(_("Heating"), default=2, unit=SEASONS, low=2, high=10)
    cooling_seasons: int = setting(_("Cooling"), default=2, unit=SEASONS, low=2, high=10)
    heating_from: str = setting(_("Heating begins on (month-day)"), default="11-15")
    heating_until: str = setting(_("Heating ends on (month-day)"), default="03-15")
    cooling_from: str = setting(_("Cooling begins on (month-day)"), default="06-01")
    cooling_until: str = setting(_("Cooling ends on (month-day)"), default="09-30")

    def __post_init__(self) -> None:
        """Refuse a day that is not in every year."""
        for name in ("heating_from", "heating_until", "cooling_from", "cooling_until"):
            if _day(getattr(self, name)) is None:
                raise FieldError(name, _("Give month and day, such as 11-15."))

    def terms(self, version: int) -> Terms:
        """Return the warranty as the rule reads it."""
        return Terms(
            version=version,
            lengths={
                Part.STRUCTURE: self.structure_years,
                Part.WATERPROOFING: self.waterproofing_years,
                Part.INSULATION: self.insulation_years,
                Part.SERVICES: self.services_years,
                Part.DECORATION: self.decoration_years,
                Part.HEATING: self.heating_seasons,
                Part.COOLING: self.cooling_seasons,
            },
            seasons={
                Part.HEATING: _season(self.heating_from, self.heating_until),
                Part.COOLING: _season(self.cooling_from, self.cooling_until),
            },
        )


@dataclass(frozen=True, slots=True)
class LearningRules:
    """When defects that come back become a lesson, and how long an answer may take (SVC-40)."""

    fewest_cases: int = setting(
        _("Fewest cases of a group before it is compared"), default=20, low=5, high=1000
    )
    answer_days: int = setting(
        _("An improvement request is answered within"), default=14, unit=_("days"), low=1, high=180
    )


def terms_at(moment: datetime) -> Terms:
    """Return the warranty in force at a moment."""
    found = in_force(WARRANTY, at=moment)
    terms: Terms = found.value.terms(found.version)
    return terms


def terms_of(version: int) -> Terms:
    """Return the warranty of a version."""
    terms: Terms = at_version(WARRANTY, version).terms(version)
    return terms


def register() -> None:
    """Make both policies known."""
    register_policy(
        PolicyKind(
            key=WARRANTY,
            label=_("Warranty of homes"),
            area=PolicyArea.UNITS,
            help=_(
                "How long each part is under warranty from the day of the handover. A home keeps"
                " the version that was in force on that day."
            ),
            shape=WarrantyRules,
            default=WarrantyRules(),
        )
    )
    register_policy(
        PolicyKind(
            key=LEARNING,
            label=_("Learning from defects"),
            area=PolicyArea.UNITS,
            help=_("When defects become lessons for the next project."),
            shape=LearningRules,
            default=LearningRules(),
        )
    )


def _day(text: str) -> tuple[int, int] | None:
    month, _dash, day = text.partition("-")
    if not (month.isascii() and month.isdigit() and day.isascii() and day.isdigit()):
        return None
    try:
        date(ORDINARY_YEAR, int(month), int(day))
    except ValueError:
        return None
    return int(month), int(day)


def _season(start: str, end: str) -> Season:
    first, last = _day(start), _day(end)
    assert first is not None and last is not None  # noqa: S101, PT018 -- __post_init__ saw to it
    return Season(first, last)
