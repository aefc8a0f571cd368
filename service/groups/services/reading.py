"""Reading complaints for comparison: their words, their facts, and what the project has learned."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from django.db import connection
from django.db.models import F

from customers.models import Project
from customers.works.models import NodePayment
from service.groups.models import GroupCorpus, PairCount
from service.groups.rules.linking import Facts
from service.groups.rules.text import Vector, counts_of
from service.tickets.models import Ticket
from service.tickets.rules import TicketKind

COMPARED = (
    TicketKind.COMPLAINT.value,
    TicketKind.REPAIR.value,
    TicketKind.PRICE_DISPUTE.value,
    TicketKind.SUGGESTION.value,
)
BATCH = 4000
LEARN = """
INSERT INTO service_paircount AS known (corpus_id, pair, texts)
SELECT %s, fresh.pair, fresh.texts FROM unnest(%s::text[], %s::integer[]) AS fresh (pair, texts)
ON CONFLICT (corpus_id, pair) DO UPDATE SET texts = known.texts + excluded.texts
"""


def words_in(ticket: Ticket, project: Project) -> Vector:
    """Return the pairs of a ticket's text with their weights, without the project's own name."""
    return counts_of(ticket.subject, ticket.body, without=(project.name,))


def corpus_of(project_id: int) -> GroupCorpus:
    """Lock and return what the project has learned, made if new."""
    GroupCorpus.objects.get_or_create(project_id=project_id)
    return GroupCorpus.objects.select_for_update().get(project_id=project_id)


def learn(corpus: GroupCorpus, counts: Iterable[Vector]) -> None:
    """Add texts to what the locked corpus has counted."""
    fresh: Counter[str] = Counter()
    texts = 0
    for one in counts:
        fresh.update(one.keys())
        texts += 1
    pairs = sorted(fresh)
    with connection.cursor() as cursor:
        cursor.execute(LEARN, [corpus.pk, pairs, [fresh[pair] for pair in pairs]])
    GroupCorpus.objects.filter(pk=corpus.pk).update(texts=F("texts") + texts)
    corpus.texts += texts


def known_counts(corpus: GroupCorpus, pairs: Iterable[str]) -> dict[str, int]:
    """Return in how many texts each of these pairs stands."""
    wanted = sorted(pairs)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), BATCH):
        rows = PairCount.objects.filter(corpus=corpus, pair__in=wanted[start : start + BATCH])
        found.update(rows.values_list("pair", "texts"))
    return found


def all_counts(corpus: GroupCorpus) -> dict[str, int]:
    """Return in how many texts every pair stands that more than one has."""
    rows = PairCount.objects.filter(corpus=corpus, texts__gt=1)
    return dict(rows.values_list("pair", "texts"))


def facts_of(tickets: Iterable[Ticket], promises: Mapping[int, str]) -> dict[int, Facts]:
    """Return the facts of tickets of one project, whose units were read with them.

    ``promises`` names the promise each is about, where it is about one.
    """
    rows = list(tickets)
    firms = _contractors(rows)
    return {ticket.pk: _facts(ticket, firms, promises.get(ticket.pk, "")) for ticket in rows}


def _facts(ticket: Ticket, firms: Mapping[int, frozenset[str]], promise: str) -> Facts:
    unit = ticket.unit
    if unit is None:
        return Facts(
            at=ticket.opened_at,
            cause=ticket.cause_id,
            category=ticket.category_id,
            promise=promise,
        )
    number = unit.number
    column = number[-2:] if number.isdigit() and len(number) > 2 else number
    return Facts(
        at=ticket.opened_at,
        building=unit.building_id,
        stack=(unit.building_id, unit.entrance, column),
        cause=ticket.cause_id,
        category=ticket.category_id,
        contractors=firms.get(unit.building_id, frozenset()),
        promise=promise,
    )


def _contractors(tickets: Iterable[Ticket]) -> dict[int, frozenset[str]]:
    """Return the firms paid for work on the buildings of tickets."""
    wanted = {ticket.unit.building_id for ticket in tickets if ticket.unit is not None}
    if not wanted:
        return {}
    found: dict[int, set[str]] = defaultdict(set)
    rows = NodePayment.objects.filter(node__building__in=wanted)
    for building, firm in rows.values_list("node__building", "contractor").distinct():
        found[building].add(firm)
    return {building: frozenset(names) for building, names in found.items()}
