"""Commission: accrued on signing, due with receipts, taken back; rates pure (MKT-68, MKT-70)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm_site.approvals.services import sign as sign_approval
from crm_site.ledger.errors import OverdrawnError
from customers.payment.services.receiving import Money, receive, refund
from customers.purchase.rules import Step
from customers.purchase.services.changing import ask_for, unsign
from marketing.channels.errors import ChannelError
from marketing.channels.models import ChannelAppraisal, Commission, CommissionEntry
from marketing.channels.rules.commission import Booked, Deal, Pot, Terms, due_of, moves_to, rate_of
from marketing.channels.services.commission import (
    accounts_of,
    ledger_of,
    pay_out,
    recomputed,
    settle_changed,
)
from marketing.channels.tasks import settle_commission
from tests.conftest import make_user
from tests.marketing.channels.conftest import PRICE

pytestmark = pytest.mark.django_db
D = Decimal
RULES = Terms(
    base=D("1.5"),
    tiers=((4, D("0.2")), (11, D("0.5"))),
    fast_days=30,
    fast_plus=D("0.1"),
    grades={"A": D(110), "B": D(100), "C": D(90), "D": D(70)},
    cap=D(3),
)


@pytest.mark.parametrize(
    ("number", "days", "grade", "percent"),
    [
        (1, None, "", "1.500"),
        (1, 31, "", "1.500"),
        (1, 30, "", "1.600"),
        (4, 31, "", "1.700"),
        (11, 31, "", "2.000"),
        (11, 3, "A", "2.310"),
        (1, 31, "D", "1.050"),
        (1, 31, "B", "1.500"),
    ],
)
def test_volume_speed_and_quality_make_the_rate(number, days, grade, percent):
    rate = rate_of(Deal(price=PRICE, number=number, days=days, grade=grade), RULES)
    assert rate.percent == D(percent)
    assert rate.of(PRICE) == PRICE * D(percent) / 100


def test_the_cap_ends_the_rate():
    high = Terms(base=D(5), grades={}, cap=D(3))
    assert rate_of(Deal(price=PRICE, number=1, days=None), high).percent == 3


def test_what_is_due_follows_the_money_and_never_exceeds_the_commission():
    assert due_of(D(15_000), price=PRICE, received=D(0)) == 0
    assert due_of(D(15_000), price=PRICE, received=PRICE / 4) == 3_750
    assert due_of(D(15_000), price=PRICE, received=PRICE * 2) == 15_000


def test_what_was_paid_already_is_owed_and_set_off_first():
    back = moves_to(Booked(), Booked(D(9), D(6)), payable=D(2), owed=D(0))
    assert [(m.pot, m.amount) for m in back] == [
        (Pot.ACCRUED, -9),
        (Pot.PAYABLE, -2),
        (Pot.OWED, 4),
    ]
    on = moves_to(Booked(D(4), D(6)), Booked(D(10), D(0)), payable=D(0), owed=D(4))
    assert [(m.pot, m.amount) for m in on] == [
        (Pot.ACCRUED, -6),
        (Pot.OWED, -4),
        (Pot.PAYABLE, 2),
    ]
    assert moves_to(Booked(D(1), D(2)), Booked(D(1), D(2)), payable=D(0), owed=D(0)) == []


def pots(partner: Any) -> tuple[Decimal, ...]:
    found = accounts_of(partner)
    return tuple(found[pot].balance for pot in Pot)


def money(amount: Any, number: str, note: str = "") -> Money:
    day = timezone.localdate()
    return Money(amount=D(amount), receipt_no=number, received_on=day, way="transfer", note=note)


@pytest.fixture
def back(org: Any, seller: Any, payer: Any) -> Any:
    """Take a signed contract back with the two signatures it needs."""

    boss = make_user(org, "supervisor")

    def act(purchase: Any) -> Any:
        now = timezone.now()
        asked = ask_for(
            purchase=purchase, step=Step.UNSIGN, reason="银行拒贷", actor=seller, now=now
        )
        for signer in (boss, payer):
            sign_approval(approval_id=asked.pk, digest=asked.digest, signer=signer, now=now)
        return unsign(purchase=purchase, approval_id=asked.pk, actor=seller, now=now)

    return act


@pytest.mark.spec("MKT-68")
def test_commission_is_earned_on_signing_due_with_receipts_and_taken_back(
    brought, partner, deal, payer, back, client_for, manager
):
    signed = deal(brought)
    row = Commission.objects.get()
    assert (row.partner, row.purchase, row.percent) == (partner, signed, D("1.600"))
    assert pots(partner) == (16_000, 0, 0, 0)
    now = timezone.now()
    receive(purchase=signed, money_in=money(250_000, "R-1"), actor=payer, now=now)
    settle_commission()
    assert pots(partner) == (12_000, 4_000, 0, 0)
    entries = CommissionEntry.objects.count()
    settle_commission()  # a second run writes nothing
    assert CommissionEntry.objects.count() == entries
    assert ledger_of(partner) == recomputed(partner) == Booked(D(12_000), D(4_000))
    client = client_for(payer)
    url = f"/partners/{partner.pk}/"
    paid = client.post(
        f"{url}pay/", {"amount": "3000", "reference": "FK-1", "idempotency_key": "p"}
    )
    assert paid.status_code == 302
    assert pots(partner) == (12_000, 1_000, 3_000, 0)
    much = client.post(
        f"{url}pay/", {"amount": "9000", "reference": "FK-2", "idempotency_key": "q"}
    )
    assert much.status_code == 409
    assert pots(partner) == (12_000, 1_000, 3_000, 0)
    refund(purchase=signed, money_back=money(125_000, "R-2", "退款"), actor=payer, now=now)
    settle_commission()
    assert pots(partner) == (14_000, 0, 3_000, 1_000)
    assert ledger_of(partner) == recomputed(partner)
    back(signed)
    assert pots(partner) == (0, 0, 3_000, 3_000)  # paid, and to be paid back
    settle_changed(now=now)
    assert ledger_of(partner) == recomputed(partner) == Booked()
    page = client_for(manager).get(f"{url}commission/")
    assert page.context["agrees"] is True
    with pytest.raises(IntegrityError), transaction.atomic():
        CommissionEntry.objects.update(amount=1)


@pytest.mark.spec("MKT-68")
def test_nobody_earns_where_the_claim_does_not_count(brought, partner, deal):
    signed = deal(brought, wait=timedelta(minutes=5))  # reported too shortly before the visit
    assert not Commission.objects.exists()
    assert settle_changed(now=timezone.now()) == {"settled": 0, "accrued": 0}
    assert signed.state == "signed"


@pytest.mark.spec("MKT-68")
def test_a_payment_is_booked_once_and_named(brought, partner, deal, payer):
    signed, now = deal(brought), timezone.now()
    receive(purchase=signed, money_in=money(PRICE, "R-1"), actor=payer, now=now)
    settle_changed(now=now)
    for _twice in range(2):
        pay_out(partner=partner, amount=D(16_000), reference="FK-1", actor=payer, now=now)
    assert pots(partner) == (0, 0, 16_000, 0)
    with pytest.raises(OverdrawnError):
        pay_out(partner=partner, amount=D(1), reference="FK-2", actor=payer, now=now)
    with pytest.raises(ChannelError):
        pay_out(partner=partner, amount=D(1), reference=" ", actor=payer, now=now)


@pytest.mark.spec("MKT-70")
def test_the_grade_of_a_quarter_changes_the_rate_of_the_next(brought, partner, deal):
    from marketing.channels.rules.scorecard import quarter_before, quarter_of

    now = timezone.now()
    former = quarter_before(quarter_of(timezone.localdate(now)))
    ChannelAppraisal.objects.create(
        partner=partner,
        quarter=former,
        leads=10,
        visits=1,
        deals=0,
        amount=0,
        cost=0,
        complaints=2,
        score=20,
        grade="D",
        advice="cut",
        policy_version=1,
        at=now - timedelta(days=1),
    )
    deal(brought)
    row = Commission.objects.get()
    assert row.percent == D("1.120")  # (1.5 + 0.1) × 70 %
    assert ["grade", "70"] in row.parts
    assert ledger_of(partner) == recomputed(partner)
