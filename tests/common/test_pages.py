"""List and form pages: whole or in part, with the right status, and the API on the same pager."""

import re

import pytest
from django.test import Client

from crm_site.common import navigation
from crm_site.staff.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def member(consultant) -> Client:
    User.objects.bulk_create(
        User(username=f"p{i:03d}", name=f"p{i:03d}", role="consultant") for i in range(60)
    )
    client = Client()
    client.force_login(consultant, backend="crm_site.staff.backends.RoleBackend")
    return client


def names(response):
    return re.findall(r'data-pk="\d+">([^<]+)<', response.content.decode())


def test_list_page_turns_over_with_plain_links(member):
    first = member.get("/list/?page_size=20&order=name")
    link = re.search(r'rel="next" href="([^"]+)"', first.content.decode()).group(1)
    second = member.get("/list/" + link.replace("&amp;", "&"))
    assert len(names(first)) == len(names(second)) == 20
    assert names(first)[-1] < names(second)[0]


def test_htmx_gets_the_table_and_a_boosted_link_the_page(member):
    part = member.get("/list/", headers=HTMX)
    assert part.content.decode().lstrip().startswith('<div class="card" id="rows-table">')
    assert "HX-Request" in part["Vary"]
    for header in ("HX-Boosted", "HX-History-Restore-Request"):
        whole = member.get("/list/", headers=HTMX | {header: "true"})
        assert "<!doctype html>" in whole.content.decode()


def test_cursor_from_elsewhere_gives_the_first_page(member):
    assert names(member.get("/list/?after=nonsense")) == names(member.get("/list/"))


def test_sorted_column_tells_so(member):
    text = member.get("/list/?order=-name").content.decode()
    assert 'aria-sort="descending"' in text


@pytest.mark.parametrize("size", ["7", "100000", "x", "-1"])
def test_page_size_is_one_of_three(member, size):
    assert len(names(member.get(f"/list/?page_size={size}"))) == 50


def test_form_with_errors_is_shown_again_with_what_was_typed(member):
    response = member.post("/form/", {"name": "", "note": "<b>kept</b>"})
    text = response.content.decode()
    assert response.status_code == 422
    assert "&lt;b&gt;kept&lt;/b&gt;" in text
    assert 'href="#id_name"' in text
    assert 'aria-invalid="true"' in text
    assert 'aria-describedby="id_name_error"' in text
    summary = re.search(r'<a href="#id_name">(.*?)</a>', text).group(1)
    beside = re.search(r'id="id_name_error">.*?</svg>(.*?)</span>', text).group(1)
    assert summary == f"Name：{beside}"
    assert "<title>出错： Visit" in text


def test_form_refused_by_the_service_keeps_its_words(member):
    response = member.post("/form/", {"name": "taken"})
    assert response.status_code == 422
    assert "This name is taken" in response.content.decode()


def test_saved_form_redirects_and_htmx_moves_the_page(member):
    assert member.post("/form/", {"name": "Li"})["Location"] == "/list/"
    response = member.post("/form/", {"name": "Li"}, headers=HTMX)
    assert (response.status_code, response["HX-Redirect"]) == (204, "/list/")
    assert 'data-undo-url="/undo/"' in member.get("/list/").content.decode()


def test_part_of_a_form_with_errors_is_the_form(member):
    response = member.post("/form/", {"name": ""}, headers=HTMX)
    assert response.status_code == 422
    assert response.content.decode().lstrip().startswith("<form")


def test_api_pages_have_the_envelope_and_reach_every_row(member):
    seen, url = [], "/api/v1/rows/?page_size=25&order=name"
    while url:
        body = member.get(url).json()
        assert set(body) == {"count", "next", "previous", "results"}
        assert body["count"] == User.objects.count()
        seen += [row["name"] for row in body["results"]]
        url = body["next"]
    assert seen == list(User.objects.order_by("name", "pk").values_list("name", flat=True))


@pytest.mark.parametrize(
    ("asked", "given"), [("1", 1), ("200", 200), ("9999", 200), ("0", 50), ("²", 50), ("", 50)]
)
def test_api_page_size_is_capped(member, asked, given):
    User.objects.bulk_create(
        User(username=f"q{i:03d}", name="q", role="consultant") for i in range(200)
    )
    assert len(member.get(f"/api/v1/rows/?page_size={asked}").json()["results"]) == given


def test_api_refuses_a_foreign_cursor(member):
    response = member.get("/api/v1/rows/?after=nonsense")
    assert (response.status_code, response.json()["type"]) == (400, "urn:anju:problem:bad-request")


def test_navigation_shows_what_the_role_may_and_marks_the_deepest(rf, consultant, monkeypatch):
    monkeypatch.setattr(navigation, "_entries", {})
    monkeypatch.setattr(navigation, "_counts", {})
    navigation.register_entry("b", "login", "B", "users", 2)
    navigation.register_entry("a", "preferences", "A", "users", 1)
    navigation.register_entry("c", "keep-session", "C", "users", 3, "staff.manage_users")
    navigation.register_entry("d", "no-such-name", "D", "users", 4)
    navigation.register_count("a", lambda request: 7)
    request = rf.get("/preferences/more/")
    request.user = consultant
    links = navigation.links_for(request)
    assert [(link.key, link.count, link.current) for link in links] == [
        ("a", 7, True),
        ("b", None, False),
    ]


def test_theme_comes_from_the_cookie_without_a_flash(member):
    member.cookies["anju_theme"] = "dark"
    text = member.get("/page/").content.decode()
    assert 'data-theme="dark"' in text
    assert 'id="dark" media="screen"' in text
    member.cookies["anju_theme"] = '"><script>'
    assert (
        'media="screen and (prefers-color-scheme: dark)"' in member.get("/page/").content.decode()
    )


def test_page_has_no_inline_script_or_style(member):
    for path in ("/page/", "/form/", "/list/", "/nothing/"):
        text = member.get(path).content.decode()
        assert not re.search(r"<script(?![^>]*(src=|application/json))", text)
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
