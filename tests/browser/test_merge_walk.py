"""A merge and its undo, through the browser: proposed, compared, merged, edited, taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from crm_site.registers.models import RegisterEntry
from crm_site.registers.services import EntryDraft, add_entry
from crm_site.staff.models import User
from customers.indexes import contact_index
from customers.models import Customer, CustomerContact, Lead, Merge
from customers.tasks import find_duplicates
from tests.factories import CustomerFactory, InteractionFactory, LeadFactory

pytestmark = [pytest.mark.usefixtures("eager_jobs")]


def record(owner: User, city: str) -> Customer:
    """Return a record of one and the same person, known by the account of a chat."""
    customer: Customer = CustomerFactory(name="王浩然", owner=owner, city=city)
    index = contact_index("wechat", "wx_88")
    CustomerContact.objects.create(
        customer=customer, kind="wechat", value="wx_88", value_index=index
    )
    return customer


def test_a_merge_and_its_undo(
    sellers: dict[str, User], sign_in: Callable[..., Any], page_errors: Any
) -> None:
    page_errors.allow(409)
    lin, chen = sellers["lin"], sellers["chen"]
    left, right = record(lin, "杭州"), record(chen, "苏州")
    lead = LeadFactory(customer=right, owner=chen)
    InteractionFactory(customer=right, content="想看朝南的三房", author=chen)
    draft = EntryDraft(
        title="送一年物业费",
        due_at=timezone.now() + timedelta(days=3),
        subject_id=right.pk,
        values={"kind": "promise", "promised_by": "陈思远"},
    )
    promise = add_entry(register="promises", draft=draft, actor=chen, now=timezone.now())
    find_duplicates.apply()

    page = sign_in(sellers["supervisor"])
    page.goto("/duplicates/")
    page.locator("#duplicate-table tbody a.btn").click()
    page.locator("input[name=kept][value=left]").check()
    page.locator("input[name=f_city][value=right]").check()
    page.locator("input[name=reason]").fill("同一人两次登记")
    page.locator("form[action$='/merge/'] button.btn-p").click()
    page.wait_for_url(f"**/customers/{left.pk}/")
    expect(page.locator("main")).to_contain_text("想看朝南的三房")
    left.refresh_from_db()
    assert left.city == "苏州"
    assert Lead.objects.get(pk=lead.pk).customer_id == left.pk
    entry = RegisterEntry.objects.get(pk=promise.pk)
    assert (entry.subject_id, entry.owner) == (left.pk, lin)
    page.goto(f"/customers/{left.pk}/promises/")
    expect(page.locator("main")).to_contain_text("送一年物业费")
    page.goto(f"/customers/{right.pk}/")
    assert page.url.endswith(f"/customers/{left.pk}/")

    # somebody edits the kept record; the undo asks what is to stand
    Customer.objects.filter(pk=left.pk).update(city="上海")
    merge = Merge.objects.get()
    page.goto(f"/customers/{left.pk}/")
    page.locator(f"a[href='/merges/{merge.pk}/']").first.click()
    page.locator("input[name=city][value=before]").check()
    page.locator("form[action$='/undo/'] button.btn-p").click()
    page.wait_for_url(f"**/customers/{left.pk}/")
    page.goto(f"/customers/{right.pk}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("王浩然")
    expect(page.locator("main")).to_contain_text("想看朝南的三房")
    both = dict(Customer.objects.values_list("pk", "city"))
    assert both == {left.pk: "杭州", right.pk: "苏州"}
    assert Lead.objects.get(pk=lead.pk).customer_id == right.pk
    entry.refresh_from_db()
    assert (entry.subject_id, entry.owner) == (right.pk, chen)
    page.goto("/duplicates/")
    expect(page.locator("#duplicate-table tbody tr")).to_have_count(0)
