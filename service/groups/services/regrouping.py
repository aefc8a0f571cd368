"""The nightly run: all open texts of a project compared with each other, suggestions kept up."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from customers.models import Project
from service.groups.models import GroupCorpus, GroupSuggestion, TicketText
from service.groups.policies import DetectionRules, rules_at
from service.groups.rules.clustering import Links, add_points, grow, links_of, threshold
from service.groups.rules.linking import Facts, SuggestionState, points, same_groups, shared_facts
from service.groups.rules.text import vector_of
from service.groups.services.linking import text_row
from service.groups.services.reading import (
    COMPARED,
    all_counts,
    corpus_of,
    facts_of,
    learn,
    words_in,
)
from service.groups.services.showing import refresh
from service.tickets.models import Ticket

UNDECIDED = (SuggestionState.GROWING.value, SuggestionState.OPEN.value)


def regroup_all(*, now: datetime) -> int:
    """Group the open texts of every project anew; return how many suggestions stand."""
    rows = Ticket.objects.open().filter(kind__in=COMPARED).order_by("project_id")
    projects = rows.values_list("project_id", flat=True).distinct()
    return sum(regroup(project, now=now) for project in list(projects))


@transaction.atomic
def regroup(project_id: int, *, now: datetime) -> int:
    """Group the open texts of one project anew and return how many suggestions stand.

    Texts not learned yet are learned. What was accepted or rejected keeps its decision; undecided
    suggestions that no longer hold go. The same texts give the same groups.
    """
    project = Project.objects.get(pk=project_id)
    corpus = corpus_of(project_id)
    rules = rules_at(now)
    tickets = _open_tickets(project_id)
    texts = _texts(tickets, project, corpus)
    links = links_of([text.vector for text in texts])
    least = threshold(corpus.texts)
    add_points(links, _points(links, facts_of(tickets), tickets, rules, least))
    groups = grow(links, least=least)
    standing = _keep(project_id, texts, groups, links)
    for one in standing:
        one.words = []  # read anew
    refresh(standing, rules=rules, now=now)
    GroupCorpus.objects.filter(pk=corpus.pk).update(grouped_at=now)
    return len(standing)


def _open_tickets(project_id: int) -> list[Ticket]:
    rows = Ticket.objects.open().filter(project=project_id, kind__in=COMPARED)
    return list(rows.select_related("unit").order_by("opened_at", "pk"))


def _texts(tickets: Sequence[Ticket], project: Project, corpus: GroupCorpus) -> list[TicketText]:
    """Learn what is new, weigh every text by what is known now, and write the rows."""
    known = set(TicketText.objects.filter(project=project).values_list("pk", flat=True))
    counts = [words_in(ticket, project) for ticket in tickets]
    learn(corpus, (c for t, c in zip(tickets, counts, strict=True) if t.pk not in known))
    shared = all_counts(corpus)
    rows = [
        text_row(ticket, vector_of(count, shared, corpus.texts))
        for ticket, count in zip(tickets, counts, strict=True)
    ]
    TicketText.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["ticket"],
        update_fields=["terms", "weights", "at"],
    )
    return rows


def _points(
    links: Links,
    facts: dict[int, Facts],
    tickets: Sequence[Ticket],
    rules: DetectionRules,
    least: float,
) -> dict[tuple[int, int], float]:
    """Return what facts add: for pairs that share words, and for those of one building."""
    known = [facts[ticket.pk] for ticket in tickets]
    found = {}
    for one, other in sorted({*_linked(links), *_neighbouring(known, rules)}):
        shared = shared_facts(known[one], known[other], within=rules.within)
        if shared:
            found[one, other] = points(shared, least=least)
    return found


def _linked(links: Links) -> Iterable[tuple[int, int]]:
    return ((one, other) for one, row in enumerate(links) for other in row if one < other)


def _neighbouring(facts: Sequence[Facts], rules: DetectionRules) -> Iterable[tuple[int, int]]:
    """Return the pairs of one building whose times, which ascend, are near enough."""
    last: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(facts):
        if one.building is None:
            continue
        near = [p for p in last[one.building] if one.at - facts[p].at <= rules.within]
        last[one.building] = [*near, place]
        yield from ((other, place) for other in near)


def _keep(
    project_id: int,
    texts: Sequence[TicketText],
    groups: Sequence[Sequence[int]],
    links: Links,
) -> list[GroupSuggestion]:
    """Write which suggestion each text is in; return the suggestions that stand."""
    keys = [[texts[place].pk for place in group] for group in groups]
    rows = {one.pk: one for one in GroupSuggestion.objects.filter(project=project_id)}
    old: dict[int, list[int]] = defaultdict(list)
    held = TicketText.objects.filter(suggestion__in=rows).values_list("suggestion_id", "pk")
    for suggestion, text in held:
        old[suggestion].append(text)
    carried = same_groups(old, keys)
    standing, changed = [], []
    for place, group in enumerate(groups):
        one = rows[carried[place]] if place in carried else _new(project_id)
        one.size = len(group)
        one.within = sum(links[a].get(b, 0.0) for n, a in enumerate(group) for b in group[:n])
        standing.append(one)
        for member in group:
            texts[member].suggestion = one
            changed.append(texts[member])
    _let_go(texts, groups, rows, set(carried.values()), old)
    TicketText.objects.bulk_update(changed, ["suggestion"], batch_size=1000)
    return standing


def _new(project_id: int) -> GroupSuggestion:
    return GroupSuggestion.objects.create(project_id=project_id)


def _let_go(
    texts: Sequence[TicketText],
    groups: Sequence[Sequence[int]],
    rows: dict[int, GroupSuggestion],
    carried: set[int],
    old: dict[int, list[int]],
) -> None:
    """Free the texts that are in no group any more; drop undecided suggestions nobody carries."""
    inside = {texts[place].pk for group in groups for place in group}
    decided = {pk for pk, one in rows.items() if one.state not in UNDECIDED and pk not in carried}
    kept = {text for pk in decided for text in old[pk]}
    free = [text.pk for text in texts if text.pk not in inside and text.pk not in kept]
    TicketText.objects.filter(pk__in=free).update(suggestion=None)
    gone = [pk for pk, one in rows.items() if pk not in carried and one.state in UNDECIDED]
    GroupSuggestion.objects.filter(pk__in=gone).delete()
