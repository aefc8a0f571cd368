"""What stands about the claims on a household: members, events, decisions."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from crm_site.policies.services import in_force
from customers.arbitration import choices
from customers.arbitration.models import ClaimCase, ClaimDecision, ClaimEvent
from customers.arbitration.policies import CLAIMS
from customers.arbitration.rules import Decision, Event, EventKind, Fired, Terms, decide
from customers.models.customer import Customer


@dataclass(frozen=True, slots=True)
class Hearing:
    """The events of a case as the decision reads them, with what pins them."""

    events: Sequence[Event]
    decision: Decision
    versions: list[int]
    digest: str


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule that fired, in words: for whom and at which event."""

    words: Any
    party: str
    at: datetime | None


def members_of(customer: Customer) -> list[int]:
    """Return the keys of all who count as one buyer with ``customer``, those merged away too."""
    together = Q(pk=customer.pk)
    if customer.household_id is not None:
        together |= Q(household=customer.household_id)
    keys = list(Customer.objects.filter(together).values_list("pk", flat=True))
    gone = Customer.objects.filter(merged_into__in=keys).values_list("pk", flat=True)
    return sorted({*keys, *gone})


def case_of(project_id: int, members: Iterable[int]) -> ClaimCase | None:
    """Return the one case of a household and project: the oldest of its members' cases."""
    rows = ClaimCase.objects.filter(project=project_id, customer__in=list(members))
    return rows.select_related("project", "customer").order_by("opened_at", "pk").first()


def events_of(case: ClaimCase) -> QuerySet[ClaimEvent]:
    """Return the events of the whole household, of cases that were opened apart as well."""
    rows = ClaimEvent.objects.filter(
        case__project=case.project_id, case__customer__in=members_of(case.customer)
    )
    return rows.select_related("actor", "customer").order_by("at", "pk")


def hear(case: ClaimCase) -> Hearing:
    """Return the events with their rules and what the rules make of them; writes nothing."""
    terms: dict[date, Terms] = {}
    rows = list(events_of(case))
    events = [_event(row, _terms_of(row.at, terms)) for row in rows]
    plain = [
        [
            row.pk,
            row.kind,
            row.party,
            row.customer_id,
            row.at.isoformat(),
            row.facts,
            event.terms.version,
        ]
        for row, event in zip(rows, events, strict=True)
    ]
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False)
    return Hearing(
        events=events,
        decision=decide(events),
        versions=sorted({event.terms.version for event in events}),
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def _terms_of(at: datetime, known: dict[date, Terms]) -> Terms:
    """Return the rules in force as the local day of ``at`` began; each day is read once."""
    day = timezone.localtime(at).date()
    if day not in known:
        found = in_force(CLAIMS, at=timezone.make_aware(datetime.combine(day, time.min)))
        known[day] = found.value.terms(found.version)
    return known[day]


def _event(row: ClaimEvent, terms: Terms) -> Event:
    facts = row.facts
    known_at = facts.get("known_at")
    return Event(
        key=row.pk,
        kind=EventKind(row.kind),
        at=row.at,
        customer=row.customer_id,
        terms=terms,
        party=row.party,
        has_surname=facts.get("has_surname", True),
        metres=facts.get("metres"),
        today=facts.get("today", 1),
        matches=facts.get("matches", 1),
        known_at=parse_datetime(known_at) if known_at else None,
    )


def latest_decision(case: ClaimCase) -> ClaimDecision | None:
    """Return the decision that counts."""
    return case.decisions.order_by("-number").first()


def fired_json(fired: Iterable[Fired]) -> list[dict[str, Any]]:
    """Return rules as a decision keeps them."""
    return [{"rule": one.rule.value, "party": one.party, "event": one.event} for one in fired]


def rule_lines(rows: Iterable[dict[str, Any]], moments: dict[int, datetime]) -> list[RuleLine]:
    """Return the rules of a decision in words, with the moment of their event."""
    return [
        RuleLine(
            choices.RULES.get(row["rule"], row["rule"]), row["party"], moments.get(row["event"])
        )
        for row in rows
    ]


def parties_of(cases: Sequence[ClaimCase]) -> dict[int, list[str]]:
    """Return who claims each case, in one statement."""
    found: dict[int, list[str]] = {case.pk: [] for case in cases}
    rows = ClaimEvent.objects.filter(case__in=found).exclude(party="").order_by("pk")
    for case, party in rows.values_list("case_id", "party"):
        if party not in found[case]:
            found[case].append(party)
    return found
