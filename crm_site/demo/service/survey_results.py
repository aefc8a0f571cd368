"""What came of the answers of the demo: care for the low ones, sheets, alerts, plans, reports."""

import random
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils import timezone

from crm_site.demo.service import survey_words as words
from crm_site.staff.models import User
from service.surveys.models import Survey
from service.surveys.services.monitoring import make_sheets, watch_drops
from service.surveys.services.planning import (
    ItemEntry,
    change_item,
    low_figures,
    plan_improvement,
)
from service.surveys.services.reporting import Period, make_report
from service.tickets.models import Ticket
from service.tickets.rules import TicketState
from service.tickets.services.calling_back import Rating, record_callback
from service.tickets.services.moving import move_ticket
from service.tickets.services.steps import reply, take_answer, take_over

MONTHS: Final = 9
CARED_AFTER: Final = timedelta(days=4)  # whoever waits longer was called and is content again
PLANNED: Final = 6  # items of the plan that have a measure


def tend_low(*, chance: random.Random, now: datetime) -> None:
    """Lead the care tickets of low answers to their end, but for those of the last days."""
    people = {name: User.objects.get(username=name) for name in ("agent", "specialist")}
    rows = Ticket.objects.filter(source="survey", state=TicketState.RECEIVED.value)
    for ticket in rows.order_by("pk"):
        if now - ticket.opened_at < CARED_AFTER:
            continue
        at = ticket.opened_at + timedelta(hours=chance.uniform(0.5, 1.8))
        agent, specialist = people["agent"], people["specialist"]
        take_over(ticket, actor=specialist, now=at)
        at += timedelta(hours=chance.uniform(1, 5))
        move_ticket(ticket, TicketState.EXECUTING, actor=specialist, now=at)
        at += timedelta(hours=chance.uniform(2, 20))
        reply(ticket, solution=chance.choice(words.CARED), actor=specialist, now=at)
        at += timedelta(hours=chance.uniform(0.2, 2))
        take_answer(ticket, answer="accepted", note="", actor=specialist, now=at)
        at += timedelta(hours=chance.uniform(4, 20))
        said = Rating(
            solved="yes", pleasant=chance.choice((4, 5, 5)), words=chance.choice(words.CALLED)
        )
        record_callback(ticket, rating=said, actor=agent, now=at)
        if ticket.state == TicketState.CALLBACK:
            move_ticket(ticket, TicketState.CLOSED, actor=agent, now=at)


def judge(yearly: Survey | None, *, manager: User, chance: random.Random, now: datetime) -> None:
    """Write alerts and sheets month by month, the plan of improvement, and the two reports."""
    today = timezone.localdate(now)
    for day in _months(today):
        at = _at(day + timedelta(days=1))
        watch_drops(now=at)
        make_sheets(now=at)
    if yearly is not None:
        _plan(yearly, manager=manager, chance=chance, now=now)
    half = date(today.year, 6, 30)
    if half < today:
        period = Period(kind="mid_year", starts_on=date(today.year, 1, 1), ends_on=half)
        at = min(_at(half + timedelta(days=6)), now)
        make_report(period=period, actor=manager, now=at)
    last = today.replace(day=1) - timedelta(days=1)
    start = (last + timedelta(days=1)).replace(year=last.year - (last.month != 12))
    period = Period(kind="annual", starts_on=start, ends_on=last)
    make_report(period=period, actor=manager, now=now - timedelta(hours=3))


def _plan(yearly: Survey, *, manager: User, chance: random.Random, now: datetime) -> None:
    begun = now - timedelta(days=33)
    if not low_figures(yearly, now=begun):
        return
    plan = plan_improvement(survey=yearly, actor=manager, now=begun)
    owners = list(User.objects.filter(username__in=("specialist", "engineering", "marketing")))
    for place, item in enumerate(plan.items.order_by("figure", "pk")[: 2 * PLANNED]):
        measure, result = words.MEASURES[place % len(words.MEASURES)]
        is_done = bool(result) and place < PLANNED
        entry = ItemEntry(
            measure=measure,
            owner=owners[place % len(owners)],
            due_on=timezone.localdate(now) + timedelta(days=chance.randint(10, 60)),
            done_on=timezone.localdate(now) - timedelta(days=3) if is_done else None,
            result=result if is_done else "",
        )
        change_item(item=item, entry=entry, actor=manager, now=now)


def _months(today: date) -> list[date]:
    """Return the first days of the last months, the oldest first, with the running one."""
    found = [today.replace(day=1)]
    for _each in range(MONTHS):
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


def _at(day: date) -> datetime:
    return datetime.combine(day, time(3), timezone.get_current_timezone())
