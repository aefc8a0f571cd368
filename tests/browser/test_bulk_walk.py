"""Many customers at once: choose rows, add a tag, watch it, read the result, take it back (B4)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from crm_site.staff.models import User
from customers.models import BulkChange, CustomerTag, Tag
from customers.services import bulk
from tests.factories import CustomerFactory

CHUNK = 2


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Return what does the next chunk of the only change and says whether more is left."""
    monkeypatch.setattr(bulk, "CHUNK", CHUNK)
    monkeypatch.setattr(bulk, "_enqueue", lambda change_id: None)

    def one_chunk() -> bool:
        change = BulkChange.objects.get()
        return bulk.run(change_id=change.pk, clock=timezone.now, until=timezone.now())

    return one_chunk


def tagged() -> set[str]:
    return set(CustomerTag.objects.values_list("customer__name", flat=True))


def choose(page: Page, names: list[str]) -> None:
    for name in names:
        page.get_by_role("checkbox", name=name, exact=True).check()
    expect(page.locator("#bulk [data-n]")).to_have_text(str(len(names)))


def test_rows_chosen_are_tagged_and_the_tag_is_taken_back(
    sellers: dict[str, User], sign_in: Callable[..., Any], worker: Callable[[], bool]
) -> None:
    supervisor = sellers["supervisor"]
    tag = Tag.objects.create(name="学区", group="need", owner=supervisor)
    made = [CustomerFactory(owner=sellers["lin"], name=f"顾客{place}") for place in "甲乙丙丁戊"]
    before = timezone.now() - timedelta(days=3)
    CustomerTag.objects.create(customer=made[0], tag=tag, at=before, actor=supervisor)

    page = sign_in(supervisor)
    page.goto("/customers/?view=all")
    expect(page.locator("#bulk")).to_be_hidden()
    choose(page, ["顾客甲", "顾客乙", "顾客丙", "顾客丁"])
    page.locator("#bulk button[value=add_tag]").click()
    expect(page.locator("#bulk-form")).to_contain_text("4")
    page.locator("#id_tag").select_option(label=str(tag))
    page.locator("#bulk-form button.btn-p").click()

    expect(page.locator("#bulk progress")).to_have_attribute("value", "0")
    expect(page.locator("#bulk")).to_contain_text("0 / 4")
    assert tagged() == {"顾客甲"}
    assert worker()
    expect(page.locator("#bulk")).to_contain_text("2 / 4")  # the page asks by itself
    expect(page.locator("#bulk-undo")).to_have_count(0)
    while worker():
        pass
    expect(page.locator("#bulk-result")).to_have_text("3 成功 / 0 失败 / 1 原本如此")
    assert tagged() == {"顾客甲", "顾客乙", "顾客丙", "顾客丁"}

    page.locator("#bulk-undo").click()
    expect(page.locator("#bulk progress")).to_be_visible()
    while worker():
        pass
    expect(page.locator("#bulk-result")).to_have_text("3 已恢复 / 0 保持现状")
    expect(page.locator("#bulk-undo")).to_have_count(0)
    assert tagged() == {"顾客甲"}
    assert CustomerTag.objects.get().at == before


def test_without_scripts_the_ways_are_there_and_lead_to_the_same_change(
    sellers: dict[str, User], sign_in: Callable[..., Any], worker: Callable[[], bool]
) -> None:
    tag = Tag.objects.create(name="学区", group="need", owner=sellers["supervisor"])
    for place in "甲乙":
        CustomerFactory(owner=sellers["lin"], name=f"顾客{place}")
    page = sign_in(sellers["supervisor"], java_script_enabled=False)
    page.goto("/customers/?view=all")
    expect(page.locator("#bulk")).to_be_visible()
    page.get_by_role("checkbox", name="顾客乙", exact=True).check()
    page.locator("#bulk button[value=add_tag]").click()
    page.locator("#id_tag").select_option(label=str(tag))
    with page.expect_navigation():
        page.locator("#bulk-form button.btn-p").click()
    while worker():
        pass
    page.reload()
    expect(page.locator("#bulk-result")).to_have_text("1 成功 / 0 失败")
    assert tagged() == {"顾客乙"}
