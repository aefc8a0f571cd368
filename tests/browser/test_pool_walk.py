"""Two consultants take the same customer from the pool: one wins, the other is told (CUS-52)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from crm_site.staff.models import User
from customers.models import Customer, OwnershipEvent
from customers.services.recycling import recycle_silent
from tests.factories import CustomerFactory, LeadFactory, UserFactory

pytestmark = [pytest.mark.usefixtures("eager_jobs")]
DAY = timedelta(days=1)


@pytest.mark.spec("CUS-52")
def test_two_claim_and_one_wins(
    sellers: dict[str, User], sign_in: Callable[..., Any], page_errors: Any
) -> None:
    page_errors.allow(409)
    now = timezone.now()
    slow = UserFactory(name="周慢", node=sellers["lin"].node)
    customer = CustomerFactory(
        owner=slow, name="沈默", owned_since=now - 40 * DAY, last_contact_at=now - 17 * DAY
    )
    LeadFactory(customer=customer)
    recycle_silent(now=now - DAY)
    recycle_silent(now=now)
    first, second = sign_in(sellers["lin"]), sign_in(sellers["chen"])
    for page in (first, second):
        page.goto("/pool/")
        row = page.locator("#pool-table tbody tr").filter(has_text="沈默")
        expect(row).to_contain_text("长时间未联系")
        expect(row).not_to_contain_text(customer.phone[3:])
    first.locator("#pool-table tbody tr").filter(has_text="沈默").get_by_role("button").click()
    expect(first.get_by_role("heading", level=1)).to_have_text("沈默")
    second.locator("#pool-table tbody tr").filter(has_text="沈默").get_by_role("button").click()
    expect(second.locator("main")).to_contain_text("已被 林知夏 领取")
    expect(second.locator("main")).not_to_contain_text("沈默")
    assert Customer.objects.get(pk=customer.pk).owner == sellers["lin"]
    assert OwnershipEvent.objects.filter(kind="claimed").count() == 1
