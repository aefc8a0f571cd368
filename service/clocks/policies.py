"""The policies of tickets' time limits: the table of limits, slow answers (SVC-04, SVC-100)."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import ClassVar, Final

from django.utils.translation import gettext_lazy as _

from crm_site.calendars.builtin import BUILTIN_PLANS, SERVICE_DESK
from crm_site.calendars.rules.clocks import REMINDER_PERCENTS
from crm_site.calendars.rules.states import Basis
from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting
from customers.rules.reminders import Audience, Escalation
from service.clocks.rules.limits import OUTER, Promise, TicketLimit
from service.tickets.rules import TicketKind, Urgency

TICKET_CLOCKS: Final = "sla.ticket"
TIMELINESS: Final = "service.timeliness"

HOUR = 60
DAY = 24 * HOUR
LONGEST = 366 * DAY
NAMES = [promise.value for promise in Promise]
FIRST, RESPONSE = Promise.FIRST_TOUCH.value, Promise.RESPONSE.value
FOLLOW_UP, CLOSURE = Promise.FOLLOW_UP.value, Promise.CLOSURE.value
REPAIR = TicketKind.REPAIR.value


@dataclass(frozen=True, slots=True)
class TicketClockPolicy:
    """How long a ticket may wait and who is told; a ticket keeps the version it was opened under.

    ``enforce_from``: what began before it gets no clock, so that nothing becomes late by switching
    the policy on. ``None`` sets no such day.
    """

    limits: tuple[TicketLimit, ...] = setting(
        _("Limits"),
        default=(
            TicketLimit(FIRST, 24 * HOUR),
            TicketLimit(FOLLOW_UP, 3 * DAY),
            TicketLimit(CLOSURE, 7 * DAY),
            TicketLimit(CLOSURE, 15 * DAY, urgency=Urgency.COMPLEX.value),
            TicketLimit(RESPONSE, 2 * HOUR, Basis.WORKING, urgency=Urgency.URGENT.value),
            TicketLimit(RESPONSE, 4 * HOUR, Basis.WORKING, urgency=Urgency.ROUTINE.value),
            TicketLimit(RESPONSE, 4 * HOUR, Basis.WORKING, urgency=Urgency.COMPLEX.value),
            TicketLimit(RESPONSE, 1 * HOUR, Basis.WORKING, REPAIR, urgency=Urgency.URGENT.value),
        ),
        help=_("Of the lines that fit a ticket, the one with most conditions counts."),
    )
    reminder_percents: tuple[int, ...] = setting(
        _("Reminders at"), default=REMINDER_PERCENTS, unit="%", low=1, high=100
    )
    escalations: tuple[Escalation, ...] = setting(
        _("Escalation"),
        default=(
            Escalation(Audience.SUPERVISOR, 0),
            Escalation(Audience.MANAGER, 4 * HOUR),
        ),
        help=_("Minutes after the limit has run out; the first line is told at once."),
    )
    enforce_from: datetime | None = setting(  # noqa: RUF009 -- a dataclass field
        _("Enforced from"),
        default=None,
        help=_("Tickets opened before this moment get no time limit."),
    )
    calendar: str = setting(_("Work calendar"), default=SERVICE_DESK)

    def __post_init__(self) -> None:
        _check_limits(self.limits)
        _check_escalations(self.escalations)
        percents = self.reminder_percents
        if len(set(percents)) != len(percents):
            raise FieldError("reminder_percents", _("Give each share only once."))
        if self.calendar not in BUILTIN_PLANS:
            raise FieldError("calendar", _choose(BUILTIN_PLANS))


@dataclass(frozen=True, slots=True)
class TimelinessPolicy:
    """When answers to repairs count as slow; the target of the timely rate is that of the KPI."""

    RETIRED: ClassVar[frozenset[str]] = frozenset({"target_percent"})  # in versions of before

    slow_minutes: int = setting(
        _("Repairs are answered slowly above"),
        default=8 * HOUR,
        unit=_("minutes"),
        low=1,
        high=30 * DAY,
        help=_("Median from opening to the first answer, natural time, over the last 30 days."),
    )
    slow_least: int = setting(_("Fewest answers for an alert"), default=3, low=1, high=1000)


def _choose(allowed: object) -> str:
    words = ", ".join(str(each) for each in allowed)  # type: ignore[attr-defined]
    return str(_("Choose one of: %(allowed)s.") % {"allowed": words})


def _check_limits(limits: tuple[TicketLimit, ...]) -> None:
    """Every promise has a line that fits any ticket, and every line a known clock and a time."""
    if any(line.clock not in NAMES for line in limits):
        raise FieldError("limits", _choose(NAMES))
    if any(not 0 < line.minutes <= LONGEST for line in limits):
        raise FieldError("limits", _("Give each limit between 1 minute and 366 days."))
    if any(line.calendar and line.calendar not in BUILTIN_PLANS for line in limits):
        raise FieldError("limits", _choose(BUILTIN_PLANS))
    general = {line.clock for line in limits if not line.conditions}
    if not {promise.value for promise in OUTER} <= general:
        raise FieldError(
            "limits",
            _("First answer, follow-up and closure each need a line without conditions."),
        )


def _check_escalations(levels: tuple[Escalation, ...]) -> None:
    if not levels:
        raise FieldError("escalations", _("Name at least one who is told."))
    minutes = [level.after_minutes for level in levels]
    if minutes[0]:
        raise FieldError("escalations", _("The first line is told at once: give 0 minutes."))
    if any(later <= earlier for earlier, later in pairwise(minutes)):
        raise FieldError("escalations", _("Each line is told later than the one before."))


def register() -> None:
    """Make the policies known."""
    register_policy(
        PolicyKind(
            key=TICKET_CLOCKS,
            label=_("Time limits of tickets"),
            area=PolicyArea.TIME,
            shape=TicketClockPolicy,
            default=TicketClockPolicy(),
            help=_("Tickets keep the version that was in force when they were opened."),
        )
    )
    register_policy(
        PolicyKind(
            key=TIMELINESS,
            label=_("Answers to repairs"),
            area=PolicyArea.TIME,
            shape=TimelinessPolicy,
            default=TimelinessPolicy(),
            help=_(
                "When answers to repairs are too slow. "
                "The target of timely handling is one of the KPIs."
            ),
        )
    )
