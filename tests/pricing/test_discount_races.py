"""A discount is used once, whoever comes at the same moment (MKT-46)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from crm_site.approvals.models import Approval
from crm_site.approvals.services import sign
from customers.models import DiscountRequest, Purchase
from customers.pricing.services.discounts import Wish, request_discount, settle_price
from customers.purchase.services.advancing import Terms, subscribe
from customers.purchase.services.holding import hold_unit, release_hold
from tests.purchase.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
LIST, AGREED = Decimal(1_964_000), Decimal(1_950_000)


@pytest.fixture
def discount(unit, buyer, seller, boss, publish, now):
    """An approved discount of the buyer for the unit."""
    publish(at=now - timedelta(days=1))
    wish = Wish(asked_total=AGREED, reason="老业主推荐")
    found = request_discount(unit=unit, customer=buyer, wish=wish, asker=seller, now=now)
    approval = found.approval
    sign(approval_id=approval.pk, digest=approval.digest, signer=boss, now=now)
    return found


def test_two_subscriptions_at_once_use_it_once(discount, unit, buyer, seller, now) -> None:
    purchase = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    terms = Terms(list_total=LIST, agreed_total=AGREED, deposit=Decimal(50_000))
    outcomes = at_once(
        *[lambda: subscribe(purchase=purchase, terms=terms, actor=seller, now=now)] * 2
    )
    assert sorted(outcomes) == ["done", "refused"]
    discount.refresh_from_db()
    assert (discount.state, discount.purchase) == ("used", purchase)
    assert Approval.objects.get(pk=discount.approval_id).state == "used"


def test_two_purchases_of_one_unit_cannot_share_it(discount, unit, buyer, seller, now) -> None:
    """The lock of the unit is left out on purpose: the discount guards itself."""
    first = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    release_hold(purchase=first, reason="改天", actor=seller, now=now)
    second = hold_unit(unit=unit, customer=buyer, actor=seller, now=timezone.now())

    def settle(purchase: Purchase):
        def act() -> None:
            with transaction.atomic():
                settle_price(purchase=purchase, listed=LIST, agreed=AGREED, actor=seller, now=now)

        return act

    assert sorted(at_once(settle(first), settle(second))) == ["done", "refused"]
    assert DiscountRequest.objects.filter(state="used").count() == 1
    assert Approval.objects.filter(state="used", kind="price.discount").count() == 1
