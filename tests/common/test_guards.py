"""Hostile text, huge numbers, caches, and parts asked for without a session."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]

UNSTORABLE = ["a\x00b", "\ud800", "a\udfffb"]
STORABLE = [
    "",
    "𠮷㛃䶮",
    "👨‍👩‍👧‍👦",
    "'; DROP TABLE staff_user; --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% debug %}",
    "abc\u200b",
    "=1+1",
    "%s%n%x",
    "x" * 20_000,
    "\\u0000 as text",
]


@pytest.fixture
def member(consultant) -> Client:
    client = Client()
    client.force_login(consultant, backend="crm_site.staff.backends.RoleBackend")
    return client


@pytest.mark.parametrize("text", STORABLE)
def test_odd_text_is_stored_as_it_is(member, text):
    response = member.post("/hold/", {"text": text})
    assert (response.status_code, response.content.decode()) == (200, text)
    body = json.dumps({"text": text})
    echoed = member.post("/api/v1/fault/stale/", body, content_type="application/json")
    assert echoed.json() == {"text": text}


def test_marks_that_turn_the_reading_direction_are_taken_out(member):
    response = member.post("/hold/", {"text": "\u202eabc\u200b"})
    assert (response.status_code, response.content.decode()) == (200, "abc\u200b")
    body = json.dumps({"text": "\u202eabc\u200b"})
    echoed = member.post("/api/v1/fault/stale/", body, content_type="application/json")
    assert echoed.json() == {"text": "abc\u200b"}


@pytest.mark.parametrize("text", UNSTORABLE)
def test_unstorable_json_is_refused(member, text):
    body = json.dumps({"deep": [{"text": text}]})
    response = member.post("/api/v1/fault/stale/", body, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["type"] == "urn:anju:problem:bad-request"


@pytest.mark.parametrize(
    "query", ["text=%00", "text=a%00b", "%00=1", "text=%ff", "text=%ed%a0%80", "text=%c0%80"]
)
def test_unstorable_query_is_refused(member, query):
    assert member.get(f"/hold/?{query}").status_code == 400


def test_unstorable_form_and_file_name_are_refused(member):
    assert member.post("/hold/", {"text": "a\x00"}).status_code == 400
    raw = member.post("/hold/", b"text=%00", content_type="application/x-www-form-urlencoded")
    assert raw.status_code == 400
    bad_name = SimpleUploadedFile("a.csv", b"x")
    bad_name.name = "a\x00.csv"
    assert member.post("/hold/", {"file": bad_name}).status_code in {200, 400}


def test_broken_multipart_is_refused(member):
    response = member.post(
        "/hold/", b"--x", content_type="multipart/form-data; boundary=" + "y" * 300
    )
    assert response.status_code == 400


def test_unstorable_path_is_refused(member):
    assert member.get("/number/%00/").status_code == 400


def test_deeply_nested_json_is_refused(member):
    body = "[" * 100_000 + "]" * 100_000
    response = member.post("/api/v1/fault/stale/", body, content_type="application/json")
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("pk", "status"),
    [
        ("1", 200),
        ("9" * 18, 200),
        ("9" * 19, 404),
        ("9" * 5000, 404),
        ("-1", 404),
        ("1.5", 404),
        ("١", 404),
        ("²", 404),
        ("1e3", 404),
        ("0x1", 404),
    ],
)
def test_id_in_path_fits_the_column_or_is_not_found(member, pk, status):
    assert member.get(f"/number/{pk}/").status_code == status


def test_pages_of_members_are_not_cached(member):
    assert member.get("/page/")["Cache-Control"] == "no-store, private"
    assert "no-store" not in Client().get("/fault/denied/").get("Cache-Control", "")


def test_part_without_session_sends_the_whole_page_to_login():
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/page/?a=1"}
    response = Client().get("/list/", headers=headers)
    assert (response.status_code, response.content) == (401, b"")
    assert response["HX-Redirect"] == "/accounts/login/?next=%2Fpage%2F%3Fa%3D1"


def test_part_from_another_site_leads_to_the_start_after_login():
    headers = {"HX-Request": "true", "HX-Current-URL": "https://evil.example/page/"}
    assert Client().get("/list/", headers=headers)["HX-Redirect"] == "/accounts/login/?next=%2F"


def test_preferences_are_saved_and_others_refused(member, consultant):
    assert member.post("/preferences/", {"density": "compact"}).status_code == 204
    assert member.post("/preferences/", {"shortcuts": "0"}).status_code == 204
    consultant.refresh_from_db()
    assert (consultant.density, consultant.shortcuts) == ("compact", False)
    assert member.post("/preferences/", {"density": "huge"}).status_code == 400
    assert member.get("/preferences/").status_code == 405
    consultant.refresh_from_db()
    assert consultant.density == "compact"
    text = member.get("/page/").content.decode()
    assert 'data-density="compact" data-keys="off"' in text


def test_keeping_the_session_renews_its_end(member):
    response = member.post("/session/")
    assert response.status_code == 204
    assert response.cookies["anju_session"]["max-age"] == member.session.get_expiry_age()
