"""How many statements a page costs, session and account included, however many rows it shows."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm_site.staff.models import User
from customers.models import Customer
from tests.factories import NOW, CustomerFactory, InteractionFactory, LeadFactory, TaskFactory

LIST_LIMIT = 10
RECORD_LIMIT = 15


def statements(client: Client, path: str) -> list[str]:
    """Return the SQL of the second look at ``path``; the first one fills the word lists."""
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def customers_of(owner: User, number: int) -> list[Customer]:
    """Return customers with everything that a row of the list shows."""
    made = CustomerFactory.create_batch(number, owner=owner)
    for place, customer in enumerate(made):
        lead = LeadFactory(customer=customer, owner=owner)
        InteractionFactory(customer=customer, lead=lead, author=owner)
        TaskFactory(customer=customer, owner=owner, due_at=NOW + timedelta(days=place))
    return made


@pytest.mark.parametrize("view", ["", "?view=all", "?q=张", "?view=due&due=today"])
def test_list_costs_the_same_for_one_row_and_for_twenty(
    consultant: User, client_for: Callable[[User], Client], view: str
) -> None:
    client = client_for(consultant)
    customers_of(consultant, 1)
    one = statements(client, f"/customers/{view}")
    customers_of(consultant, 19)
    twenty = statements(client, f"/customers/{view}")
    assert client.get(f"/customers/{view}").content.count(b'class="c-own"') == 20 + 1
    assert len(one) == len(twenty) <= LIST_LIMIT, "\n".join(twenty)


def test_a_search_for_blanks_is_no_search(
    consultant: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(consultant)
    customers_of(consultant, 1)
    sorted_after = [
        "place_of_name" in "".join(statements(client, f"/customers/?sort=name&q={text}"))
        for text in ("C", "%20")
    ]
    assert sorted_after == [True, False]


def test_pool_costs_the_same_for_one_row_and_for_twenty(
    consultant: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(consultant)
    project = consultant.node.project_id if consultant.node else None
    CustomerFactory(project_id=project)
    one = statements(client, "/pool/")
    CustomerFactory.create_batch(19, project_id=project)
    twenty = statements(client, "/pool/")
    assert client.get("/pool/").content.count(b'class="c-why"') == 20 + 1
    assert len(one) == len(twenty) <= LIST_LIMIT, "\n".join(twenty)


def test_record_costs_the_same_for_one_talk_and_for_twenty(
    consultant: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(consultant)
    (customer,) = customers_of(consultant, 1)
    path = f"/customers/{customer.pk}/"
    one = statements(client, path)
    InteractionFactory.create_batch(19, customer=customer, author=consultant)
    TaskFactory.create_batch(4, customer=customer, owner=consultant)
    LeadFactory.create_batch(4, customer=customer, owner=consultant)
    twenty = statements(client, path)
    assert client.get(path).content.count(b'class="tl-i') >= 20
    assert len(one) == len(twenty) <= RECORD_LIMIT, "\n".join(twenty)
