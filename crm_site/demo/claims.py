"""Agencies that brought customers to the first project: reports, visits, deals, a few disputes.

Written through the services at the times of the customers' own histories.
"""

import random
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, Q

from crm_site.demo import words
from crm_site.demo.company import Company
from crm_site.staff.models import User
from customers.arbitration.models import ClaimCase
from customers.arbitration.rules import EventKind
from customers.arbitration.services.events import Report, note_event, report
from customers.models import Lead, Project, Purchase

CASES, PROMPT = 14, 5  # of so many households so many came to see a home while they were protected
SOON = (timedelta(hours=1), timedelta(days=25))
RIVALS, TIES = 5, 2  # of so many cases one is contested; so many without a visit have two at once


def report_customers(company: Company, *, chance: random.Random, now: datetime) -> None:
    """Report customers that came over agencies, and note what followed."""
    project, desk = company.projects[0], User.objects.get(username="channel")
    found = _brought(project)
    ties = {lead.pk for lead in [each for each in found if each.visited_at is None][-TIES:]}
    shown = 0  # of those who came late, every second one with the agency
    for place, lead in enumerate(found):
        at = lead.received_at
        given = Report(
            project=project,
            phone=str(lead.customer.phone),
            name=lead.customer.name[:1],
            party=chance.choice(words.AGENCIES),
        )
        [case, *_others] = report(given=given, actor=desk, now=at)
        rival = next(name for name in words.AGENCIES if name != given.party)
        is_tie = lead.pk in ties
        if is_tie or place % RIVALS == 1:
            later = timedelta() if is_tie else timedelta(hours=20)
            other = Report(project=project, phone=given.phone, name=given.name, party=rival)
            report(given=other, actor=desk, now=at + later)
        is_shown = lead.visited_at is not None and (_came_soon(lead) or shown % 2 == 0)
        if (is_shown or place % RIVALS != 2) and not is_tie:
            _note(case, EventKind.VERIFIED, given.party, desk, at + timedelta(minutes=12))
        if lead.visited_at is not None:
            shown += 1
            party = given.party if is_shown else ""
            _note(case, EventKind.VISITED, party, desk, lead.visited_at)
        _deal(case, lead, now)


def _brought(project: Project) -> list[Any]:
    """Return leads of agencies by their enquiry, with ``visited_at``; some came soon, at any seed.

    Sorted in two, because few come within the days of their protection, and a demo in which nobody
    does has no claim that wins.
    """
    leads = Lead.objects.filter(project=project, source="agent", owner__isnull=False)
    visited = Min("interactions__at", filter=Q(interactions__channel="visit"))
    rows = list(
        leads.annotate(visited_at=visited).select_related("customer").order_by("received_at")
    )
    soon = [each for each in rows if each.visited_at is not None and _came_soon(each)][:PROMPT]
    others = [each for each in rows if each not in soon][: CASES - len(soon)]
    return sorted([*soon, *others], key=lambda each: each.received_at)


def _came_soon(lead: Any) -> bool:
    return bool(SOON[0] <= lead.visited_at - lead.received_at <= SOON[1])


def _deal(case: ClaimCase, lead: Lead, now: datetime) -> None:
    purchases = Purchase.objects.filter(lead=lead, subscribed_at__isnull=False).order_by("pk")
    first = purchases.first()
    if first is None or first.subscribed_at is None:
        return
    _note(case, EventKind.DEPOSIT, "", None, first.subscribed_at)
    if first.signed_at is not None and first.signed_at <= now:
        _note(case, EventKind.SIGNED, "", None, first.signed_at)


def _note(case: ClaimCase, kind: EventKind, party: str, actor: User | None, at: datetime) -> None:
    note_event(case=case, kind=kind, party=party, actor=actor, now=at)
