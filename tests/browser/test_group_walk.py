"""A group complaint found on the real file: imported, seen, confirmed, planned (SVC-36, BEY-07)."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from crm_site.exchange.models import ImportJob
from crm_site.staff.models import User
from service.groups.models import GroupSuggestion
from service.groups.tasks import regroup_complaints
from service.tickets.models import Ticket
from tests.browser.service_steps import fill, fits, service_team
from tests.browser.test_real_file import figures, write
from tests.customers.importing import shared_file
from tests.factories import Organisation
from tests.service.groups.conftest import known_groups
from tests.service.groups.scores import bcubed

pytestmark = [pytest.mark.usefixtures("eager_jobs")]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
MESSAGES, REPEATED = 4326, 34
PATIENCE_MS = 600_000
MATTER = "捆绑销售车位"
PLAN = "与住建局核对销售合同，十日内取消捆绑条款，已付车位款愿退尽退。"
BAD = (
    ["", "A1", "没有编号", "2019/1/1", "内容", "0", "0", "2019/1/1"],
    ["900001", "A1", "", "2019/1/1", "", "0", "0", "2019/1/1"],
    ["900002", "A1", "日期读不出", "", "内容", "0", "0", "去年冬天"],
)


@pytest.fixture
def team(transactional_db: None) -> dict[str, User]:
    org = Organisation()
    return service_team(org) | {"project": org.project_one}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The real file, with three rows at its end that nobody can take over."""
    more = io.StringIO(newline="")
    csv.writer(more).writerows(BAD)
    path = tmp_path / "留言.csv"
    given = shared_file("complaints_cn_messages.csv").read_bytes()
    path.write_bytes(given.rstrip(b"\n") + b"\n" + more.getvalue().encode())
    return path


def test_a_group_complaint_is_found_on_the_real_file(
    team: dict[str, Any],
    file: Path,
    sign_in: Callable[..., Any],
    open_page: Callable[..., Any],
) -> None:
    page = sign_in(team["service_manager"])
    page.set_default_timeout(PATIENCE_MS)
    import_messages(page, file, team["project"].pk)
    before = {one.pk: one.size for one in GroupSuggestion.objects.filter(state="open")}
    regroup_complaints()  # the job of the night finds the same again
    assert {one.pk: one.size for one in GroupSuggestion.objects.filter(state="open")} == before
    labels_are_met()
    suggestion = find_the_group(page)
    for look in ({"width": 1440}, {"width": 360, "theme": "dark"}):
        seen = open_page("/tickets/groups/", user=team["agent"], **look)
        for url in ("/tickets/groups/", f"/tickets/groups/suggested/{suggestion.pk}/"):
            seen.goto(url)
            checked(seen, look["width"])
    group = form_the_group(page, suggestion)
    name_representatives(page, group)
    agree_a_plan(page, group)
    move_on_the_board(page, group)
    phone = open_page(f"/tickets/{group.pk}/", user=team["service_manager"], width=360)
    checked(phone, 360)


def checked(page: Page, width: int) -> None:
    fits(page, width)
    found = Axe().run(page, options=RULES).response["violations"]
    assert found == [], (page.url, [(one["id"], one["nodes"][0]["html"]) for one in found])


def import_messages(page: Page, path: Path, project: int) -> None:
    """Take the messages over by the wizard, at the times as people wrote them."""
    page.goto("/imports/")
    page.locator("input[type=file]").set_input_files(path)
    page.locator("#import-form button.btn-p").click()
    page.wait_for_url(re.compile(r"/imports/\d+/"))
    for header, target in (("留言时间", ""), ("留言时间_原文", "received_at")):
        name = page.locator(".m-a").get_by_text(header, exact=True)
        row = page.locator("table.map tbody tr").filter(has=name)
        row.locator("select").first.select_option(target)
    page.locator("select[name*=project]").select_option(str(project))
    with page.expect_navigation():
        page.locator("button[name=action][value=check]").last.click()
    bad = len(BAD)
    assert not Ticket.objects.exists()  # a trial run writes nothing
    for code in ("留言编号", "主题", "日期"):
        expect(page.locator("#problems")).to_contain_text(code)
    write(page)
    job = ImportJob.objects.get()
    created = MESSAGES - REPEATED
    assert job.counts == {"created": created, "repeated": REPEATED, "bad": bad}
    assert sum(figures(page)) == MESSAGES + bad
    assert Ticket.objects.filter(kind="complaint").count() == created
    assert not Ticket.objects.exclude(due_at=None, step_due_at=None).exists()
    with page.expect_download() as download:  # what was not taken over is not lost
        page.locator("#problems").get_by_role("link", name="CSV").click()
    rows = list(csv.reader(download.value.path().read_text("utf-8-sig").splitlines()))
    assert [row for row in rows if "没有编号" in row]
    assert len(rows) == 1 + bad


