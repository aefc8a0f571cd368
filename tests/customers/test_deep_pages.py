"""A list of more than ten thousand: as friendly and as cheap far down as at its beginning (A-29).

How long a page takes among a million is measured by ``benchmarks``, whose deep page may cost a
fifth more than the first.
"""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.common import keyset
from customers.models import Customer
from tests.factories import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.check("A-29")]
MANY = keyset.EXACT_COUNT_LIMIT + 40
LIST = "/customers/?view=all&order=name&page_size=20"
API = "/api/v1/customers/?order=name&page_size=20"


def fill(owner: Any, number: int) -> list[int]:
    """Write so many customers; return their ids in the order of their names."""
    first = CustomerFactory(owner=owner, name="客户00000", sort_key="00000")
    new = {"id", "name", "sort_key", "phone", "phone_index", "phone_tail_index"}
    same = [f.column for f in Customer._meta.concrete_fields if f.column not in new]
    sql = f"""
        INSERT INTO customers_customer (name, sort_key, {", ".join(same)})
        SELECT '客户' || lpad(n::text, 5, '0'), lpad(n::text, 5, '0'), {", ".join(same)}
        FROM customers_customer, generate_series(1, %s) n WHERE id = %s
    """  # noqa: S608 -- columns of the model
    with connection.cursor() as cursor:
        cursor.execute(sql, [number - 1, first.pk])
    return list(Customer.objects.order_by("sort_key").values_list("pk", flat=True))


def place(ids: list[int], number: int) -> str:
    """Return the cursor behind the row of this number, as the page before it hands it out."""
    row = Customer.objects.get(pk=ids[number])
    columns = [keyset.Column("sort_key", False, False), keyset.Column("pk", False, False)]
    return keyset.write_cursor(row, columns, sort="name")


def costs(queries: Any) -> tuple[int, list[str]]:
    """Return how many statements there were, and those that walk over rows nobody sees."""
    walking = [
        query["sql"]
        for query in queries
        if " OFFSET " in query["sql"]
        or (
            ("COUNT(" in query["sql"] and "customers_customer" in query["sql"])
            and f"LIMIT {keyset.EXACT_COUNT_LIMIT + 1}" not in query["sql"]
        )
    ]
    return len(queries), walking


def opened(client: Any, url: str) -> tuple[Any, tuple[int, list[str]]]:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.status_code == 200
    return answer, costs(queries)


def test_a_page_behind_ten_thousand_is_a_page(client_for: Any, consultant: Any) -> None:
    client, many = client_for(consultant), fill(consultant, MANY)
    assert len(many) == MANY
    client.get(LIST)
    second, (second_cost, second_walks) = opened(client, f"{LIST}&after={place(many, 19)}")
    deep, (deep_cost, deep_walks) = opened(client, f"{LIST}&after={place(many, 10_009)}")
    assert [row.pk for row in second.context["page"].rows] == many[20:40]
    assert [row.pk for row in deep.context["page"].rows] == many[10_010:10_030]
    assert (deep_cost, deep_walks) == (second_cost, second_walks) == (second_cost, [])
    assert "超过 10,000 条" in deep.content.decode()
    assert "请缩小筛选范围" in deep.content.decode()
    last = client.get(deep.context["page"].next_url and LIST + "&" + next_of(deep))
    assert [row.pk for row in last.context["page"].rows] == many[10_030:]
    assert last.context["page"].next_url == ""
    back = client.get(f"{LIST}&{last.context['page'].previous_url.lstrip('?')}")
    assert [row.pk for row in back.context["page"].rows] == many[10_010:10_030]

    few = client.get("/customers/?view=all&q=客户10000")
    assert "请缩小筛选范围" not in few.content.decode()
    for asked in ("page=200", "page=20000", "offset=10001", f"page={10**30}"):
        shown = client.get(f"{LIST}&{asked}")
        assert [row.pk for row in shown.context["page"].rows] == many[:20], asked

    api, (_cost, walks) = opened(client, f"{API}&after={place(many, 10_009)}")
    assert [row["id"] for row in api.json()["results"]] == many[10_010:10_030]
    assert (api.json()["count"], walks) == (None, [])


def next_of(answer: Any) -> str:
    return str(answer.context["page"].next_url).lstrip("?")


def test_pages_by_number_would_be_noticed(
    client_for: Any, consultant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: counted to the end and skipped over, the same page is found out."""
    many, real = fill(consultant, 60), keyset._fetch

    def skipping(queryset: Any, columns: Any, _values: Any, size: int, **more: Any) -> Any:
        rows, _more = real(queryset, columns, None, 1, **more)
        ordered = queryset.order_by(*[column.order(backwards=False) for column in columns])
        return list(ordered[20 : 20 + size]), bool(rows)

    monkeypatch.setattr(keyset, "_fetch", skipping)
    monkeypatch.setattr(keyset, "count_up_to", lambda queryset: queryset.order_by().count())
    answer, (_cost, walks) = opened(client_for(consultant), LIST)
    assert [row.pk for row in answer.context["page"].rows] == many[20:40]
    assert len(walks) == 2
