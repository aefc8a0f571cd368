"""Linking a complaint as it comes in: an indexed search for its neighbours, then one decision."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from service.groups.models import GroupCorpus, GroupSuggestion, TicketText
from service.groups.policies import DetectionRules, rules_at
from service.groups.rules.clustering import WEAKEST, best_group, inner_likeness, threshold
from service.groups.rules.linking import points, shared_facts
from service.groups.rules.text import KEYS, LONE, Vector, likeness, vector_of
from service.groups.services.promised import promised
from service.groups.services.reading import (
    COMPARED,
    corpus_of,
    facts_of,
    known_counts,
    learn,
    words_in,
)
from service.groups.services.showing import refresh
from service.tickets.models import Ticket
from service.tickets.querysets import OPEN

MOST_NEIGHBOURS = 600
READ = ("pk", "at", "promise", "suggestion", "suggestion__size", "suggestion__within")
FACTS = ("opened_at", "cause", "category", "unit__number", "unit__entrance", "unit__building")
RECENT, PATIENCE = timedelta(days=1), timedelta(minutes=2)


@dataclass(slots=True)
class Neighbour:
    """Another open complaint that shares words or the building, and how alike it is."""

    value: float
    pk: int
    at: datetime
    promise: str
    group: int | None
    size: int | None
    within: float | None


@transaction.atomic
def link_ticket(ticket_id: int, *, now: datetime) -> GroupSuggestion | None:
    """Learn the text of a complaint, once, and put it with those about the same matter.

    Return the suggestion it is in, ``None`` where nothing is alike or the ticket is not compared.
    Its cost depends on how many complaints share its rarest words, not on how many there are.
    """
    rows = Ticket.objects.filter(kind__in=COMPARED, merged_into=None)
    ticket = rows.select_related("project", "unit").filter(pk=ticket_id).first()
    if ticket is None:
        return None
    corpus = corpus_of(ticket.project_id)
    rules = rules_at(now)
    known = TicketText.objects.filter(ticket=ticket).select_related("suggestion").first()
    if known is not None:
        return known.suggestion or _linked_again(known, ticket, rules, corpus, now)
    counts = words_in(ticket, ticket.project)
    learn(corpus, [counts])
    vector = vector_of(counts, known_counts(corpus, counts), corpus.texts, lone=LONE)
    text = text_row(ticket, vector)
    text.promise = promised([ticket], ticket.project).get(ticket.pk, "")
    found = _neighbours(text, ticket, rules, corpus)
    text.suggestion = _joined(found, corpus, now)
    text.save(force_insert=True)
    if text.suggestion is not None:
        refresh([text.suggestion], rules=rules, now=now)
    return text.suggestion


def _linked_again(
    text: TicketText, ticket: Ticket, rules: DetectionRules, corpus: GroupCorpus, now: datetime
) -> GroupSuggestion | None:
    """Put a text that stood alone with others: its class or cause may be known since."""
    if not ticket.is_open:
        return None
    found = [each for each in _neighbours(text, ticket, rules, corpus) if each.pk != text.pk]
    text.suggestion = _joined(found, corpus, now)
    if text.suggestion is not None:
        text.save(update_fields=["suggestion"])
        refresh([text.suggestion], rules=rules, now=now)
    return text.suggestion


def text_row(ticket: Ticket, vector: Vector) -> TicketText:
    """Return the row, unsaved, that stands for a ticket's text; its pairs heaviest first."""
    ordered = sorted(vector.items(), key=lambda each: (-each[1], each[0]))
    terms = [pair for pair, _weight in ordered]
    return TicketText(
        ticket=ticket,
        project_id=ticket.project_id,
        at=ticket.opened_at,
        terms=terms,
        weights=[round(weight, 6) for _pair, weight in ordered],
    )


def _neighbours(
    text: TicketText, ticket: Ticket, rules: DetectionRules, corpus: GroupCorpus
) -> list[Neighbour]:
    near = Q(terms__overlap=text.terms[:KEYS]) if text.terms[:KEYS] else Q(pk__in=[])
    since, until = text.at - rules.within, text.at + rules.within
    if ticket.unit is not None:
        near |= Q(ticket__unit__building=ticket.unit.building_id, at__range=(since, until))
    if text.promise:
        near |= Q(promise=text.promise, at__range=(since, until))
    rows = TicketText.objects.filter(near, project=ticket.project_id, ticket__state__in=OPEN)
    read: Any = rows.order_by("-at", "-pk").values_list("terms", "weights", *READ)
    mine = text.vector
    found = [
        Neighbour(likeness(mine, dict(zip(terms, weights, strict=True))), *row)
        for terms, weights, *row in read[:MOST_NEIGHBOURS]
    ]
    _add_facts(found, text, ticket, rules, threshold(corpus.texts))
    return [each for each in found if each.value >= WEAKEST]


def _add_facts(
    found: list[Neighbour], text: TicketText, ticket: Ticket, rules: DetectionRules, least: float
) -> None:
    """Add what shared facts count; only those near in time can share any."""
    near = [each for each in found if abs(each.at - ticket.opened_at) <= rules.within]
    keys = [each.pk for each in near]
    others = Ticket.objects.filter(pk__in=keys).select_related("unit").only(*FACTS) if keys else []
    promises = {each.pk: each.promise for each in near} | {ticket.pk: text.promise}
    facts = facts_of([*others, ticket], promises)
    for each in near:
        shared = shared_facts(facts[each.pk], facts[ticket.pk], within=rules.within)
        each.value += points(shared, least=least)


def _joined(found: list[Neighbour], corpus: GroupCorpus, now: datetime) -> GroupSuggestion | None:
    """Return the group the text joins, a new one with its nearest single neighbour, or none."""
    shared: dict[int, float] = defaultdict(float)
    groups: dict[int, tuple[int, float | None]] = {}
    for each in found:
        key = -each.pk if each.group is None else each.group
        shared[key] += each.value
        groups[key] = (each.size or 1, inner_likeness(each.size or 1, each.within or 0.0))
    best = best_group(shared, groups, least=threshold(corpus.texts))
    if best is None:
        return None
    suggestion: GroupSuggestion
    if best > 0:
        suggestion = GroupSuggestion.objects.select_for_update(of=("self",)).get(pk=best)
    else:
        suggestion = GroupSuggestion.objects.create(project_id=corpus.pk, size=1)
        TicketText.objects.filter(pk=-best).update(suggestion=suggestion)
    suggestion.size += 1
    suggestion.within += shared[best]
    return suggestion


def link_left(*, now: datetime, most: int = 200) -> int:
    """Link open complaints of the last day that no worker has learned; return how many."""
    rows = Ticket.objects.open().filter(kind__in=COMPARED, text=None)
    recent = rows.filter(created_at__gte=now - RECENT, created_at__lt=now - PATIENCE)
    keys = list(recent.exclude(channel="import").order_by("pk").values_list("pk", flat=True)[:most])
    for key in keys:
        link_ticket(key, now=now)
    return len(keys)