def labels_are_met() -> None:
    """Groups agree with the given labels, and none is a heap."""
    found: dict[int, set[str]] = {}
    texts = Ticket.objects.filter(text__suggestion__isnull=False)
    for key, number in texts.values_list("text__suggestion", "source_id"):
        found.setdefault(key, set()).add(number)
    assert bcubed(list(found.values()), list(known_groups().values())) >= 0.93
    assert max(map(len, found.values())) <= 150


def find_the_group(page: Page) -> GroupSuggestion:
    """Find the group in the list by what it is about; see why, its texts and its growth."""
    page.goto("/tickets/")
    page.goto("/tickets/groups/?state=open")
    row = page.locator("#suggestions tbody tr").filter(has_text="捆绑").first
    row.get_by_role("link").first.click()
    page.wait_for_url(re.compile(r"/suggested/\d+/$"))
    suggestion = GroupSuggestion.objects.get(pk=page.url.rstrip("/").split("/")[-1])
    assert suggestion.state == "open"
    members = set(
        Ticket.objects.filter(text__suggestion=suggestion).values_list("source_id", flat=True)
    )
    known = known_groups()["G1"]
    assert len(members & known) >= 0.9 * len(known)
    expect(page.locator("section[aria-labelledby=why-h]")).to_contain_text("滨河苑")
    shown = page.locator("section[aria-labelledby=members-h]")
    expect(shown.locator("li")).to_have_count(len(members))
    first = Ticket.objects.filter(text__suggestion=suggestion).order_by("opened_at", "pk")[0]
    expect(shown).to_contain_text(first.subject)
    expect(shown).to_contain_text(first.body[:30])
    return suggestion


def form_the_group(page: Page, suggestion: GroupSuggestion) -> Ticket:
    size = suggestion.size
    page.locator("a[href$='/accept/']").click()
    page.wait_for_url("**/accept/")
    form = page.locator("form.form-w")
    fill(form, subject=MATTER)
    form.locator("button.btn-p").click()
    page.wait_for_url(re.compile(r"/tickets/\d+/$"))
    group = Ticket.objects.get(kind="group_complaint")
    assert group.members.count() == size
    expect(page.get_by_role("heading", level=1)).to_contain_text(MATTER)
    return group


def name_representatives(page: Page, group: Ticket) -> None:
    """Let the first two who wrote speak for all."""
    for number in (1, 2):
        button = page.locator("form[action$='/represent/'] button").first
        with page.expect_navigation():
            button.click()
        assert group.representatives.count() == number
    expect(page.get_by_text("代表").first).to_be_visible()


def agree_a_plan(page: Page, group: Ticket) -> None:
    page.locator(f"a[href='/tickets/groups/{group.pk}/plan/']").click()
    form = page.locator("form.form-w")
    fill(form, text=PLAN)
    form.locator("button.btn-p").click()
    page.wait_for_url(f"**/tickets/{group.pk}/")
    expect(page.locator("main")).to_contain_text(PLAN)


def move_on_the_board(page: Page, group: Ticket) -> None:
    """Put two steps on the board and tick the first; the list of groups shows it."""
    for title in ("核对销售合同", "公布退款办法"):
        page.locator(f"a[href='/tickets/groups/{group.pk}/steps/']").click()
        form = page.locator("form.form-w")
        fill(form, title=title, due_on="2030-06-01")
        form.locator("button.btn-p").click()
        page.wait_for_url(f"**/tickets/{group.pk}/")
    with page.expect_navigation():
        page.locator("form[action$='/done/'] button").first.click()
    assert [step.done_at is not None for step in group.group_steps.all()] == [True, False]
    page.goto("/tickets/groups/formed/")
    row = page.locator("#formed tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(MATTER)
    expect(row).to_contain_text("1 / 2")
