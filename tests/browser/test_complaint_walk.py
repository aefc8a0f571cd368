"""The life of one complaint: received, worked on by three people, closed, counted (SVC-05, 27)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from crm_site.staff.models import User
from customers.models import Building, Customer, Unit
from service.tickets.models import Ticket, TicketCategory
from service.tickets.rules import PATHS, TicketKind
from tests.browser.service_steps import fill, fits, in_days, open_step, service_team, take
from tests.factories import CustomerFactory, Organisation
from tests.service.factories import CategoryFactory

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
TOLD = "水管接头已更换，吊顶已重新粉刷，三年内免费保修。"


@pytest.fixture
def team(transactional_db: None) -> dict[str, User]:
    return service_team(Organisation())


@pytest.fixture
def leak(transactional_db: None) -> TicketCategory:
    return CategoryFactory(name="漏水", code="leak", queue="engineering")


@pytest.fixture
def owner(team: dict[str, User]) -> Customer:
    customer = CustomerFactory(owner=team["lin"], name="梁志强")
    building = Building.objects.create(project=customer.project, name="3栋")
    Unit.objects.create(
        project=customer.project,
        building=building,
        entrance="2",
        floor=18,
        number="1801",
        forecast_area=98,
    )
    return customer


def receive(page: Page, owner: Customer) -> Ticket:
    """Receive the complaint by the form and return it."""
    page.goto("/tickets/add/")
    form = page.locator("form.form-w")
    fill(form, kind="complaint", project=str(owner.project_id), subject="厨房天花板漏水")
    fill(form, body="已经三天，昨晚开始滴水。", contact_name="梁太太", unit_name="3-2-1801")
    form.get_by_role("combobox", name="客户").fill("梁")
    page.locator(".picker [data-value]").first.click()
    form.locator("button.btn-p").click()
    page.wait_for_url(re.compile(r"/tickets/\d+/$"))
    return Ticket.objects.get()


def test_the_life_of_a_complaint(
    team: dict[str, User],
    owner: Customer,
    leak: TicketCategory,
    sign_in: Callable[..., Any],
    page_errors: Any,
) -> None:
    page_errors.allow(422)
    agent = sign_in(team["agent"])
    ticket = receive(agent, owner)
    assert (ticket.customer, ticket.first_responder) == (owner, team["agent"])
    assert (ticket.state, ticket.unit.number) == ("received", "1801")  # type: ignore[union-attr]
    take(agent, ticket, "classify", "classified", category=str(leak.pk), severity="grave")

    # Offered to the specialist; until it is accepted nothing changes.
    form = open_step(agent, ticket, "transfer")
    fill(form, taker=str(team["specialist"].pk), reason="需要上门查看")
    form.locator("button.btn-p").click()
    agent.wait_for_url(f"**/tickets/{ticket.pk}/")
    expect(agent.locator("main .banner")).to_contain_text("唐佳宁")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.handler) == ("classified", None)
    page = sign_in(team["specialist"])
    page.goto(f"/tickets/{ticket.pk}/")
    page.locator("button[name=answer][value=accept]").click()
    expect(page.locator(".rec-m")).to_contain_text("唐佳宁")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.handler) == ("assigned", team["specialist"])

    take(page, ticket, "investigate", "investigating", note="上门查看，主管接头松动")
    take(page, ticket, "plan", "plan_agreed", plan="三天内更换接头并修复吊顶")
    give_a_task(page, ticket, team["engineering"])
    take(page, ticket, "execute", "executing")
    take(page, ticket, "reply", "replied", solution=TOLD)
    take(page, ticket, "answer", "callback", answer="accepted", note="可以接受")
    closing_too_early_is_refused(page, ticket)

    engineer = sign_in(team["engineering"])
    note_the_result(engineer, ticket)
    take(page, ticket, "callback", "callback", solved="yes", pleasant="4", words="师傅很仔细")
    row = ticket.callbacks.get()
    assert (row.solved, row.pleasant, row.is_satisfied) == ("yes", 4, True)
    take(page, ticket, "close", "closed")
    assert ticket.closed_at is not None
    the_whole_way_is_shown(page, ticket)
    it_is_counted(page, ticket)


def give_a_task(page: Page, ticket: Ticket, engineer: User) -> None:
    form = open_step(page, ticket, "tasks")
    fill(form, title="更换厨房主管接头", department="engineering", owner=str(engineer.pk))
    fill(form, due_at=in_days(2))
    form.locator("button.btn-p").click()
    page.wait_for_url(f"**/tickets/{ticket.pk}/")
    expect(page.locator("section[aria-labelledby=tasks-h]")).to_contain_text("更换厨房主管接头")


def closing_too_early_is_refused(page: Page, ticket: Ticket) -> None:
    """The page and the form both say what is missing; the words typed stay."""
    page.goto(f"/tickets/{ticket.pk}/")
    parts = page.locator("section[aria-labelledby=next] .lines li")
    expect(parts).to_have_count(4)
    expect(parts.filter(has_text="缺失")).to_have_count(1)
    expect(parts.filter(has_text="缺失")).to_contain_text("回访")
    form = open_step(page, ticket, "step/close")
    fill(form, note="客户已同意")
    form.locator("button.btn-p").click()
    summary = page.locator("main [role=alert]").first
    expect(summary).to_contain_text("关闭前还需记录：回访")
    expect(summary).to_contain_text("还有 1 项子任务未完成")
    expect(page.locator("form.form-w [name=note]")).to_have_value("客户已同意")
    ticket.refresh_from_db()
    assert ticket.state == "callback"


def note_the_result(page: Page, ticket: Ticket) -> None:
    page.goto(f"/tickets/{ticket.pk}/")
    page.locator("section[aria-labelledby=tasks-h]").get_by_role("link", name="填写结果").click()
    fill(page.locator("form.form-w"), result="接头已更换，试压正常")
    page.locator("form.form-w button.btn-p").click()
    page.wait_for_url(f"**/tickets/{ticket.pk}/")
    expect(page.locator("section[aria-labelledby=tasks-h]")).to_contain_text("试压正常")
    assert ticket.tasks.get().state == "done"


def the_whole_way_is_shown(page: Page, ticket: Ticket) -> None:
    stops = page.locator("ol.way > li")
    expect(stops).to_have_count(len(PATHS[TicketKind.COMPLAINT]))
    expect(page.locator("ol.way > li.done")).to_have_count(len(PATHS[TicketKind.COMPLAINT]))
    history = page.locator("section[aria-labelledby=hist]")
    shown = history.inner_text()
    events = list(ticket.events.all())
    assert len(events) >= 14
    for event in events:
        assert event.note in shown
        assert event.actor is None or event.actor.name in shown
    words = ("转交", "子任务", "回访", "关闭", TOLD, "试压正常", "周启明", "何雨桐", "唐佳宁")
    assert [word for word in words if word not in shown] == []
    # What the customer said is no answer of ours.
    expect(page.locator("#panel-answers")).to_have_count(0)
    assert Axe().run(page, options=RULES).response["violations"] == []
    fits(page, 1440)


def it_is_counted(page: Page, ticket: Ticket) -> None:
    page.goto("/tickets/timeliness/")
    expect(page.locator("#kept")).to_have_text("1")
    expect(fits(page, 1440).locator("#rate")).to_contain_text("100")
    page.locator("#kept").click()
    page.wait_for_url("**/tickets/timeliness/cases/**")
    rows = page.locator("#cases tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(ticket.number)
    page.goto("/tickets/timeliness/")
    page.locator("#rate").click()
    expect(page.locator("#cases tbody tr")).to_have_count(1)


@pytest.mark.parametrize(
    ("width", "theme", "language"), [(1440, "light", "zh-hans"), (360, "dark", "en")]
)
def test_the_pages_of_the_way_fit(
    team: dict[str, User],
    owner: Customer,
    leak: TicketCategory,
    open_page: Callable[..., Any],
    width: int,
    theme: str,
    language: str,
) -> None:
    agent = open_page("/tickets/add/", user=team["agent"])
    ticket = receive(agent, owner)
    take(agent, ticket, "classify", "classified", category=str(leak.pk))
    take(agent, ticket, "take", "assigned")
    look = {"width": width, "theme": theme, "language": language}
    page = open_page("/tickets/", user=team["specialist"], **look)
    here = f"/tickets/{ticket.pk}"
    steps = [f"{here}/step/{step}/" for step in ("classify", "plan", "reply", "callback", "close")]
    more = [f"{here}/{each}" for each in ("", "transfer/", "tasks/", "clocks/", "edit/")]
    for url in ("/tickets/", "/tickets/add/", "/tickets/board/", "/tickets/timeliness/"):
        more.append(url)
    for url in (*more, *steps):
        page.goto(url)
        fits(page, width)
        found = Axe().run(page, options=RULES).response["violations"]
        assert found == [], (url, [(one["id"], one["nodes"][0]["html"]) for one in found])
