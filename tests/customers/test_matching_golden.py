"""Finding the same person in a file of planted variants and traps, through the importer (BEY-01).

The file names the entity of each row; traps are namesakes, couples who share a number and the
number of an agent.
"""

import csv
import itertools
from collections import defaultdict
from decimal import Decimal

import pytest

from crm_site.exchange.services import jobs
from customers.duplicate_policy import DuplicateRules
from customers.models import Customer, DuplicateSuggestion, Merge, SourceEvent
from customers.services import duplicates
from customers.services.duplicates import find_duplicates
from tests.customers.importing import causes, shared_file, uploaded, written

pytestmark = pytest.mark.django_db
COLUMNS = ("record_id", "name", "phone", "wechat", "project", "source")


@pytest.fixture
def rows():
    with shared_file("dedupe_cn_synthetic.csv").open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


@pytest.fixture
def landed(rows, org, executive, now):
    """The rows imported; record id -> customer id."""
    sheet = [list(COLUMNS), *([row[name] for name in COLUMNS] for row in rows)]
    job = uploaded(sheet, actor=executive, now=now)
    mapping = {**job.mapping, "record_id": "external_id"}
    jobs.set_mapping(job=job, mapping=mapping, options=job.options, actor=executive)
    job = written(job, now=now)
    leads = SourceEvent.objects.filter(import_job=job.pk)
    return dict(leads.values_list("lead__external_id", "customer_id")), job


def true_pairs(rows):
    """Pairs of records of one entity, by record id."""
    entities = defaultdict(list)
    for row in rows:
        entities[row["entity"]].append(row["record_id"])
    return {pair for ids in entities.values() for pair in itertools.combinations(sorted(ids), 2)}


@pytest.mark.spec("BEY-01")
def test_a_file_of_variants_fills_the_queue_and_no_trap_is_merged(rows, landed, executive, now):
    places, job = landed
    assert "bad" not in job.counts
    assert len(places) == len(rows) == 4105
    entity = {row["record_id"]: row["entity"] for row in rows}
    together = defaultdict(set)
    for record, customer in places.items():
        together[customer].add(entity[record])
    # What the import took for one person is one person: nobody's name was lost under another's.
    assert {len(entities) for entities in together.values()} == {1}
    assert len(causes(job)["shared_phone"]) == 84
    done = find_duplicates(now=now)
    assert done.compared < len(rows)
    owners = {customer: next(iter(entities)) for customer, entities in together.items()}
    found = list(DuplicateSuggestion.objects.values_list("left_id", "right_id"))
    right = {pair for pair in found if owners[pair[0]] == owners[pair[1]]}
    at_import = {p for p in true_pairs(rows) if places[p[0]] == places[p[1]]}
    recall = Decimal(len(right) + len(at_import)) / len(true_pairs(rows))
    precision = Decimal(len(right)) / len(found)
    # The figures docs/duplicates.md states.
    assert (len(at_import), len(found), len(right)) == (449, 269, 269)
    assert recall >= Decimal("0.75")
    assert precision >= Decimal("0.95")
    assert not Merge.objects.exists()
    again = find_duplicates(now=now)
    assert (again.proposed, again.dropped) == (done.proposed, 0)
    assert DuplicateSuggestion.objects.count() == len(found)


def test_merging_without_asking_touches_one_person_only(rows, landed, now, monkeypatch):
    places, _job = landed
    rules = DuplicateRules(merge_by_itself=True)
    monkeypatch.setattr(duplicates, "rules_in_force", lambda now: rules)
    customers = {customer: row for row in rows for customer in [places[row["record_id"]]]}
    done = find_duplicates(now=now)
    merges = list(Merge.objects.values_list("kept_id", "gone_id"))
    wrong = [p for p in merges if customers[p[0]]["entity"] != customers[p[1]]["entity"]]
    assert len(merges) == done.merged > 0
    assert len(wrong) <= len(merges) * Decimal("0.01")
    assert wrong == []
    assert Customer.objects.filter(merged_into__isnull=False).count() == len(merges)
