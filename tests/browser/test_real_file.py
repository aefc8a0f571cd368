"""The real lead file of a developer through the wizard: owners first, then 15,000 leads."""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from crm_site.staff.models import User
from customers.models import Customer, CustomerGrade, Lead, LeadClock
from customers.services.grading import regrade
from tests.customers.importing import shared_file

pytestmark = [pytest.mark.usefixtures("eager_jobs")]
ROWS = 15_000
PATIENCE_MS = 120_000
PROPOSED = {"lead_id": "external_id", "assigned_exec_id": "owner", "city": "city"}


def upload(page: Page, path: Path, *, kind: str) -> None:
    """Choose what the file holds and the file; land on its columns and trial run."""
    page.goto("/imports/")
    page.locator("#id_kind").select_option(kind)
    page.locator("input[type=file]").set_input_files(path)
    page.locator("#import-form button.btn-p").click()
    page.wait_for_url(re.compile(r"/imports/\d+/"))


def write(page: Page) -> None:
    """Confirm the trial run; wait until all rows are written."""
    page.locator("button[name=action][value=write]").click()
    expect(page.locator("button[name=action]")).to_have_count(0, timeout=PATIENCE_MS)


def figures(page: Page) -> list[int]:
    """Return how many rows are (or would be) created, updated, wrong, and others if there are."""
    values = page.locator(".imp-n dd").all_inner_texts()
    return [int(value.replace(",", "")) for value in values]


def chosen(page: Page) -> dict[str, str]:
    """Return the proposed field of each column, as its list shows it."""
    rows = page.locator("table.map tbody tr").all()
    return {
        row.locator(".m-a").inner_text(): row.locator("select").first.evaluate("s => s.value")
        for row in rows
    }


def test_the_real_file_goes_in_through_the_wizard(
    sellers: dict[str, User], sign_in: Callable[..., Any]
) -> None:
    leads, staff = shared_file("re_crm_leads.csv"), shared_file("re_crm_executives.csv")
    page = sign_in(sellers["executive"])
    page.set_default_timeout(PATIENCE_MS)
    import_owners(page, staff)
    import_leads(page, leads)
    repeat_the_import(page, leads)
    explain_a_grade(page)


def import_owners(page: Page, path: Path) -> None:
    upload(page, path, kind="staff")
    assert chosen(page)["exec_id"] == "employee_no"
    assert not User.objects.filter(employee_no="E01").exists()
    write(page)
    assert User.objects.filter(employee_no__startswith="E", role="consultant").count() == 30


def import_leads(page: Page, path: Path) -> None:
    upload(page, path, kind="customer")
    fields = chosen(page)
    assert {key: fields[key] for key in PROPOSED} == PROPOSED
    assert fields["customer_type"].startswith("new:")
    assert fields["lead_score"].startswith("new:")
    assert figures(page)[0] == ROWS == sum(figures(page))
    assert not Customer.objects.exists()  # a trial run writes nothing
    write(page)
    assert figures(page)[0] == ROWS == sum(figures(page))
    assert Customer.objects.count() == Lead.objects.count() == ROWS
    first = Customer.objects.get(external_id="L000001")
    assert first.owner is not None
    assert first.owner.employee_no == "E12"
    assert first.custom == {"customer_type": "End User", "lead_score": "19"}
    assert not LeadClock.objects.exists()  # years old and without a phone: nothing to hurry for


def repeat_the_import(page: Page, path: Path) -> None:
    upload(page, path, kind="customer")
    expect(page.locator("#import .banner-amber").first).to_be_visible()  # the file is known
    assert figures(page)[0] == 0
    assert Customer.objects.count() == Lead.objects.count() == ROWS


def explain_a_grade(page: Page) -> None:
    regrade(slot="real:1", now=timezone.now())
    assert CustomerGrade.objects.exclude(grade="").count() == ROWS
    best = CustomerGrade.objects.order_by("-score", "pk")[0]
    page.goto(f"/customers/{best.customer_id}/")
    expect(page.locator(".rec-n .grade")).to_contain_text(best.grade)
    why = page.locator("#grade-why")
    expect(why.locator(".sum .v")).to_have_text(str(best.score))
    parts = why.locator("ul.why li:not(.sum) .v").all_inner_texts()
    total = sum(Decimal(part.replace("+", "").replace("\N{MINUS SIGN}", "-")) for part in parts)
    assert total == best.score
    expect(page.locator("main")).to_contain_text("End User")  # a column nobody knew before
