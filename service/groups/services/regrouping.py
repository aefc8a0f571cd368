"""The nightly run: all open texts of a project compared with each other, suggestions kept up.

Learning, comparing and writing are apart: what computes for seconds holds no transaction open, so
that complaints go on being linked meanwhile.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from customers.models import Project
from service.groups.models import GroupCorpus, GroupSuggestion, TicketText
from service.groups.policies import DetectionRules, rules_at
from service.groups.rules.clustering import (
    Links,
    add_points,
    grow,
    links_of,
    lone_share,
    threshold,
)
from service.groups.rules.linking import Facts, SuggestionState, points, same_groups, shared_facts
from service.groups.rules.text import Vector, vector_of
from service.groups.services.linking import link_ticket, text_row
from service.groups.services.promised import promised
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
from service.tickets.querysets import OPEN

UNDECIDED = (SuggestionState.GROWING.value, SuggestionState.OPEN.value)
AT_ONCE = 2000  # texts learned in one transaction
SHOWN_AT_ONCE = 100  # suggestions described between two statements


def regroup_all(*, now: datetime) -> int:
    """Group the open texts of every project anew; return how many suggestions stand."""
    rows = Ticket.objects.open().filter(kind__in=COMPARED).order_by("project_id")
    projects = rows.values_list("project_id", flat=True).distinct()
    return sum(regroup(project, now=now) for project in list(projects))


def regroup(project_id: int, *, now: datetime) -> int:
    """Group the open texts of one project anew and return how many suggestions stand.

    Texts not learned yet are learned. What was accepted or rejected keeps its decision; undecided
    suggestions that no longer hold go. The same texts give the same groups. A complaint that came
    in meanwhile keeps its place or is given one.
    """
    project = Project.objects.get(pk=project_id)
    counts = _learn_left(project)
    tickets = _open_tickets(project_id)
    rules = rules_at(now)
    texts = _weighed(tickets, project, counts)
    links = links_of([text.vector for text in texts])
    least = threshold(GroupCorpus.objects.get_or_create(project=project)[0].texts)
    facts = facts_of(tickets, {text.pk: text.promise for text in texts})
    add_points(links, _points(links, facts, tickets, rules, least))
    groups = grow(links, least=least)
    count = _write(project_id, texts, groups, links, rules=rules, now=now)
    _link_newcomers(project_id, texts, now)
    return count


def _learn_left(project: Project) -> dict[int, Vector]:
    """Learn what nobody has learned, part by part; return the counted pairs of each."""
    rows = Ticket.objects.open().filter(project=project, kind__in=COMPARED, text=None)
    left = list(rows.order_by("pk").values_list("pk", flat=True))
    counts: dict[int, Vector] = {}
    for start in range(0, len(left), AT_ONCE):
        counts |= _learn_part(project, left[start : start + AT_ONCE])
    return counts


@transaction.atomic
def _learn_part(project: Project, keys: Sequence[int]) -> dict[int, Vector]:
    corpus = corpus_of(project.pk)
    tickets = list(Ticket.objects.filter(pk__in=keys, text=None).order_by("pk"))
    counts = {ticket.pk: words_in(ticket, project) for ticket in tickets}
    learn(corpus, counts.values())
    TicketText.objects.bulk_create(
        [TicketText(ticket=each, project=project, at=each.opened_at) for each in tickets],
        batch_size=500,
    )
    return counts


def _open_tickets(project_id: int) -> list[Ticket]:
    rows = Ticket.objects.open().filter(project=project_id, kind__in=COMPARED, text__isnull=False)
    return list(rows.select_related("unit").order_by("opened_at", "pk"))


def _weighed(
    tickets: Sequence[Ticket], project: Project, counts: dict[int, Vector]
) -> list[TicketText]:
    """Return every text, unsaved, weighed by what is known now, with the promise it is about."""
    corpus = GroupCorpus.objects.get_or_create(project=project)[0]
    shared, promises = all_counts(corpus), promised(tickets, project)
    lone = lone_share(corpus.texts)
    rows = []
    for ticket in tickets:
        count = counts.get(ticket.pk) or words_in(ticket, project)
        row = text_row(ticket, vector_of(count, shared, corpus.texts, lone=lone))
        row.promise = promises.get(ticket.pk, "")
        rows.append(row)
    return rows


def _points(
    links: Links,
    facts: dict[int, Facts],
    tickets: Sequence[Ticket],
    rules: DetectionRules,
    least: float,
) -> dict[tuple[int, int], float]:
    """Return what facts add: for pairs that share words, a building or a promise."""
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
    """Return the pairs of one building or promise whose times, which ascend, are near enough."""
    last: dict[int | str, list[int]] = defaultdict(list)
    for place, one in enumerate(facts):
        for key in (one.building, one.promise):
            if not key:
                continue
            near = [p for p in last[key] if one.at - facts[p].at <= rules.within]
            last[key] = [*near, place]
            yield from ((other, place) for other in near)


@transaction.atomic
def _write(
    project_id: int,
    texts: Sequence[TicketText],
    groups: Sequence[Sequence[int]],
    links: Links,
    *,
    rules: DetectionRules,
    now: datetime,
) -> int:
    """Write the texts and which suggestion each is in; return how many suggestions stand.

    Suggestions are locked, so that a decision taken meanwhile is never written over.
    """
    corpus = corpus_of(project_id)
    alive = set(TicketText.objects.filter(project=project_id).values_list("pk", flat=True))
    whole = [[place for place in group if texts[place].pk in alive] for group in groups]
    groups = [group for group in whole if len(group) > 1]
    rows = _locked(project_id)
    old: dict[int, list[int]] = defaultdict(list)
    held = TicketText.objects.filter(suggestion__in=rows).values_list("suggestion_id", "pk")
    for suggestion, text in held:
        old[suggestion].append(text)
    carried = same_groups(old, [[texts[place].pk for place in group] for group in groups])
    standing = _standing(project_id, len(groups), rows, carried)
    _place(texts, groups, standing, links)
    _stay(texts, rows, set(carried.values()), old)
    _save([text for text in texts if text.pk in alive])
    gone = [pk for pk, one in rows.items() if pk not in carried.values() and one.state in UNDECIDED]
    GroupSuggestion.objects.filter(pk__in=gone).delete()
    for start in range(0, len(standing), SHOWN_AT_ONCE):
        refresh(standing[start : start + SHOWN_AT_ONCE], rules=rules, now=now)
    GroupCorpus.objects.filter(pk=corpus.pk).update(grouped_at=now)
    return len(standing)


def _locked(project_id: int) -> dict[int, GroupSuggestion]:
    rows = GroupSuggestion.objects.filter(project=project_id).order_by("pk")
    return {one.pk: one for one in rows.select_for_update(of=("self",))}


def _standing(
    project_id: int, count: int, rows: dict[int, GroupSuggestion], carried: dict[int, int]
) -> list[GroupSuggestion]:
    """Return the suggestion of each group: the one it carries on, else a new one."""
    new = [GroupSuggestion(project_id=project_id) for place in range(count) if place not in carried]
    made = iter(GroupSuggestion.objects.bulk_create(new))
    return [rows[carried[place]] if place in carried else next(made) for place in range(count)]


def _place(
    texts: Sequence[TicketText],
    groups: Sequence[Sequence[int]],
    standing: Sequence[GroupSuggestion],
    links: Links,
) -> None:
    """Put the texts of each group into its suggestion."""
    for one, group in zip(standing, groups, strict=True):
        one.size, one.words = len(group), []  # the words are read anew
        one.within = sum(links[a].get(b, 0.0) for n, a in enumerate(group) for b in group[:n])
        for place in group:
            texts[place].suggestion = one


def _stay(
    texts: Sequence[TicketText],
    rows: dict[int, GroupSuggestion],
    carried: set[int],
    old: dict[int, list[int]],
) -> None:
    """Leave the texts that are in no group any more in what was decided about them."""
    decided = {pk for pk, one in rows.items() if one.state not in UNDECIDED and pk not in carried}
    place = {text: rows[pk] for pk in decided for text in old[pk]}
    for text in texts:
        if text.suggestion is None:
            text.suggestion = place.get(text.pk)


def _save(texts: Sequence[TicketText]) -> None:
    TicketText.objects.bulk_create(
        texts,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["ticket"],
        update_fields=["terms", "weights", "at", "promise", "suggestion"],
    )


def _link_newcomers(project_id: int, texts: Sequence[TicketText], now: datetime) -> None:
    """Give a place to what came in while the others were compared, and stands alone now."""
    rows = TicketText.objects.filter(project=project_id, suggestion=None, ticket__state__in=OPEN)
    new = set(rows.values_list("pk", flat=True)) - {text.pk for text in texts}
    for key in sorted(new):
        link_ticket(key, now=now)
