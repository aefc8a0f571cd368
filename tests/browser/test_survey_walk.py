"""A closed ticket asks its customer; a low answer brings somebody to care (SVC-10, 35, 45)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from crm_site.staff.models import User
from service.surveys.models import Survey, SurveyResponse
from service.tickets.models import Ticket
from service.tickets.services.calling_back import Rating, record_callback
from tests.browser.service_steps import fill, fits, service_team, take
from tests.factories import CustomerFactory, Organisation
from tests.service.factories import TicketFactory
from tests.service.surveys.conftest import GOOD, agreed, tokens

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
WORDS = "等了五天才有人来，师傅没有说明原因。"
PHONE = {"width": 360, "has_touch": True}


@pytest.fixture
def team(transactional_db: None) -> dict[str, User]:
    return service_team(Organisation())


@pytest.fixture
def tickets(team: dict[str, User]) -> list[Ticket]:
    """Three complaints of three customers, each called back and ready to be closed."""
    found = []
    for name in ("高雅琴", "贺志倩", "梁志强"):
        customer = agreed(CustomerFactory(owner=team["lin"], name=name), timezone.now())
        row = TicketFactory(
            customer=customer,
            state="callback",
            opened_at=timezone.now(),
            first_responder=team["agent"],
            handler=team["specialist"],
            solution="接头已更换",
            told_at=timezone.now(),
            answer="accepted",
        )
        rating = Rating(solved="yes", pleasant=5, kind="phone", words="")
        record_callback(row, rating=rating, actor=team["specialist"], now=timezone.now())
        found.append(row)
    return found


def make_survey(page: Page) -> Survey:
    """Write a survey that follows each closed ticket and open it, by hand."""
    page.goto("/surveys/add/")
    form = page.locator("form.form-w")
    fill(form, title="工单服务评价", trigger="ticket")
    form.locator("[name=questionnaire]").select_option(label="服务满意度")
    form.locator("button.btn-p").click()
    page.wait_for_url(re.compile(r"/surveys/\d+/$"))
    page.get_by_role("button", name="发布问卷").click()
    expect(page.get_by_text("问卷已发布").first).to_be_visible()
    survey = Survey.objects.get()
    assert (survey.state, survey.trigger) == ("open", "ticket")
    return survey


def answer_low(page: Page) -> None:
    """Answer by thumb: not all of it first, then all of it."""
    page.locator("button.btn-p").tap()
    summary = page.get_by_role("alert")
    expect(summary.locator("li")).to_have_count(4)
    for name, value in (("q-q1", "bad"), ("q-q2", "2"), ("q-q3", "1"), ("q-q4", "2")):
        label = page.locator("label").filter(has=page.locator(f"[name={name}][value='{value}']"))
        box = label.bounding_box()
        assert box is not None
        assert box["height"] >= 44, (name, box)
        label.tap()
    page.locator("[name=q-q5]").fill(WORDS)
    page.locator("button.btn-p").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("谢谢您！")


def test_a_low_answer_brings_somebody_to_care(
    team: dict[str, User],
    tickets: list[Ticket],
    sign_in: Callable[..., Any],
    open_page: Callable[..., Any],
    page_errors: Any,
) -> None:
    page_errors.allow(422)
    manager = sign_in(team["service_manager"])
    survey = make_survey(manager)
    handler = sign_in(team["specialist"])
    for ticket in tickets:
        take(handler, ticket, "close", "closed")
    links = tokens(survey)
    assert len(links) == 3

    phone = open_page(f"/s/{links[0]}/", **PHONE)
    assert tickets[0].customer.name not in phone.content()  # type: ignore[union-attr]
    assert Axe().run(fits(phone, 360), options=RULES).response["violations"] == []
    answer_low(phone)
    for token in links[1:]:
        assert Client().post(f"/s/{token}/", GOOD).status_code == 302

    # The same link again, from another phone too, says thanks and nothing else.
    again = open_page(f"/s/{links[0]}/", **PHONE)
    for seen in (phone, again):
        seen.reload()
        expect(seen.get_by_role("heading", level=1)).to_have_text("谢谢您！")
        assert seen.locator("main form, main input, textarea").count() == 0
        assert WORDS not in seen.content()

    response = SurveyResponse.objects.get(customer=tickets[0].customer)
    care = Ticket.objects.get(kind="care")
    assert (response.is_low, response.ticket) == (True, care)
    assert (care.customer, care.channel, care.is_proactive) == (
        tickets[0].customer,
        "survey",
        True,
    )
    the_care_ticket_is_shown(handler, survey, care)
    figures_open_their_rows(manager, survey)


def the_care_ticket_is_shown(page: Page, survey: Survey, care: Ticket) -> None:
    page.goto(f"/surveys/{survey.pk}/answers/?low=true")
    rows = page.locator("#answers tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("高雅琴")
    expect(rows).to_contain_text(WORDS)
    rows.get_by_role("link", name=care.number).click()
    page.wait_for_url(f"**/tickets/{care.pk}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("工单服务评价")
    expect(page.locator("section[aria-labelledby=facts]")).to_contain_text("高雅琴")
    page.goto("/tickets/?open=true")
    expect(page.locator("main tbody tr").filter(has_text=care.number)).to_have_count(1)


def figures_open_their_rows(page: Page, survey: Survey) -> None:
    """Each figure of the survey, the satisfied share first, counts what its list shows."""
    page.goto(f"/surveys/{survey.pk}/")
    fits(page, 1440)
    csat = page.locator("dl.facts > div").filter(has_text="CSAT").first
    expect(csat).to_contain_text("66.7 %")
    said = re.search(r"(\d+) ?/ ?(\d+)|(\d+)\D+(\d+)", csat.locator(".soft").inner_text())
    assert said is not None
    numbers = {int(each) for each in said.groups() if each}
    assert numbers == {2, 3}
    csat.get_by_role("link").click()
    page.wait_for_url("**/answers/?box=satisfied")
    rows = page.locator("#answers tbody tr")
    expect(rows).to_have_count(2)
    assert Axe().run(page, options=RULES).response["violations"] == []
    counted = {"low=true": 1, "camp=promoter": 2, "camp=detractor": 1, "rated=true": 3}
    for query, number in counted.items():
        page.goto(f"/surveys/{survey.pk}/answers/?{query}")
        expect(rows).to_have_count(number)
    page.goto("/satisfaction/")
    expect(fits(page, 1440).locator("main")).to_contain_text("66.7 %")


@pytest.mark.parametrize(
    ("width", "theme", "language"), [(1440, "light", "zh-hans"), (360, "dark", "en")]
)
def test_the_pages_of_surveys_fit(
    team: dict[str, User],
    open_page: Callable[..., Any],
    width: int,
    theme: str,
    language: str,
) -> None:
    first = open_page("/surveys/", user=team["service_manager"])
    survey = make_survey(first)
    look = {"width": width, "theme": theme, "language": language}
    page = open_page("/surveys/", user=team["service_manager"], **look)
    here = f"/surveys/{survey.pk}/"
    of_one = [here, f"{here}answers/", f"{here}preview/", f"{here}plan/"]
    whole = ["/surveys/", "/surveys/add/", "/satisfaction/", "/satisfaction/answers/"]
    for url in (*whole, *of_one, "/satisfaction/sales/", "/satisfaction/reports/"):
        page.goto(url)
        fits(page, width)
        found = Axe().run(page, options=RULES).response["violations"]
        assert found == [], (url, [(one["id"], one["nodes"][0]["html"]) for one in found])
