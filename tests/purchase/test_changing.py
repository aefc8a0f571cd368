"""A signature taken back by two, another name, another unit: nothing is sold twice on the way."""

from decimal import Decimal

import pytest

from crm_site.approvals.services import ApprovalNotUsableError
from crm_site.approvals.services import sign as give_signature
from crm_site.common.refusals import NotAllowedError
from customers.models import Purchase
from customers.purchase.errors import PurchaseStepError, UnitTakenError
from customers.purchase.rules import Step
from customers.purchase.services.advancing import Terms, sign, subscribe
from customers.purchase.services.changing import ask_for, change_name, change_unit, unsign
from customers.purchase.services.holding import hold_unit
from tests.conftest import make_user
from tests.factories import CustomerFactory
from tests.journey.confirming import confirm_everything

pytestmark = pytest.mark.django_db
TERMS = Terms(list_total=Decimal(100), agreed_total=Decimal(99), deposit=Decimal(5))


@pytest.fixture
def subscribed(unit, buyer, seller, now) -> Purchase:
    held = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    return subscribe(purchase=held, terms=TERMS, actor=seller, now=now)


@pytest.fixture
def signed(subscribed, seller, now) -> Purchase:
    confirm_everything(subscribed, seller, now)
    return sign(purchase=subscribed, contract_no="HT-1", actor=seller, now=now)


def test_a_signature_is_taken_back_only_by_two_others(signed, unit, seller, boss, org, now) -> None:
    finance = make_user(org, "finance")
    asked = ask_for(purchase=signed, step=Step.UNSIGN, reason="银行拒贷", actor=seller, now=now)
    with pytest.raises(ApprovalNotUsableError):
        unsign(purchase=signed, approval_id=asked.pk, actor=seller, now=now)
    with pytest.raises(NotAllowedError):
        give_signature(approval_id=asked.pk, digest=asked.digest, signer=seller, now=now)
    give_signature(approval_id=asked.pk, digest=asked.digest, signer=boss, now=now)
    with pytest.raises(ApprovalNotUsableError):
        unsign(purchase=signed, approval_id=asked.pk, actor=seller, now=now)
    give_signature(approval_id=asked.pk, digest=asked.digest, signer=finance, now=now)
    gone = unsign(purchase=signed, approval_id=asked.pk, actor=seller, now=now)
    assert (gone.state, gone.end_reason, gone.contract_no) == ("refunded", "银行拒贷", "HT-1")
    with pytest.raises(PurchaseStepError):
        unsign(purchase=signed, approval_id=asked.pk, actor=seller, now=now)
    again = hold_unit(unit=unit, customer=CustomerFactory(owner=seller), actor=seller, now=now)
    assert again.state == "held"


def test_an_approval_counts_for_what_was_signed_only(subscribed, seller, boss, now) -> None:
    wanted, other = CustomerFactory(owner=seller), CustomerFactory(owner=seller)
    asked = ask_for(
        purchase=subscribed,
        step=Step.CHANGE_NAME,
        reason="改为配偶",
        new_buyer=wanted,
        actor=seller,
        now=now,
    )
    give_signature(approval_id=asked.pk, digest=asked.digest, signer=boss, now=now)
    with pytest.raises(ApprovalNotUsableError):
        change_name(
            purchase=subscribed, approval_id=asked.pk, new_buyer=other, actor=seller, now=now
        )
    changed = change_name(
        purchase=subscribed, approval_id=asked.pk, new_buyer=wanted, actor=seller, now=now
    )
    assert (changed.customer, changed.state) == (wanted, "subscribed")
    assert [party.customer for party in changed.parties.all()] == [wanted]


def test_changing_the_unit_frees_the_old_one_and_takes_the_new(
    subscribed, unit, make_units, seller, now
) -> None:
    other = type(unit).objects.exclude(pk=unit.pk).first()
    fresh = change_unit(purchase=subscribed, unit=other, actor=seller, now=now)
    subscribed.refresh_from_db()
    assert (subscribed.state, fresh.state, fresh.unit) == ("changed", "held", other)
    assert (fresh.moved_from, fresh.deposit, fresh.agreed_total) == (subscribed, Decimal(5), None)
    assert fresh.parties.get().customer == subscribed.customer
    hold_unit(unit=unit, customer=CustomerFactory(owner=seller), actor=seller, now=now)


def test_changing_to_a_taken_unit_changes_nothing(subscribed, unit, seller, colleague, now) -> None:
    other = type(unit).objects.exclude(pk=unit.pk).first()
    hold_unit(unit=other, customer=CustomerFactory(owner=colleague), actor=colleague, now=now)
    with pytest.raises(UnitTakenError):
        change_unit(purchase=subscribed, unit=other, actor=seller, now=now)
    subscribed.refresh_from_db()
    assert (subscribed.state, Purchase.objects.count()) == ("subscribed", 2)
