"""The customer list of every scope: its statements are few and none reads a whole table."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm_site.common.crypto import blind_index
from crm_site.staff.models import User
from customers.indexes import tail_index
from customers.models import Customer, Lead, Task
from customers.rules.search import name_tokens
from tests.factories import NOW, CustomerFactory, LeadFactory

# account -> scope: own, team, project, region, company
SCOPES = ("consultant", "supervisor", "marketing", "executive", "head_office")
LIST_LIMIT, PAGE_LIMIT = 10, 25
PEOPLE = 20_000
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"

LogIn = Callable[[User], Client]


def statements(client: Client, path: str) -> list[str]:
    """Return the SQL of the second look at ``path``; the first one fills the word lists."""
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def customers_of(owner: User, number: int) -> list[Customer]:
    """Write customers with a lead and a task each, in three statements."""
    made = Customer.objects.bulk_create(CustomerFactory.build(owner=owner) for _ in range(number))
    Lead.objects.bulk_create(
        LeadFactory.build(customer=customer, owner=owner, source="walk_in") for customer in made
    )
    Task.objects.bulk_create(
        Task(customer=each, owner=owner, title="回访", due_at=NOW + timedelta(days=place))
        for place, each in enumerate(made)
    )
    return made


@pytest.mark.parametrize("account", SCOPES)
def test_list_costs_the_same_for_ten_fifty_and_a_hundred_rows(
    cast: dict[str, User], client_for: LogIn, account: str
) -> None:
    client, path = client_for(cast[account]), "/customers/?page_size=100"
    counts, rows = [], 0
    for number in (10, 50, 100):
        customers_of(cast["consultant"], number - rows)
        rows = number
        counts.append(len(statements(client, path)))
        page = client.get(path).content.decode()
        assert page.count('class="c-own"') == number + 1, page[page.find("<thead") :][:4000]
    assert counts[0] == counts[1] == counts[2] <= LIST_LIMIT, counts


@pytest.mark.check("B-19")
@pytest.mark.parametrize(
    ("account", "path"),
    [
        ("consultant", "/customers/?page_size=100"),
        ("head_office", "/customers/?page_size=100"),
        ("supervisor", "/customers/?page_size=100&q=张"),
        ("consultant", "/tasks/?page_size=100"),
        ("supervisor", "/team/"),
        ("consultant", "/"),
    ],
)
def test_pages_cost_the_same_for_ten_rows_and_for_a_hundred(
    cast: dict[str, User], client_for: LogIn, account: str, path: str
) -> None:
    client = client_for(cast[account])
    customers_of(cast["consultant"], 10)
    ten = statements(client, path)
    customers_of(cast["consultant"], 90)
    hundred = statements(client, path)
    assert len(ten) == len(hundred) <= PAGE_LIMIT, "\n".join(hundred)


@pytest.fixture
def crowd(cast: dict[str, User]) -> User:
    """Write 20,000 customers in the consultant's project, one in forty of them his own."""
    owner = cast["consultant"]
    assert owner.node is not None
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # filling is not what is tested
    made = []
    for number in range(PEOPLE):
        given = chr(0x4E00 + number % 3000) + chr(0x5E00 + number % 1700)
        made.append((number, SURNAMES[number % len(SURNAMES)] + given))
    values = [
        Customer(
            name=name,
            sort_key=name,
            tokens=name_tokens(name),
            phone=f"+86139{number:08d}",
            phone_index=blind_index(f"+86139{number:08d}", scope="phone"),
            phone_tail_index=tail_index(f"{number % 10_000:04d}"),
            source="walk_in",
            owner=owner if number % 40 == 0 else None,
            owned_since=NOW if number % 40 == 0 else None,
            team_id=owner.node.pk if number % 40 == 0 else None,
            project_id=owner.node.project_id,
            region_id=owner.node.region_id,
        )
        for number, name in made
    ]
    Customer.objects.bulk_create(values, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('customer_tokens')")  # as autovacuum does
        cursor.execute("ANALYZE customers_customer")
    return owner


WHOLE = re.compile(r"Seq Scan on customers_customer\b")
SEARCHES = ("丁", "赵一", "钱丁帄", "赵一帀", "zs", "qdz", "13900000041", "0041")


def test_no_search_of_any_scope_reads_the_whole_table(
    crowd: User, cast: dict[str, User], client_for: LogIn
) -> None:
    """The planner, free to choose, walks indexes for pages and counts of every scope."""
    for account in SCOPES:
        client = client_for(cast[account])
        for text in SEARCHES:
            asked = statements(client, f"/customers/?view=all&q={text}")
            searching = [sql for sql in asked if '"customers_customer"' in sql]
            assert searching, (account, text)
            for sql in searching:
                with connection.cursor() as cursor:
                    cursor.execute(f"EXPLAIN {sql}")
                    plan = "\n".join(line for (line,) in cursor.fetchall())
                assert not WHOLE.search(plan), (account, text, plan)


def test_the_control_without_its_index_reads_the_whole_table(crowd: User) -> None:
    """Without the index of names the same question reads everything, so the test above can fail."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX customer_tokens")
    plan = Customer.objects.search("赵一").explain()
    assert WHOLE.search(plan), plan
