"""An import in the browser: a bad cell mended, written, taken back, the kept row explained."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from crm_site.exchange.models import ImportJob
from crm_site.staff.models import User
from customers.models import Customer, Lead
from tests.exchange.files import csv_bytes
from tests.factories import InteractionFactory

pytestmark = [pytest.mark.usefixtures("eager_jobs")]
ROWS = [
    ["客户姓名", "联系电话", "登记时间"],
    ["王浩然", "15400000001", "2026-05-19"],
    ["李娜", "1540000", "2026-05-19"],
    ["赵敏", "15400000003", "2026-05-19"],
]


def test_an_import_is_mended_written_and_taken_back(
    sellers: dict[str, User], sign_in: Callable[..., Any], tmp_path: Path, page_errors: Any
) -> None:
    page_errors.allow(422)
    path = tmp_path / "线索.csv"
    path.write_bytes(csv_bytes(ROWS).getvalue())
    page = sign_in(sellers["supervisor"])
    page.goto("/imports/")
    page.locator("input[type=file]").set_input_files(path)
    page.locator("#import-form button.btn-p").click()
    page.wait_for_url(re.compile(r"/imports/\d+/"))

    page.locator("a[href$='/rows/']").click()
    row = page.locator("#row-3")
    row.get_by_label("联系电话").fill("154")
    row.locator("button").click()
    expect(row.locator(".err")).to_contain_text("3 位")
    expect(row.locator("[aria-invalid=true]")).to_have_value("154")  # still bad, nothing lost
    row.get_by_label("联系电话").fill("15400000002")
    row.locator("button").click()
    expect(row.get_by_role("status")).to_be_visible()

    job = ImportJob.objects.get()
    page.goto(f"/imports/{job.pk}/")
    page.locator("button[name=action][value=write]").click()
    expect(page.locator(f"a[href='/imports/{job.pk}/revert/']")).to_be_visible(timeout=30_000)
    assert Customer.objects.count() == 3
    worked = Customer.objects.get(name="赵敏")
    InteractionFactory(customer=worked, author=sellers["lin"])

    page.locator(f"a[href='/imports/{job.pk}/revert/']").click()
    assert Customer.objects.count() == 3  # asked first
    page.locator("#revert button").click()
    expect(page.locator("#reverted")).to_be_visible(timeout=30_000)
    assert list(Customer.objects.all()) == [worked]
    assert Lead.objects.get().customer == worked
    page.locator("#reverted a").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("赵敏")
    page.locator("tbody tr a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("赵敏")
