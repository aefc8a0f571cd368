"""What must be confirmed before signing, how soon the specialist calls, as policies."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting
from customers.journey.rules import ALWAYS, CHOSEN

FILE: Final = "journey.file"
TOURS: Final = "journey.tours"
VIEWINGS: Final = "journey.viewings"
SPECIALIST: Final = "journey.specialist"


@dataclass(frozen=True, slots=True)
class FileRules:
    """The template of the interaction file: which items block the signature (CUS-67)."""

    price: bool = setting(_("The price must be confirmed"), default=True)
    area: bool = setting(_("The area must be confirmed"), default=True)
    contract: bool = setting(_("The terms of the contract must be confirmed"), default=True)
    changes: bool = setting(_("The options for changes must be confirmed"), default=True)
    parking: bool = setting(_("Parking must be confirmed"), default=True)

    @property
    def mandatory(self) -> tuple[str, ...]:
        """The items without the adverse factors that must be confirmed."""
        chosen = (item.value for item in CHOSEN if getattr(self, item.value))
        return (*chosen, *(item.value for item in ALWAYS))


@dataclass(frozen=True, slots=True)
class SpecialistRules:
    """How soon a buyer hears of the customer specialist (CUS-68, SVC-73)."""

    contact_days: int = setting(
        _("First contact after the subscription within"),
        default=7,
        unit=_("days"),
        low=1,
        high=60,
    )


@dataclass(frozen=True, slots=True)
class ViewingRules:
    """The slots in which a sales office receives viewers, and how a booking goes on (CUS-61)."""

    opens: int = setting(_("First slot at"), default=9, unit=_("o'clock"), low=0, high=22)
    closes: int = setting(_("Last slot ends by"), default=18, unit=_("o'clock"), low=1, high=23)
    minutes: int = setting(_("A slot lasts"), default=60, unit=_("minutes"), low=15, high=240)
    capacity: int = setting(_("Viewings at a time in one sales office"), default=4, low=1, high=99)
    days_ahead: int = setting(_("Can be booked ahead"), default=14, unit=_("days"), low=1, high=60)
    link_days: int = setting(
        _("A link for booking online works for"), default=7, unit=_("days"), low=1, high=30
    )
    remind_hours: int = setting(
        _("The customer is reminded before"), default=24, unit=_("hours"), low=1, high=168
    )
    early_minutes: int = setting(
        _("Check-in from, before the slot"), default=60, unit=_("minutes"), low=0, high=240
    )
    no_show_minutes: int = setting(
        _("Counts as no-show after the end of the slot"),
        default=30,
        unit=_("minutes"),
        low=0,
        high=1440,
    )

    def __post_init__(self) -> None:
        if self.closes <= self.opens:
            raise FieldError("closes", _("The last slot must end after the first begins."))


@dataclass(frozen=True, slots=True)
class TourRules:
    """From when a look at a VR tour says something about the intent (CUS-62)."""

    seconds: int = setting(_("A look counts from"), default=30, unit=_("seconds"), low=1, high=3600)
    long_seconds: int = setting(
        _("A look is long from"), default=180, unit=_("seconds"), low=1, high=86400
    )
    intent: int = setting(_("A look raises the intent to"), default=2, low=1, high=3)
    long_intent: int = setting(_("A long look raises the intent to"), default=3, low=1, high=3)
    call_hours: int = setting(
        _("The consultant calls after a long look within"),
        default=24,
        unit=_("hours"),
        low=1,
        high=168,
    )

    def __post_init__(self) -> None:
        if self.long_seconds < self.seconds:
            raise FieldError("long_seconds", _("A long look lasts at least as long as a look."))


def register() -> None:
    """Make the policies known."""
    register_policy(
        PolicyKind(
            key=TOURS,
            label=_("VR tours"),
            area=PolicyArea.UNITS,
            help=_("What a look at a VR tour does: intent 1 weak to 3 strong, and the reminder."),
            shape=TourRules,
            default=TourRules(),
        )
    )
    register_policy(
        PolicyKind(
            key=VIEWINGS,
            label=_("Viewings at the sales office"),
            area=PolicyArea.UNITS,
            help=_("Slots, places and reminders of booked viewings; closed days have no slot."),
            shape=ViewingRules,
            default=ViewingRules(),
        )
    )
    register_policy(
        PolicyKind(
            key=SPECIALIST,
            label=_("First contact by the customer specialist"),
            area=PolicyArea.UNITS,
            help=_("By when the customer specialist speaks to a buyer after the subscription."),
            shape=SpecialistRules,
            default=SpecialistRules(),
        )
    )
    register_policy(
        PolicyKind(
            key=FILE,
            label=_("Interaction file"),
            area=PolicyArea.UNITS,
            help=_(
                "What a buyer must confirm before signing. Advantages, risks and every adverse"
                " factor always belong to it."
            ),
            shape=FileRules,
            default=FileRules(),
        )
    )
