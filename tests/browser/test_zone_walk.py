"""A browser eight hours west of Greenwich, its clock ten minutes off: the same days (A-59)."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from crm_site.calendars.rules.working_time import SHANGHAI
from crm_site.staff.models import User
from customers.models import Customer, Interaction
from tests.factories import CustomerFactory, LeadFactory, TaskFactory

pytestmark = pytest.mark.check("A-59")
WEST = {"timezone_id": "America/Los_Angeles"}
HOURS = timedelta(hours=5)


def times_of(page: Page) -> list[str]:
    """Return every moment the page shows, but those that run."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('time:not([data-left])')].map(e => e.textContent)"
    )
    return found


def countdowns(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('[data-left]')].map(e => e.textContent.slice(0, -3))"
    )
    return found


def test_the_west_sees_the_days_of_shanghai(
    sellers: dict[str, User], open_page: Callable[..., Any]
) -> None:
    lin = sellers["lin"]
    customer = CustomerFactory(owner=lin, birthday=date(1988, 7, 1), city="杭州")
    LeadFactory(customer=customer, received_at=timezone.now())
    TaskFactory(customer=customer, owner=lin, due_at=timezone.now() + HOURS)
    record = f"/customers/{customer.pk}/"
    here = open_page("/accounts/login/", user=lin)
    seen: list[str] = []
    for minutes in (-10, 10):
        there = open_page("/accounts/login/", user=lin, **WEST)
        there.clock.install(time=timezone.now() + timedelta(minutes=minutes))
        for path in (record, "/"):
            here.goto(path)
            there.goto(path)
            there.clock.run_for(1000)
            seen += times_of(here)
            assert times_of(there) == times_of(here)
            assert len(countdowns(there)) == len(countdowns(here))

    assert len(seen) > 2
    there.goto(f"{record}edit/")
    assert there.input_value("#id_birthday") == "1988-07-01"
    there.fill("#id_birthday", "1941-03-15")
    there.locator("#customer-form button[type=submit]").click()
    there.wait_for_url(f"**{record}")
    assert "1941-03-15" in there.inner_text("main")
    assert Customer.objects.get(pk=customer.pk).birthday == date(1941, 3, 15)

    day = timezone.localdate() + timedelta(days=2)
    composer = there.locator("#composer")
    composer.locator("[name=content]").fill("周末看房")
    composer.locator("[name=next_step]").fill("复访")
    composer.locator("[name=next_at]").fill(f"{day}T00:30")
    composer.locator("button.btn-p").click()
    expect(there.locator("[role=status] .toast")).to_have_text(re.compile("已保存.*跟进"))
    expect(there.locator("#composer [name=content]")).to_have_value("")
    talk = Interaction.objects.get(content="周末看房")
    due = customer.tasks.exclude(title="").order_by("-pk").first().due_at
    assert due == datetime.combine(day, datetime.min.time(), SHANGHAI) + timedelta(minutes=30)
    assert abs(talk.at - timezone.now()) < timedelta(minutes=5)
