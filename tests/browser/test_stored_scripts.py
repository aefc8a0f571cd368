"""Texts that would run as scripts, in every field, looked at on every page (A-20)."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from customers.models import Customer, NewsItem
from tests.access.conftest import World, build_world
from tests.access.doors import DOORS
from tests.access.filling import filled
from tests.access.knocking import address_of
from tests.access.page_walk import forms_of, readable, reader_of
from tests.access.payloads import PAYLOADS, PLAIN, TURNED, that_fit
from tests.plugins.browser import cookies_for

pytestmark = pytest.mark.check("A-20")
OWN_APPS = (
    "common",
    "staff",
    "policies",
    "outbox",
    "approvals",
    "registers",
    "exchange",
    "service",
    "analytics",
    "marketing",
)
NOT_A_PAGE = {"exports:export-file", "customers:text-use", "alive", "ready", "api:schema"}
KEPT = {"username", "code", "key", "password"}  # one signs in and is placed by them
DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
WATCH = """
window.ran = [];
for (const name of ['alert', 'confirm', 'prompt', 'print']) {
  window[name] = (x) => { ran.push(name + x); };
}
document.addEventListener('securitypolicyviolation', (e) => {
  ran.push(e.violatedDirective + ' ' + e.blockedURI);
});
"""
# What text became where it was taken for markup, wherever the reader of the browser puts it.
MADE_OF_TEXT = """(page) => [...page.querySelectorAll('*')].filter((e) =>
    [...e.attributes].some((a) => a.name.startsWith('on') || a.name === 'srcdoc'
        || ['href', 'src', 'action', 'formaction', 'xlink:href', 'data'].includes(a.name)
        && /^\\s*javascript:/i.test(a.value))
    || ['IFRAME', 'OBJECT', 'math', 'STYLE'].includes(e.tagName)
    || e.tagName === 'SCRIPT' && !e.src && e.type !== 'application/json').map((e) => e.outerHTML)"""
# Each page as this browser reads it, without running it: what is wrong, and all of its text.
READ = f"""(pages) => pages.map((html) => {{
  const page = new DOMParser().parseFromString(html, 'text/html');
  const typed = [...page.querySelectorAll('input, textarea')].map((e) => e.value);
  return [({MADE_OF_TEXT})(page), [page.title, page.body.textContent, ...typed].join(' ')];
}})"""
LOOKED_AT = (  # run as a person sees them
    *("customers:customer-list", "customers:customer-detail", "customers:promise-list"),
    *("customers:today", "customers:team", "customers:pool", "customers:lead-detail"),
    *("registers:entry-list", "exports:export-list", "outbox:notification-list"),
    *("staff:user-list", "approvals:approval-detail", "customers:news-list", "customers:tag-list"),
)


@pytest.fixture
def filled_world(transactional_db: None) -> World:
    """The world with the texts in every field that a form or the API writes."""
    world = build_world()
    names = through_the_forms(world)
    names |= through_the_api(world)
    over_the_tables(names)
    NewsItem.objects.filter(pk=world.telling.news_id).update(body="\n".join(PLAIN))
    return world


def through_the_forms(world: World) -> set[str]:
    """Send every form of every page with the texts; return the names of the fields for text."""
    names, taken = set(), 0
    for number, (url, form, client) in enumerate(forms_of(world)):
        texts = [control for control in form.typed if control.takes_text]
        names |= {control.name for control in texts}
        data = filled(form, url, ticked=False)
        sent = {
            control.name: that_fit(control.longest, number * 5 + place, PAYLOADS)
            for place, control in enumerate(texts)
            if control.name not in KEPT | {"phone", "customer"}
        }
        answer = client.post(url, data | sent, headers={"User-Agent": PAYLOADS[number % 60]})
        assert answer.status_code < 500, url
        taken += answer.status_code < 400
    assert taken > 15
    return names


def through_the_api(world: World) -> set[str]:
    """Send the writing addresses of the API the texts; return the names of their text fields."""
    client, schema = world.clients["consultant"], Client().get("/api/v1/schema/?format=json").json()
    parts, names = schema["components"]["schemas"], set()
    for path, methods in schema["paths"].items():
        for method in methods.keys() & {"post", "patch", "put"}:
            content = methods[method].get("requestBody", {}).get("content", {})
            reference = next(iter(content.values()), {}).get("schema", {}).get("$ref", "")
            fields = parts.get(reference.rsplit("/", 1)[-1], {}).get("properties", {})
            texts = [
                name
                for name, one in fields.items()
                if one.get("type") == "string" and "format" not in one and "enum" not in one
            ]
            names |= set(texts)
            url = re.sub(r"\{\w+\}", str(world.customer.pk), path)
            body = {name: that_fit(80, len(name), PAYLOADS) for name in texts}
            send = getattr(client, method)
            assert send(url, body, "application/json").status_code < 500, path
    for name in ("name", "city", "district", "occupation", "family", "motive", "remark", "address"):
        url = f"/api/v1/customers/{world.customer.pk}/"
        version = client.get(url).json()["version"]
        changes = {name: that_fit(40, len(name), PAYLOADS)}
        answer = client.patch(url, {"version": version, "changes": changes}, "application/json")
        assert answer.status_code in (200, 400)
        names.add(name)
    return names


def over_the_tables(names: set[str]) -> None:
    """Write the texts past every check into all text columns of these names."""
    written = 0
    for model in apps.get_models():
        if model._meta.app_label not in (*OWN_APPS, "customers"):
            continue
        columns = [
            field
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField)
            and field.name in names | {"file_name", "title", "body", "note", "reason"}
            and not (field.choices or field.unique or field.name in KEPT)
            and (field.max_length or 200) >= 20
        ]
        for number, row in enumerate(model._base_manager.all() if columns else ()):
            values = {
                field.name: that_fit(field.max_length or 200, number + written + place, PLAIN)
                for place, field in enumerate(columns)
            }
            written += len(values)
            try:
                with transaction.atomic():
                    model._base_manager.filter(pk=row.pk).update(**values)
            except IntegrityError:
                continue
    assert written > 60


@pytest.fixture
def watched(chromium: Any, live_server: Any, page_errors: Any) -> Iterator[Callable[..., Page]]:
    """Return a page in which somebody is signed in and everything that runs is written down."""
    contexts: list[BrowserContext] = []

    def opened(world: World, who: str) -> Page:
        context = chromium.new_context(
            base_url=live_server.url, locale="zh-CN", user_agent=SHAPED_AGENT
        )
        contexts.append(context)
        context.add_init_script(WATCH)
        context.add_cookies(cookies_for(live_server.url, user=None, language="zh-hans"))
        session = world.clients[who].cookies["anju_session"].value
        context.add_cookies([{"name": "anju_session", "value": session, "url": live_server.url}])
        page = context.new_page()
        page_errors.watch(page)
        return page

    yield opened
    for context in contexts:
        context.close()


SHAPED_AGENT = "<svg onload=alert(1)>"


def harm(page: Page) -> list[str]:
    """Return what ran, what the policy stopped, and elements made of text."""
    return [*page.evaluate("ran"), *page.evaluate(f"({MADE_OF_TEXT})(document)")]


def drawn(world: World) -> dict[str, str]:
    """Return every page and part as the server draws it for who may do most there; no files."""
    pages = {}
    for name, url, client in readable(world):
        if not (DOORS[name].is_api or name in NOT_A_PAGE):
            answer = client.get(url, headers={"User-Agent": SHAPED_AGENT})
            if answer.headers["Content-Type"].startswith("text/html"):
                pages[name] = answer.content.decode()
    return pages


def test_no_text_runs_on_any_page(
    filled_world: World, watched: Callable[..., Page], page_errors: Any
) -> None:
    page_errors.allow(404, 409)
    page, pages = watched(filled_world, "consultant"), drawn(filled_world)
    assert len(pages) > 80
    page.goto("/customers/")
    read = dict(zip(pages, page.evaluate(READ, list(pages.values())), strict=True))
    assert {name: found for name, (found, _text) in read.items() if found} == {}
    assert [name for name, (_found, text) in read.items() if DIRECTIONS.search(text)] == []
    everything = re.sub(r"\s+", " ", " ".join(text for _found, text in read.values()))
    missing = [text for text in PLAIN if re.sub(r"\s+", " ", text) not in everything]
    assert missing == [], "not shown as typed"

    looked_at: dict[str, Page] = {"consultant": page}
    for name in LOOKED_AT:
        who = reader_of(name)
        page = looked_at[who] if who in looked_at else watched(filled_world, who)
        looked_at[who] = page
        page.goto(address_of(filled_world, name), wait_until="load")
        assert harm(page) == [], name


def test_titles_toasts_and_print_show_text_as_typed(
    watched: Callable[..., Page], page_errors: Any, transactional_db: None
) -> None:
    page_errors.allow(422)
    world, name = build_world(), "张<svg onload=alert(1)>三\u202e"
    shown = name.removesuffix("\u202e")
    page = watched(world, "consultant")
    page.goto("/customers/add/")
    page.fill("#id_name", name)
    page.fill("#id_phone", "13712349876")
    page.locator("#customer-form button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(shown)
    assert page.title().startswith(shown)
    page.locator("#composer [name=content]").fill(TURNED[0])
    page.locator("#composer button.btn-p").click()
    expect(page.locator("[role=status] .toast")).to_contain_text(shown)
    expect(page.locator("#record")).to_contain_text(TURNED[0].replace("\u202e", ""))
    page.emulate_media(media="print")
    assert harm(page) == []
    assert not DIRECTIONS.search(page.content())


def test_the_watch_sees_what_runs(chromium: Any, live_server: Any, transactional_db: None) -> None:
    """The negative control: the same texts as markup, with the policy and without it."""
    context = chromium.new_context(base_url=live_server.url)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto("/accounts/login/")
    text = "".join(PLAIN)
    page.evaluate("text => { document.querySelector('main').innerHTML = text; }", text)
    page.wait_for_function("ran.some((one) => one.startsWith('script-src'))")
    assert not any(one.startswith("alert") for one in page.evaluate("ran"))
    ((found, _text),) = page.evaluate(READ, [f"<main>{text}</main>"])
    assert len(found) > 20
    page.goto("about:blank")
    page.evaluate("text => { document.body.innerHTML = text; }", text)
    page.wait_for_function("ran.some((one) => one.startsWith('alert'))")
    context.close()


def test_a_template_that_trusts_a_name_is_found(
    chromium: Any, live_server: Any, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the pages: with escaping switched off the reading goes red."""
    world = build_world()
    Customer.objects.filter(pk=world.customer.pk).update(name=PLAIN[0])
    url, page = f"/customers/{world.customer.pk}/", chromium.new_page(base_url=live_server.url)
    page.goto("/accounts/login/")
    for is_escaped in (True, False):
        if not is_escaped:
            switch_escaping_off(monkeypatch)
        html = world.clients["consultant"].get(url).content.decode()
        ((found, _text),) = page.evaluate(READ, [html])
        assert bool(found) is not is_escaped
    page.close()


def switch_escaping_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every template take text for markup."""
    monkeypatch.setattr("django.template.base.conditional_escape", str)
    monkeypatch.setattr("crm_site.common.moulds.escape", str)
