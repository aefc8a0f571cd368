"""Paging by position: nothing lost, nothing twice, and nobody forges a place."""

from datetime import timedelta

import pytest
from django.http import QueryDict

from crm_site.common import keyset
from crm_site.common.keyset import CursorError, count_up_to, paginate
from crm_site.staff.models import User

SORTS = {"name": ("name",), "seen": ("last_login", "name"), "id": ("pk",)}


@pytest.fixture
def people(db, now):
    """Twenty-three accounts with ties, some never seen."""
    User.objects.bulk_create(
        User(
            username=f"u{i:02d}",
            name=f"name {i % 5}",
            role="consultant",
            last_login=None if i % 4 == 0 else now - timedelta(minutes=i % 3),
        )
        for i in range(23)
    )
    return User.objects.all()


def page_at(queryset, url="", size=4, default="name"):
    return paginate(
        queryset, query=QueryDict(url.lstrip("?")), sorts=SORTS, default=default, size=size
    )


def walk(queryset, first):
    pages = [page_at(queryset, first)]
    while pages[-1].next_url:
        pages.append(page_at(queryset, pages[-1].next_url))
    return pages


@pytest.mark.parametrize("order", ["name", "-name", "seen", "-seen", "id", "-id"])
def test_forward_gives_each_row_once_in_the_order_of_the_database(people, order):
    pages = walk(people, f"?order={order}")
    seen = [row.pk for page in pages for row in page.rows]
    columns = keyset.columns_of(people, order, SORTS)
    assert seen == [r.pk for r in people.order_by(*[c.order(backwards=False) for c in columns])]
    assert len(seen) == 23


@pytest.mark.parametrize("order", ["name", "-name", "seen", "-seen"])
def test_backwards_gives_the_same_pages(people, order):
    pages = walk(people, f"?order={order}")
    back = [pages[-1]]
    while back[-1].previous_url:
        back.append(page_at(people, back[-1].previous_url))
    flat = [row.pk for page in reversed(back) for row in page.rows]
    assert flat == [row.pk for page in pages for row in page.rows]


@pytest.mark.parametrize("order", ["name", "-seen"])
def test_rows_that_come_and_go_between_pages_neither_hide_nor_double_others(people, order):
    before = {row.pk for row in people}
    page = page_at(people, f"?order={order}")
    seen = [row.pk for row in page.rows]
    for turn in range(20):
        User.objects.create(username=f"new{turn}", name=f"name {turn % 5}", role="consultant")
        User.objects.filter(pk=seen[-1]).delete()  # the row the cursor stands on
        before.discard(-1)
        if not page.next_url:
            break
        page = page_at(people, page.next_url)
        seen += [row.pk for row in page.rows]
    assert len(seen) == len(set(seen))
    assert before - set(seen) == set()


def test_nullable_rows_stand_last_in_both_directions(people):
    for order in ("seen", "-seen"):
        rows = [row for page in walk(people, f"?order={order}") for row in page.rows]
        assert [row.last_login is None for row in rows] == [False] * 17 + [True] * 6


def test_order_outside_the_allow_list_is_the_default(people):
    assert page_at(people, "?order=password").sort == "name"


@pytest.mark.parametrize("cursor", ["", "x", "gAAAA", "☃", "a" * 5000])
def test_foreign_cursor_is_refused(people, cursor):
    query = QueryDict(mutable=True)
    query["after"] = cursor
    if not cursor:
        assert len(paginate(people, query=query, sorts=SORTS, default="name", size=4).rows) == 4
        return
    with pytest.raises(CursorError):
        paginate(people, query=query, sorts=SORTS, default="name", size=4)


def test_cursor_of_another_order_is_refused(people):
    url = page_at(people, "?order=name").next_url.replace("order=name", "order=id")
    with pytest.raises(CursorError):
        page_at(people, url)


def test_cursor_does_not_show_the_name_it_holds(people):
    assert "name" not in page_at(people, "?order=id").after
    assert keyset.read_cursor(page_at(people, "").after, sort="name", length=2)[0] == "name 0"


def test_count_stops_at_its_limit(people, django_assert_num_queries):
    with django_assert_num_queries(1) as queries:
        assert count_up_to(people, limit=22) is None
    assert "LIMIT 23" in queries[0]["sql"]
    assert count_up_to(people, limit=23) == 23


def test_page_costs_two_queries_wherever_it_lies(people, django_assert_num_queries):
    second = page_at(people).next_url
    with django_assert_num_queries(2):
        page_at(people, second)


def test_page_before_that_is_empty_by_now_shows_the_first(people):
    second = page_at(people, page_at(people).next_url)
    previous = second.previous_url
    User.objects.filter(name="name 0").delete()
    page = page_at(people, previous)
    assert len(page.rows) == 4
    assert page.previous_url == ""
