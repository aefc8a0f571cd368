"""A revert takes rows out set by set, from every table that hangs on them; none is forgotten."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from crm_site.exchange.services import reverting
from customers.importers import removing
from customers.models import Customer, Interaction, Lead, LeadEvent, SourceEvent, Task
from tests.customers.importing import HEAD, imported, row
from tests.factories import CustomerFactory, InteractionFactory, LeadFactory, TaskFactory

FOREIGN_KEYS = """
SELECT c.conrelid::regclass::text, a.attname
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.confrelid = %s::regclass
"""
FORGOTTEN_TABLE = (
    "CREATE TABLE forgotten (customer_id bigint REFERENCES customers_customer DEFERRABLE"
    " INITIALLY DEFERRED)"
)
Place = tuple[str, str]


def reached_from(model: type[models.Model]) -> set[type[models.Model]]:
    """Return the models whose rows go with a row of ``model``."""
    reached, waiting = {model}, [model]
    while waiting:
        for relation in removing.references(waiting.pop()):
            child = relation.related_model
            if relation.on_delete is models.CASCADE and child not in reached:
                reached.add(child)
                waiting.append(child)
    return reached


def forgotten() -> set[Place]:
    """Return the foreign keys of the database to such rows that ``removing`` does not know."""
    missing: set[Place] = set()
    with connection.cursor() as cursor:
        for model in reached_from(Customer):
            cursor.execute(FOREIGN_KEYS, [model._meta.db_table])
            known = {
                (relation.related_model._meta.db_table, relation.field.column)
                for relation in removing.references(model)
            }
            missing |= set(cursor.fetchall()) - known
    return missing


@pytest.mark.django_db
def test_every_foreign_key_of_the_database_is_known() -> None:
    assert len(reached_from(Customer)) > 30
    assert forgotten() == set()


@pytest.mark.django_db
def test_a_table_that_removing_does_not_know_is_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute(FORGOTTEN_TABLE)
    assert forgotten() == {("forgotten", "customer_id")}


def started(rows, *, actor, now):
    job = imported(rows, actor=actor, now=now)
    reverting.start_revert(job=job, actor=actor, now=now + timedelta(days=1))
    return job


def counts() -> dict[str, int]:
    found = apps.get_app_config("customers").get_models()
    return {model._meta.label: model._base_manager.count() for model in found}


@transaction.atomic
def take_back(job, *, now) -> None:
    """Take the first part back and ask the database at once, as it does when a part ends."""
    reverting.revert(job_id=job.pk, clock=lambda: now, until=now)
    connection.check_constraints()


def stands(job) -> tuple[str, int, dict[str, int]]:
    """Return the state of the revert and the rows there are."""
    job.refresh_from_db()
    return job.state, job.parts_reverted, counts()


def test_what_removing_does_not_know_stops_the_revert_with_nothing_removed(supervisor, now) -> None:
    job = started([HEAD, row()], actor=supervisor, now=now)
    with connection.cursor() as cursor:
        cursor.execute(FORGOTTEN_TABLE)
        cursor.execute("INSERT INTO forgotten SELECT id FROM customers_customer")
    before = counts()
    with pytest.raises(IntegrityError):
        take_back(job, now=now)
    assert stands(job) == ("reverting", 0, before)


@pytest.mark.parametrize("left_out", [SourceEvent, LeadEvent, Lead])
def test_a_table_left_out_stops_the_revert_with_nothing_removed(
    supervisor, now, monkeypatch, left_out
) -> None:
    job = started([HEAD, row()], actor=supervisor, now=now)
    real = removing.references

    def without(model):
        return tuple(one for one in real(model) if one.related_model is not left_out)

    monkeypatch.setattr(removing, "references", without)
    before = counts()
    with pytest.raises(IntegrityError):
        take_back(job, now=now)
    assert stands(job) == ("reverting", 0, before)


def test_what_cascades_goes_and_what_lets_go_stays(consultant) -> None:
    customer, other = CustomerFactory(), CustomerFactory()
    lead, kept = LeadFactory(customer=customer), LeadFactory(customer=other)
    talk = InteractionFactory(customer=other, lead=lead, author=None)
    InteractionFactory(customer=customer, lead=lead, author=None)
    TaskFactory(customer=customer, lead=lead, owner=consultant)
    Customer.objects.filter(pk=other.pk).update(referrer=customer)
    assert removing.remove(Customer, []) == 0
    assert removing.remove(Customer, [customer.pk]) == 1
    connection.check_constraints()
    assert (Customer.objects.get(), Lead.objects.get()) == (other, kept)
    assert (Interaction.objects.get(), Task.objects.count()) == (talk, 0)
    talk.refresh_from_db()
    other.refresh_from_db()
    assert (talk.lead, other.referrer) == (None, None)


def test_as_many_statements_for_forty_rows_as_for_two(supervisor, now) -> None:
    needed = []
    for first, rows in ((0, 2), (100, 40)):
        people = [row(phone=f"154{first + n:08d}") for n in range(rows)]
        job = started([HEAD, *people], actor=supervisor, now=now)
        with CaptureQueriesContext(connection) as queries:
            assert not reverting.revert(job_id=job.pk, clock=lambda: now)
        job.refresh_from_db()
        assert job.revert_counts == {"removed": rows}
        needed.append(len(queries))
    assert needed[0] == needed[1]
    assert needed[0] < 60
