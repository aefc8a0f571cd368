"""What people, htmx and programs are told when something goes wrong, in both languages."""

import json
import re

import pytest
from django.test import Client, override_settings

from crm_site.common import errors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]
HTMX = {"HX-Request": "true"}
LANGUAGES = {"zh-hans": "zh-CN", "en": "en"}


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def member(consultant) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(consultant, backend="crm_site.staff.backends.RoleBackend")
    return client


def get(client, path, language="zh-hans", **headers):
    return client.get(path, headers={"Accept-Language": LANGUAGES[language], **headers})


@pytest.mark.parametrize(
    ("path", "status", "chinese", "english"),
    [
        (
            "/nothing/",
            404,
            "没有这条记录，或你看不到它",
            "There is no such record, or you cannot see it",
        ),
        (
            "/fault/denied/",
            403,
            "可找主管或系统管理员",
            "Your supervisor or the system administrator",
        ),
        ("/fault/ask/", 403, "可找 周明远", "周明远 can help"),
        ("/fault/stale/", 409, "这条记录刚被其他人改过", "Somebody else changed this record"),
        ("/fault/too-many/", 429, "1分30秒后再试", "Try again in 1 min 30 s"),
        ("/fault/boom/", 500, "这一步没有完成", "This step was not finished"),
        ("/fault/outage/", 503, "系统暂时不可用", "The system is not available for a moment"),
        ("/list/?q=%00", 400, "无法读取这次请求", "The request cannot be read"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_says_it_in_the_language(member, path, status, chinese, english, language):
    response = get(member, path, language)
    text = response.content.decode()
    assert response.status_code == status
    assert (chinese if language == "zh-hans" else english) in text
    assert text.count("<h1>") == 1
    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}"' in text
    assert "Traceback" not in text
    assert "secret" not in text


def test_visitor_gets_the_page_without_navigation(visitor):
    text = get(visitor, "/fault/denied/").content.decode()
    assert 'class="solo"' in text
    assert 'class="side"' not in text


def test_error_page_keeps_the_drafts(member):
    assert b"data-keep-drafts" in get(member, "/fault/boom/").content
    assert b"data-keep-drafts" in get(member, "/fault/stale/").content


def test_server_error_shows_a_code_that_the_log_holds(member, caplog):
    text = get(member, "/fault/boom/").content.decode()
    code = re.search(r"E-[0-9A-F]{4}-\d{4}-\d{4}", text).group()
    assert any(code in record.getMessage() for record in caplog.records)
    assert 'data-act="copy"' in text


def test_server_error_asks_no_database(member, django_assert_num_queries):
    with django_assert_num_queries(0):
        get(Client(raise_request_exception=False), "/fault/boom/")


def test_outage_and_limit_say_when_to_come_back(member):
    assert get(member, "/fault/outage/")["Retry-After"] == "30"
    assert get(member, "/fault/too-many/")["Retry-After"] == "90"


def test_htmx_gets_a_toast_and_no_page(member):
    response = get(member, "/fault/stale/", **HTMX)
    assert (response.status_code, response.content) == (409, b"")
    toast = json.loads(response["HX-Trigger"])["toast"]
    assert toast["level"] == "error"
    assert "Lu Yuan changed it at 10:31" in toast["message"]


def test_helper_names_whom_to_ask(member, monkeypatch):
    monkeypatch.setattr(errors, "_helper", [])
    errors.register_helper(lambda user: f"boss of {user.username}")
    assert "boss of consultant" in get(member, "/fault/denied/").content.decode()


def test_missing_and_hidden_are_told_alike(member):
    one = member.get("/nothing/").content.decode()
    other = member.get("/nothing/else/").content.decode()
    blank = re.compile(r'(?:value=|x-csrftoken": )"[^"]*"|/nothing/[a-z/]*|session-left="\d+"')
    assert blank.sub("", one) == blank.sub("", other)


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        ("stale", 409, "stale"),
        ("denied", 403, "forbidden"),
        ("ask", 403, "not-allowed"),
        ("too-many", 429, "too-many-requests"),
        ("boom", 500, "internal-server-error"),
        ("outage", 503, "service-unavailable"),
        ("invalid", 400, "bad-request"),
        ("django-invalid", 400, "bad-request"),
    ],
)
def test_api_answers_with_a_problem_document(member, fault, status, kind):
    response = get(member, f"/api/v1/fault/{fault}/", "en")
    body = json.loads(response.content)
    assert response.status_code == body["status"] == status
    assert response["Content-Type"].startswith("application/problem+json")
    assert body["type"] == f"urn:anju:problem:{kind}"
    assert body["title"]
    assert "secret" not in response.content.decode()


def test_api_lists_field_errors(member):
    for fault in ("invalid", "django-invalid"):
        body = json.loads(get(member, f"/api/v1/fault/{fault}/").content)
        assert body["errors"] == {"phone": ["Phone has 10 digits, not 11"]}


def test_api_limit_says_when_to_come_back(member):
    response = get(member, "/api/v1/fault/too-many/")
    assert response["Retry-After"] == "90"
    assert json.loads(response.content)["retry_after"] == 90


def test_api_missing_address_and_method_and_broken_json(member):
    assert json.loads(get(member, "/api/v1/none/").content)["status"] == 404
    assert json.loads(member.delete("/api/v1/rows/").content)["status"] == 405
    broken = member.post("/api/v1/fault/stale/", "{", content_type="application/json")
    assert (broken.status_code, json.loads(broken.content)["status"]) == (400, 400)
    text = member.post("/api/v1/fault/stale/", "a,b", content_type="text/csv")
    assert (text.status_code, json.loads(text.content)["status"]) == (415, 415)


def test_api_without_token_is_a_problem_too(visitor):
    response = get(visitor, "/api/v1/rows/", "en")
    assert response.status_code == 401
    assert json.loads(response.content)["title"] == "Sign in first"


@pytest.mark.parametrize("language", LANGUAGES)
def test_old_form_keeps_the_draft_and_leads_back(consultant, language):
    client = Client(enforce_csrf_checks=True)
    client.force_login(consultant, backend="crm_site.staff.backends.RoleBackend")
    headers = {"Accept-Language": LANGUAGES[language], "Referer": "http://testserver/form/"}
    response = client.post("/form/", {"name": "Li"}, headers=headers)
    text = response.content.decode()
    assert response.status_code == 403
    assert ("已存为草稿" if language == "zh-hans" else "kept as a draft") in text
    assert 'href="/form/"' in text
    assert "data-keep-drafts" in text


def test_old_form_never_links_to_another_site(consultant):
    client = Client(enforce_csrf_checks=True)
    headers = {"Referer": "https://evil.example/form/"}
    assert b"evil" not in client.post("/form/", headers=headers).content


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1024 * 1024)
def test_too_large_body_names_the_limit(member):
    response = member.post("/form/", {"name": "x" * 1_100_000}, headers={"Accept-Language": "en"})
    assert response.status_code == 413
    assert "At most 1 MB at once" in response.content.decode()
