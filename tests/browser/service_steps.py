"""What the walks through the service desk share: the people, and how a step is taken by hand."""

import re
from datetime import timedelta
from typing import Any

from django.utils import timezone, translation
from playwright.sync_api import Locator, Page, expect

from crm_site.staff.models import User
from service.tickets.models import Ticket
from tests.conftest import make_user
from tests.factories import Organisation, UserFactory


def service_team(org: Organisation) -> dict[str, User]:
    """Return who takes part in a complaint, one for each role."""
    team = {key: make_user(org, key) for key in ("specialist", "engineering", "service_manager")}
    team["agent"] = UserFactory(
        username="he", name="何雨桐", role="agent", node=org.region_east, employee_no="7001"
    )
    team["lin"] = UserFactory(username="lin", name="林知夏", node=org.team_a)
    for key, name in (
        ("specialist", "唐佳宁"),
        ("engineering", "周启明"),
        ("service_manager", "沈曼"),
    ):
        team[key].name = name
        team[key].save(update_fields=["name"])
    return team


def open_step(page: Page, ticket: Ticket, step: str) -> Locator:
    """Go to a step by the link the page of the ticket offers, main or in the menu; the form."""
    page.goto(f"/tickets/{ticket.pk}/")
    link = page.locator(f"main a[href='/tickets/{ticket.pk}/{step}/']")
    if not link.is_visible():
        page.locator("main details.menu > summary").first.click()
    link.click()
    page.wait_for_url(f"**/tickets/{ticket.pk}/{step}/")
    return page.locator("form.form-w")


def take(page: Page, ticket: Ticket, step: str, state: str, **given: str) -> None:
    """Take a step by hand; afterwards the ticket is in ``state``, and the page says so."""
    form = open_step(page, ticket, f"step/{step}")
    fill(form, **given)
    form.locator("button.btn-p").click()
    page.wait_for_url(f"**/tickets/{ticket.pk}/")
    ticket.refresh_from_db()
    assert ticket.state == state
    with translation.override("zh-hans"):  # the language of the page, whoever ran before
        state = str(ticket.get_state_display())
    expect(page.locator(".rec-n")).to_contain_text(state)


def fill(form: Locator, **given: str) -> None:
    """Fill fields by name, whatever each of them is."""
    for name, value in given.items():
        field = form.locator(f"[name={name}]")
        if field.first.get_attribute("type") == "radio":
            form.locator(f"[name={name}][value='{value}']").check()
        elif field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def in_days(days: int) -> str:
    """Return that day at this time as the browser's own control takes it."""
    return f"{timezone.localtime() + timedelta(days=days):%Y-%m-%dT%H:%M}"


def fits(page: Page, width: int) -> Any:
    """Assert that no page is wider than the screen nor shows an empty value raw; the page."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    shown = page.locator("main").inner_text()
    assert re.search(r"\bNone\b(?! chosen)|\{[{%]", shown) is None, page.url
    return page
