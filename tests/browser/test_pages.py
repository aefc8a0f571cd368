"""The main pages, filled: two widths, two themes, two languages; keys alone; an input method."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from crm_site.exchange.models import ImportJob
from crm_site.outbox.delivery import deliver_due
from crm_site.staff.models import User
from customers.models import Customer, Interaction
from customers.services.clocks import start_clocks
from customers.services.grading import regrade
from customers.services.reminders import sweep_clocks, sweep_tasks
from tests.conftest import make_user
from tests.data.make_leads_cn import make_rows, write
from tests.factories import (
    CustomerFactory,
    InteractionFactory,
    LeadFactory,
    Organisation,
    TaskFactory,
)

pytestmark = [pytest.mark.usefixtures("eager_jobs")]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
NARROWEST = 320
PHONE = 360
CONTROL_KEYS = {"Tab", "Enter", "Space", "Escape", "ArrowDown", "ArrowRight", "Control+Enter"}
MOST_CONTROL_KEYS = 8
VIEWS = [
    (1440, "light", "zh-hans"),
    (1440, "dark", "zh-hans"),
    (PHONE, "light", "zh-hans"),
    (PHONE, "dark", "zh-hans"),
    (1440, "light", "en"),
]
Visit = Callable[..., Page]


class Company:
    """A team at work: leads under every clock, tasks, talks, grades, an import, messages."""

    def __init__(self) -> None:
        org = Organisation()
        self.now = timezone.now()
        roles = ("consultant", "supervisor", "executive", "sysadmin", "auditor")
        self.staff = {role: make_user(org, role) for role in roles}
        self.customers = [self._customer(number, org) for number in range(12)]
        CustomerFactory.create_batch(2, project=org.project_one)  # wait in the pool
        sweep_clocks(now=self.now)
        sweep_tasks(now=self.now)
        deliver_due(now=self.now)
        regrade(slot="pages:1", now=self.now)

    def _customer(self, number: int, org: Organisation) -> Customer:
        owner, since = self.staff["consultant"], self.now - timedelta(hours=number * 9)
        customer = CustomerFactory(owner=owner, intent=number % 4 or None, budget_max=3_000_000)
        lead = LeadFactory(customer=customer, received_at=since)
        start_clocks(lead=lead, started_at=since, now=self.now)
        if number % 3 == 0:
            InteractionFactory(customer=customer, at=self.now - timedelta(days=number + 1))
            TaskFactory(customer=customer, due_at=self.now + timedelta(hours=number - 4))
        return customer


@pytest.fixture
def company(transactional_db: None) -> Company:
    return Company()


@pytest.fixture
def import_path(company: Company, client_for: Callable[[User], Client], tmp_path: Path) -> str:
    """Upload the lead file; return the page of its trial run."""
    path = tmp_path / "leads.csv"
    write(path, make_rows(seed=7, rows=40, today=timezone.localdate()))
    file = SimpleUploadedFile("leads.csv", path.read_bytes())
    client = client_for(company.staff["supervisor"])
    answer = client.post(
        "/imports/", {"kind": "customer", "file": file, "idempotency_key": "pages"}
    )
    assert answer.status_code == 302
    assert ImportJob.objects.get().state == "checked"
    return str(answer.url)


@pytest.fixture
def visit(open_page: Visit, client_for: Callable[[User], Client], live_server: Any) -> Visit:
    """Return a page of the browser where the account is signed in, second factor included."""

    def visited(user: User | None, **options: Any) -> Page:
        page = open_page("/accounts/login/", **options)
        if user is not None:
            session = client_for(user).cookies[settings.SESSION_COOKIE_NAME].value
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session}
            page.context.add_cookies([{**cookie, "url": live_server.url}])
        return page

    return visited


def pages_of(company: Company, import_path: str) -> dict[str | None, list[str]]:
    """Return the paths each account looks at, in every size, theme and language."""
    record = f"/customers/{company.customers[0].pk}/"
    return {
        None: ["/accounts/login/"],
        "consultant": ["/", "/customers/", record, "/pool/", "/notifications/", "/nothing/"],
        "supervisor": ["/team/", record, "/imports/", import_path],
        "executive": ["/policies/", "/policies/grade.weights/", "/customers/?view=all"],
        "sysadmin": ["/staff/", "/system/health/"],
        "auditor": ["/audit/"],
    }


def more_pages_of(company: Company) -> dict[str | None, list[str]]:
    """Return the pages looked at once wide and once on a phone."""
    record = f"/customers/{company.customers[0].pk}/"
    tabs = ("standing", "portrait", "intents", "preferences", "plans", "promises", "relations")
    late_tabs = ("consents", "sharing", "history")
    return {
        "consultant": [
            *[f"{record}{tab}/" for tab in (*tabs, *late_tabs)],
            *["/tasks/", "/meetings/", "/meetings/?view=month", "/meetings/add/", "/upkeep/"],
            *["/customers/board/", "/customers/unclosed/", "/pool/warnings/", "/offers/"],
            *["/strata/", "/news/", "/registers/", "/search/?q=a", "/customers/add/"],
        ],
        "supervisor": [
            *["/team/workload/", "/team/compare/", "/team/hand-over/", "/customers/groups/"],
            *["/customers/standing/", "/duplicates/", "/tags/", "/tags/add/", "/templates/"],
            *["/approvals/", "/exports/", "/notifications/preferences/", "/views/customers/"],
        ],
    }


def faults(page: Page, *, language: str, width: int) -> list[tuple[str, str]]:
    """Return what is wrong with the page as shown: rule and element."""
    broken = Axe().run(page, options=RULES).response["violations"]
    found = [(item["id"], node["html"][:200]) for item in broken for node in item["nodes"]]
    if page.evaluate("document.documentElement.lang") != language.replace("hans", "Hans"):
        found.append(("html-lang", language))
    if width == PHONE:
        page.set_viewport_size({"width": NARROWEST, "height": 640})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > NARROWEST:
            found.append(("reflow", f"{wide} px at {NARROWEST} px"))
        page.set_viewport_size({"width": width, "height": 640})
    return found


@pytest.mark.parametrize(("width", "theme", "language"), VIEWS)
def test_every_main_page_is_accessible_and_quiet(
    company: Company,
    import_path: str,
    visit: Visit,
    page_errors: Any,
    width: int,
    theme: str,
    language: str,
) -> None:
    page_errors.allow(404, 422)
    found: dict[str, list[tuple[str, str]]] = {}
    for role, paths in pages_of(company, import_path).items():
        user = company.staff[role] if role else None
        page = visit(user, width=width, theme=theme, language=language)
        for path in paths:
            answer = page.goto(path)
            assert answer is not None
            assert (path, answer.status) == (path, 404 if path == "/nothing/" else 200)
            found[path] = faults(page, language=language, width=width)
        if role == "consultant":
            page.goto("/customers/add/")
            page.locator("main form button.btn-p").click()
            page.wait_for_selector(".err-sum:focus")
            found["errors of the form"] = faults(page, language=language, width=width)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(("width", "theme"), [(1440, "dark"), (PHONE, "light")])
def test_the_other_pages_are_accessible_and_fit(
    company: Company, visit: Visit, width: int, theme: str
) -> None:
    found: dict[str, list[tuple[str, str]]] = {}
    for role, paths in more_pages_of(company).items():
        page = visit(company.staff[str(role)], width=width, theme=theme, language="zh-hans")
        for path in paths:
            answer = page.goto(path)
            assert answer is not None
            assert (path, answer.status) == (path, 200)
            found[path] = faults(page, language="zh-hans", width=width)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@pytest.mark.check("B-26")
def test_a_follow_up_is_logged_from_today_with_few_control_keys(
    company: Company, visit: Visit
) -> None:
    page = visit(company.staff["consultant"])
    page.goto("/")
    pressed: list[str] = []

    def press(key: str) -> None:
        pressed.append(key)
        page.keyboard.press(key)

    press("2")  # the result, by the number on its label
    press("Tab")
    page.keyboard.type("客户周六带父母再看一次")
    press("Control+Enter")
    expect(page.locator("[role=status] .toast")).to_be_visible()
    talk = Interaction.objects.get(content="客户周六带父母再看一次")
    assert talk.result == "no_answer"
    assert len(pressed) <= MOST_CONTROL_KEYS


def test_enter_that_ends_a_composition_saves_nothing(company: Company, visit: Visit) -> None:
    before = Interaction.objects.count()
    page = visit(company.staff["consultant"])
    page.goto("/")
    field = page.locator(".todo-q input[name=content]").first
    field.focus()
    browser = page.context.new_cdp_session(page)
    browser.send(
        "Input.imeSetComposition", {"text": "kehu", "selectionStart": 4, "selectionEnd": 4}
    )
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    browser.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    browser.send("Input.insertText", {"text": "客户"})
    browser.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    expect(field).to_have_value("客户")
    page.wait_for_load_state("networkidle")
    assert Interaction.objects.count() == before
    page.keyboard.press("Enter")  # without a composition it is an Enter again
    expect(page.locator("[role=status] .toast")).to_be_visible()
    assert Interaction.objects.count() == before + 1
