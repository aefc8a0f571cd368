"""Lists of the API: their shape, their pages, their cost, their limits; and the schema."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import override_settings

from crm_site.common.throttling import OpenThrottle
from tests.factories import CustomerFactory, InteractionFactory, LeadFactory, TaskFactory

LISTS = ["customers", "interactions", "leads", "projects", "tasks"]


def fill(owner, count):
    for _ in range(count):
        customer = CustomerFactory(owner=owner)
        LeadFactory(customer=customer)
        InteractionFactory(customer=customer, author=owner)
        TaskFactory(customer=customer)


@pytest.mark.parametrize("name", LISTS)
def test_envelope(program, consultant, name):
    fill(consultant, 1)
    body = program(consultant).get(f"{name}/").json()
    assert list(body) == ["count", "next", "previous", "results"]
    assert body["count"] == len(body["results"]) == 1
    assert body["next"] is body["previous"] is None
    assert type(body["results"][0]["id"]) is int


@pytest.mark.spec("PLT-36")
def test_pages_hold_at_most_two_hundred_rows(program, consultant):
    CustomerFactory.create_batch(203, owner=consultant)
    consultants = program(consultant)
    sizes = {
        wanted: len(consultants.get("customers/", {"page_size": wanted}).json()["results"])
        for wanted in ("1", "200", "201", "999999999999999999999", "0", "-5", "x", "١")
    }
    assert sizes == {
        "1": 1,
        "200": 200,
        "201": 200,
        "999999999999999999999": 200,
        "0": 50,
        "-5": 50,
        "x": 50,
        "١": 50,
    }


@pytest.mark.parametrize("order", ["id", "-id", "name", "-name", "last_contact"])
def test_walk_there_and_back_meets_every_row_once(program, consultant, now, order):
    made = {CustomerFactory(owner=consultant, last_contact_at=now).pk for _ in range(4)}
    made |= {CustomerFactory(owner=consultant).pk for _ in range(3)}
    caller = program(consultant)
    pages = [caller.get("customers/", {"order": order, "page_size": 3}).json()]
    while pages[-1]["next"]:
        pages.append(caller.get(pages[-1]["next"]).json())
    there = [row["id"] for page in pages for row in page["results"]]
    assert len(there) == 7
    assert set(there) == made
    back = [pages[-1]]
    while back[-1]["previous"]:
        back.append(caller.get(back[-1]["previous"]).json())
    assert [row["id"] for page in reversed(back) for row in page["results"]] == there


def test_count_is_null_beyond_its_limit(program, consultant, monkeypatch):
    monkeypatch.setattr("crm_site.common.keyset.count_up_to.__defaults__", (22,))
    caller = program(consultant)
    fill(consultant, 22)
    assert caller.get("customers/?page_size=20").json()["count"] == 22
    fill(consultant, 1)
    assert caller.get("customers/?page_size=20").json()["count"] is None


@pytest.mark.parametrize("cursor", ["x", "gAAAA", "☃"])
def test_foreign_cursor_is_a_problem(program, consultant, cursor):
    answer = program(consultant).get("customers/", {"after": cursor})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("name", LISTS)
def test_twenty_rows_cost_as_many_queries_as_one(
    program, consultant, django_assert_max_num_queries, name
):
    caller = program(consultant)
    fill(consultant, 1)
    caller.get(f"{name}/")
    with django_assert_max_num_queries(20) as one:
        caller.get(f"{name}/")
    fill(consultant, 19)
    with django_assert_max_num_queries(len(one)):
        caller.get(f"{name}/")


def test_callers_beyond_their_rate_wait(program, consultant, monkeypatch):
    monkeypatch.setattr(OpenThrottle, "THROTTLE_RATES", {"user": "2/min"})
    caller = program(consultant)
    assert [caller.get("projects/").status_code for _ in range(3)] == [200, 200, 429]
    answer = caller.get("projects/")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert answer.json()["status"] == 429
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.spec("PLT-36")
def test_schema_is_valid_openapi_without_a_warning(capsys):
    out = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    assert out.getvalue().startswith("openapi: 3.")
    for name in LISTS:
        assert f"/api/v1/{name}/:" in out.getvalue()
        assert f"/api/v1/{name}/{{id}}/:" in out.getvalue()
    assert capsys.readouterr().err == ""


def test_schema_and_its_page_are_served(client, db):
    assert client.get("/api/v1/schema/").status_code == 200
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert b"//cdn" not in page.content


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "customers/999999/", 404),
        ("get", "nothing/", 404),
        ("put", "customers/", 405),
        ("delete", "customers/999999/", 405),
        ("options", "customers/", 405),
        ("post", "customers/", 415),
    ],
)
def test_refusals_are_problem_documents(program, consultant, method, path, status):
    send = getattr(program(consultant).client, method)
    answer = send(
        f"/api/v1/{path}", **({"data": "x", "content_type": "text/plain"} if status == 415 else {})
    )
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["type"].startswith("urn:anju:problem:")
    assert body["title"]


@override_settings(LANGUAGE_CODE="en")
def test_broken_json_is_400(program, consultant):
    client = program(consultant).client
    answer = client.post("/api/v1/customers/", "{", content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:anju:problem:bad-request"
