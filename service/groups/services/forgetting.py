"""Unlearning texts whose tickets go."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from django.db.models import F

from customers.models import Project
from service.groups.models import GroupCorpus, PairCount
from service.groups.services.reading import BATCH, corpus_of, known_counts, words_in
from service.tickets.models import Ticket


def forget_texts(tickets: Sequence[int]) -> None:
    """Take the words of learned tickets out of the counts of their projects."""
    rows = Ticket.objects.filter(pk__in=tickets, text__isnull=False).order_by("project_id", "pk")
    by_project: dict[int, list[Ticket]] = defaultdict(list)
    for ticket in rows:
        by_project[ticket.project_id].append(ticket)
    projects = Project.objects.in_bulk(by_project)
    for key, learned in by_project.items():
        _forget(corpus_of(key), projects[key], learned)


def _forget(corpus: GroupCorpus, project: Project, tickets: Sequence[Ticket]) -> None:
    less: Counter[str] = Counter()
    for ticket in tickets:
        less.update(words_in(ticket, project).keys())
    known = known_counts(corpus, less)
    rows = [
        PairCount(corpus=corpus, pair=pair, texts=max(known[pair] - times, 0))
        for pair, times in sorted(less.items())
        if pair in known
    ]
    PairCount.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["corpus", "pair"],
        update_fields=["texts"],
    )
    PairCount.objects.filter(corpus=corpus, texts=0).delete()
    GroupCorpus.objects.filter(pk=corpus.pk).update(texts=F("texts") - len(tickets))
