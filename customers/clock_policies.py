"""The policies of clocks and tasks: limits, reminders, escalation (CUS-42)."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.calendars.builtin import BUILTIN_PLANS, SALES_OFFICE
from crm_site.calendars.rules.clocks import REMINDER_PERCENTS
from crm_site.calendars.rules.states import Basis
from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting
from customers.rules.axes import ClockKind
from customers.rules.followups import CLOCK_NAMES, INNER_LIMIT, Limit, Urgency
from customers.rules.reminders import Audience, Escalation

LEAD_CLOCKS: Final = "sla.lead"
TASK_REMINDERS: Final = "task.reminders"

HOUR = 60
DAY = 24 * HOUR
LONGEST = 366 * DAY


@dataclass(frozen=True, slots=True)
class LeadClockPolicy:
    """How long an enquiry may wait and who is told; a lead keeps the version it started with.

    ``enforce_from``: enquiries received before it get no clock, so that nothing becomes late by
    switching the policy on. ``None`` sets no such day.
    """

    limits: tuple[Limit, ...] = setting(
        _("Limits"),
        default=(
            Limit(ClockKind.FIRST_TOUCH.value, 24 * HOUR),
            Limit(ClockKind.FOLLOW_UP.value, 3 * DAY),
            Limit(ClockKind.CLOSURE.value, 7 * DAY),
            Limit(INNER_LIMIT, 2 * HOUR, Basis.WORKING, urgency=Urgency.URGENT.value),
            Limit(INNER_LIMIT, 4 * HOUR, Basis.WORKING, urgency=Urgency.ROUTINE.value),
        ),
        help=_("Of the lines that fit an enquiry, the one with most conditions counts."),
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
        help=_("Enquiries received before this moment get no time limit."),
    )
    calendar: str = setting(_("Work calendar"), default=SALES_OFFICE)

    def __post_init__(self) -> None:
        _check_limits(self.limits)
        _check_escalations(self.escalations)
        if self.escalations[0].after_minutes:
            raise FieldError("escalations", _("The first line is told at once: give 0 minutes."))
        percents = self.reminder_percents
        if len(set(percents)) != len(percents):
            raise FieldError("reminder_percents", _("Give each share only once."))
        if self.calendar not in BUILTIN_PLANS:
            raise FieldError(
                "calendar",
                _("Choose one of: %(allowed)s.") % {"allowed": ", ".join(BUILTIN_PLANS)},
            )


@dataclass(frozen=True, slots=True)
class TaskReminderPolicy:
    """When the owner of a task is reminded and who is told when it stays undone (CUS-44)."""

    day_hour: int = setting(
        _("On the day, remind at"), default=9, unit=_("o'clock"), low=0, high=23
    )
    before_minutes: int = setting(
        _("Remind before the time is due"), default=30, unit=_("minutes"), low=1, high=DAY
    )
    escalations: tuple[Escalation, ...] = setting(
        _("Escalation"),
        default=(
            Escalation(Audience.SUPERVISOR, DAY),
            Escalation(Audience.MANAGER, 3 * DAY),
        ),
        help=_("Minutes after the task was due."),
    )

    def __post_init__(self) -> None:
        _check_escalations(self.escalations)


def _check_limits(limits: tuple[Limit, ...]) -> None:
    """Every promise has a line that fits any enquiry, and every line a known clock and a time."""
    if any(line.clock not in CLOCK_NAMES for line in limits):
        allowed = ", ".join(CLOCK_NAMES)
        raise FieldError("limits", _("Choose one of: %(allowed)s.") % {"allowed": allowed})
    if any(not 0 < line.minutes <= LONGEST for line in limits):
        raise FieldError("limits", _("Give each limit between 1 minute and 366 days."))
    general = {line.clock for line in limits if not line.conditions}
    if not {kind.value for kind in ClockKind} <= general:
        raise FieldError(
            "limits", _("First touch, follow-up and closure each need a line without conditions.")
        )


def _check_escalations(levels: tuple[Escalation, ...]) -> None:
    if not levels:
        raise FieldError("escalations", _("Name at least one who is told."))
    minutes = [level.after_minutes for level in levels]
    if minutes[0] < 0 or any(later <= earlier for earlier, later in pairwise(minutes)):
        raise FieldError("escalations", _("Each line is told later than the one before."))


def register() -> None:
    """Make the policies known."""
    register_policy(
        PolicyKind(
            key=LEAD_CLOCKS,
            label=_("Time limits of enquiries"),
            area=PolicyArea.TIME,
            shape=LeadClockPolicy,
            default=LeadClockPolicy(),
            help=_("Enquiries keep the version that was in force when they were received."),
        )
    )
    register_policy(
        PolicyKind(
            key=TASK_REMINDERS,
            label=_("Reminders of tasks"),
            area=PolicyArea.TIME,
            help=_("When a task reminds its owner, and who hears of it afterwards."),
            shape=TaskReminderPolicy,
            default=TaskReminderPolicy(),
        )
    )
