"""Agencies that brought customers to the first project: reports, visits, deals, a few disputes.

Written through the services at the times of the customers' own histories.
"""

import random
from datetime import datetime, timedelta

from django.db.models import Min, Q

from crm_site.demo import words
from crm_site.demo.company import Company
from crm_site.staff.models import User
from customers.arbitration.models import ClaimCase
from customers.arbitration.rules import EventKind
from customers.arbitration.services.events import Report, note_event, report
from customers.models import Lead, Purchase

CASES = 14
RIVALS, TIES = 5, 2  # of so many cases one is contested; so many without a visit have two at once


def report_customers(company: Company, *, chance: random.Random, now: datetime) -> None:
    """Report customers that came over agencies, and note what followed."""
    project, desk = company.projects[0], User.objects.get(username="channel")
    leads = Lead.objects.filter(project=project, source="agent", owner__isnull=False)
    visited = Min("interactions__at", filter=Q(interactions__channel="visit"))
    rows = leads.annotate(visited_at=visited).select_related("customer").order_by("received_at")
    found = list(rows[:CASES])
    ties = {lead.pk for lead in [each for each in found if each.visited_at is None][-TIES:]}
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
        if place % RIVALS != 2 and not is_tie:
            _note(case, EventKind.VERIFIED, given.party, desk, at + timedelta(minutes=12))
        if lead.visited_at is not None:
            party = given.party if place % 2 else ""
            _note(case, EventKind.VISITED, party, desk, lead.visited_at)
        _deal(case, lead, now)


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
