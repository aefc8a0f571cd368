"""Figures are read from the copy, nothing is written there, and nobody misses an own write."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from analytics.warehouse.selectors import base_cube, cube
from analytics.warehouse.services.refreshing import refresh_cubes
from crm_site.common import replica
from crm_site.common.replica import REPLICA, ReplicaMiddleware, reading_alias
from customers.models import Customer, Interaction
from tests.factories import CustomerFactory, InteractionFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def copy(monkeypatch) -> Iterator[Any]:
    """A second connection to the same rows that refuses to write."""
    options = {"options": "-c default_transaction_read_only=on"}
    described = connections.databases["default"] | {"OPTIONS": options}
    monkeypatch.setitem(connections.databases, REPLICA, described)
    monkeypatch.setitem(replica._down_until, REPLICA, 0.0)
    connections[REPLICA].connect()
    yield connections[REPLICA]
    connections[REPLICA].close()
    del connections[REPLICA]


@pytest.fixture(autouse=True)
def unwritten() -> Iterator[None]:
    token = replica._has_written.set(False)
    yield
    replica._has_written.reset(token)


def in_request(work: Any) -> Any:
    found: list[Any] = []

    def view(_request: Any) -> HttpResponse:
        found.append(work())
        return HttpResponse()

    ReplicaMiddleware(view)(RequestFactory().get("/"))
    return found[0]


def test_without_a_copy_everything_is_read_from_the_primary() -> None:
    assert reading_alias() == "default"


@pytest.mark.spec("ANA-53")
def test_cubes_are_read_from_the_copy_and_only_they(copy, org, now) -> None:
    InteractionFactory(customer=CustomerFactory(project=org.project_one), at=now)
    refresh_cubes(now=now)

    def figures() -> tuple[Any, Any]:
        with (
            CaptureQueriesContext(copy) as there,
            CaptureQueriesContext(connections["default"]) as here,
        ):
            found = cube("talks", ("project",)).total, base_cube("talks").total
            assert Customer.objects.count() == 1
        assert len(there) == 2
        assert len(here) == 1, "records are read where they are written"
        return found

    assert in_request(figures) == (1, 1)


def test_who_has_just_written_reads_it_from_the_primary(copy, org, now) -> None:
    talk = InteractionFactory(customer=CustomerFactory(project=org.project_one), at=now)

    def write_then_read() -> tuple[str, str]:
        before = reading_alias()
        Interaction.objects.filter(pk=talk.pk).update(result="visited")
        return before, reading_alias()

    assert in_request(write_then_read) == (REPLICA, "default")
    assert in_request(reading_alias) == REPLICA, "the next request begins anew"


def test_a_record_read_from_the_copy_is_saved_on_the_primary(copy, org) -> None:
    customer = CustomerFactory(project=org.project_one)

    def save() -> None:
        found = Customer.objects.using(REPLICA).get(pk=customer.pk)
        found.remark = "记下"
        found.save(update_fields=["remark"])

    with CaptureQueriesContext(copy) as there:
        in_request(save)
    assert all(query["sql"].startswith("SELECT") for query in there)
    assert Customer.objects.get(pk=customer.pk).remark == "记下"


def test_jobs_that_write_cells_never_ask_the_copy(copy, org, now) -> None:
    InteractionFactory(customer=CustomerFactory(project=org.project_one), at=now)
    with CaptureQueriesContext(copy) as there:
        refresh_cubes(now=now)
        refresh_cubes(now=now + timedelta(minutes=5))
    assert len(there) == 0


def test_a_copy_that_does_not_answer_is_left_alone_for_a_while(copy, monkeypatch) -> None:
    asked = []

    def refuse() -> None:
        asked.append(1)
        raise OperationalError("no answer")

    monkeypatch.setattr(copy, "ensure_connection", refuse)
    assert in_request(reading_alias) == "default"
    assert replica._down_until[REPLICA] > 0
    assert in_request(reading_alias) == "default"
    assert len(asked) == 1
