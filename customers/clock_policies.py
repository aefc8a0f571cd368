"""The policies of clocks and tasks: limits, reminders, escalation (CUS-42)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.calendars.builtin import SALES_OFFICE
from crm_site.calendars.rules.clocks import REMINDER_PERCENTS
from crm_site.calendars.rules.states import Basis
from customers.rules.axes import ClockKind
from customers.rules.followups import INNER_LIMIT, Limit, Urgency
from customers.rules.reminders import Audience, Escalation

LEAD_CLOCKS: Final = "sla.lead"
TASK_REMINDERS: Final = "task.reminders"

HOUR = 60
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class LeadClockPolicy:
    """How long an enquiry may wait and who is told; a lead keeps the version it started with.

    ``enforce_from``: enquiries received before it get no clock, so that nothing becomes late by
    switching the policy on. ``None`` sets no such day.
    """

    limits: tuple[Limit, ...] = (
        Limit(ClockKind.FIRST_TOUCH.value, 24 * HOUR),
        Limit(ClockKind.FOLLOW_UP.value, 3 * DAY),
        Limit(ClockKind.CLOSURE.value, 7 * DAY),
        Limit(INNER_LIMIT, 2 * HOUR, Basis.WORKING, urgency=Urgency.URGENT.value),
        Limit(INNER_LIMIT, 4 * HOUR, Basis.WORKING, urgency=Urgency.ROUTINE.value),
    )
    reminder_percents: tuple[int, ...] = REMINDER_PERCENTS
    escalations: tuple[Escalation, ...] = (
        Escalation(Audience.SUPERVISOR, 0),
        Escalation(Audience.MANAGER, 4 * HOUR),
    )
    enforce_from: datetime | None = None
    calendar: str = SALES_OFFICE


@dataclass(frozen=True, slots=True)
class TaskReminderPolicy:
    """When the owner of a task is reminded and who is told when it stays undone (CUS-44)."""

    day_hour: int = 9
    before_minutes: int = 30
    escalations: tuple[Escalation, ...] = (
        Escalation(Audience.SUPERVISOR, DAY),
        Escalation(Audience.MANAGER, 3 * DAY),
    )
