"""Discounts: who signs which size, used once, what a subscription may say (MKT-46)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from crm_site.approvals.services import expire, sign
from crm_site.common.refusals import NotAllowedError
from customers.models import DiscountRequest, PriceLetter, Purchase
from customers.pricing.errors import DiscountError
from customers.pricing.services.discounts import Wish, expire_discounts, request_discount
from customers.purchase.services.advancing import Terms, cancel, subscribe
from customers.purchase.services.holding import hold_unit
from customers.services.merging import merge_customers
from tests.factories import CustomerFactory
from tests.pricing.test_lists import signed_in

pytestmark = pytest.mark.django_db
LIST = Decimal(1_964_000)
CHAIN = ["customers.sign_discount", "customers.direct_discount", "customers.preside_discount"]


@pytest.fixture
def ask(unit, buyer, seller, publish, now):
    publish(at=now - timedelta(days=1))

    def make(total, *, customer=buyer, asker=seller, at=now):
        wish = Wish(asked_total=Decimal(total), reason="老业主推荐", gift="车位券")
        return request_discount(unit=unit, customer=customer, wish=wish, asker=asker, now=at)

    return make


@pytest.fixture
def approve(boss, director, president, now):
    def make(found, *, at=now):
        signers = dict(zip(CHAIN, (boss, director, president), strict=True))
        approval = found.approval
        for step in approval.steps:
            sign(approval_id=approval.pk, digest=approval.digest, signer=signers[step], now=at)
        found.refresh_from_db()
        assert found.state == "approved"
        return found

    return make


@pytest.fixture
def held(unit, buyer, seller, now):
    return lambda: hold_unit(unit=unit, customer=buyer, actor=seller, now=now)


def terms(agreed, listed=LIST) -> Terms:
    return Terms(list_total=Decimal(listed), agreed_total=Decimal(agreed), deposit=Decimal(50_000))


def refused(purchase, wanted, seller, now, match) -> None:
    """Assert that the subscription is refused and nothing of it written."""
    with pytest.raises(DiscountError) as refusal, transaction.atomic():
        subscribe(purchase=purchase, terms=wanted, actor=seller, now=now)
    assert match in str(refusal.value)
    stored = Purchase.objects.get(pk=purchase.pk)
    assert (stored.state, stored.list_total, stored.agreed_total) == ("held", None, None)


@pytest.mark.spec("MKT-46")
@pytest.mark.parametrize(
    ("total", "number"),
    [
        (1_944_360, 1),  # exactly 1 %
        (1_944_359, 2),
        (1_905_080, 2),  # exactly 3 %
        (1_905_079, 3),
        (1_865_799, 3),  # below the floor of 95 %
    ],
)
def test_each_threshold_routes_to_the_right_people(ask, total, number) -> None:
    found = ask(total)
    assert found.approval.steps == CHAIN[:number]
    assert found.is_below_floor is (total == 1_865_799)


@pytest.mark.spec("MKT-46")
def test_nobody_approves_a_request_of_his_own(ask, boss, director, seller, now) -> None:
    own = ask(1_950_000, customer=CustomerFactory(owner=seller), asker=boss)
    assert own.approval.steps == CHAIN[1:2]
    with pytest.raises(NotAllowedError):
        sign(approval_id=own.approval_id, digest=own.approval.digest, signer=boss, now=now)
    page = signed_in(boss).post(f"/approvals/{own.approval_id}/sign/", {"digest": "x"})
    assert page.status_code in (302, 403)
    own.refresh_from_db()
    assert own.state == "waiting"


@pytest.mark.spec("MKT-46")
def test_an_approved_discount_is_used_once(ask, approve, held, seller, unit, buyer, now) -> None:
    found, purchase = approve(ask(1_950_000)), held()
    refused(purchase, terms(1_949_999), seller, now, "")
    done = subscribe(purchase=purchase, terms=terms(1_950_000), actor=seller, now=now)
    found.refresh_from_db()
    assert (done.list_total, done.agreed_total) == (LIST, Decimal(1_950_000))
    assert (found.state, found.purchase_id, found.approval.state) == ("used", done.pk, "used")
    cancel(purchase=done, reason="换房", actor=seller, now=now)
    again = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    refused(again, terms(1_950_000), seller, now, "")


@pytest.mark.spec("MKT-46")
def test_an_expired_approval_is_refused(ask, approve, held, seller, now) -> None:
    found, purchase = approve(ask(1_950_000)), held()
    late = now + timedelta(days=8)
    refused(purchase, terms(1_950_000), seller, late, "")
    assert DiscountRequest.objects.get(pk=found.pk).used_at is None
    assert (expire_discounts(now=now), expire_discounts(now=late)) == (0, 1)
    refused(purchase, terms(1_950_000), seller, late, "")


def test_a_request_nobody_signed_covers_nothing(ask, held, seller, now) -> None:
    found, purchase = ask(1_950_000), held()
    refused(purchase, terms(1_950_000), seller, now, "")
    assert expire(now=now + timedelta(days=200)) == 1
    found.refresh_from_db()
    assert found.state == "expired"


def test_below_the_floor_only_what_head_office_signed(ask, approve, held, seller, now) -> None:
    purchase = held()
    refused(purchase, terms(1_865_799), seller, now, "")
    approve(ask(1_860_000))
    done = subscribe(purchase=purchase, terms=terms(1_860_000), actor=seller, now=now)
    assert done.agreed_total == 1_860_000


def test_the_list_price_cannot_be_typed_over(ask, held, seller, now) -> None:
    purchase = held()
    refused(purchase, terms(1_900_000, listed=1_900_000), seller, now, "1,964,000.00")
    refused(purchase, terms(1_970_000), seller, now, "")
    done = subscribe(purchase=purchase, terms=terms(LIST), actor=seller, now=now)
    assert done.list_total == done.agreed_total == LIST


def test_without_a_price_nothing_is_subscribed_once_the_project_has_a_list(
    make_units, publish, buyer, seller, now
) -> None:
    units = make_units(2)
    publish(units=units[:1], at=now - timedelta(days=1))
    purchase = hold_unit(unit=units[1], customer=buyer, actor=seller, now=now)
    refused(purchase, terms(1_000_000, listed=1_000_000), seller, now, "")


def test_requests_that_cannot_be_are_refused(ask, seller, unit, buyer, now) -> None:
    for total in (0, -5, 1_964_000, 2_000_000):
        with pytest.raises(DiscountError):
            ask(total)
    assert not DiscountRequest.objects.exists()
    ask(1_950_000)
    with pytest.raises(DiscountError):
        ask(1_940_000)
    assert DiscountRequest.objects.count() == 1


def test_asked_and_subscribed_on_the_pages(ask, unit, buyer, seller, boss, held, now) -> None:
    client = signed_in(seller)
    form = client.get(f"/units/{unit.pk}/discount/?customer={buyer.pk}")
    assert "¥1,964,000" in form.content.decode()
    body = {"customer": buyer.pk, "asked_total": "1950000", "reason": "一次性付款"}
    assert client.post(f"/units/{unit.pk}/discount/", body | {"asked_total": "9"}).status_code
    found = DiscountRequest.objects.order_by("-pk").first()
    assert client.get(f"/discounts/{found.pk}/").status_code == 200
    assert client.get("/discounts/").status_code == 200
    purchase = held()
    step = f"/purchases/{purchase.pk}/subscribe/"
    assert 'value="1964000.00"' in client.get(step).content.decode()
    wrong = client.post(
        step, {"list_total": "1964000", "agreed_total": "1950000", "deposit": "50000"}
    )
    assert wrong.status_code == 422
    right = client.post(
        step, {"list_total": "1964000", "agreed_total": "1964000", "deposit": "50000"}
    )
    assert right.status_code == 302


def test_a_discount_moves_along_when_two_records_are_merged(
    ask, approve, unit, buyer, seller, boss, now
) -> None:
    twin = CustomerFactory(owner=seller)
    approve(ask(1_950_000, customer=twin))
    merge_customers(kept=buyer, gone=twin, actor=boss, now=now)
    purchase = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    done = subscribe(purchase=purchase, terms=terms(1_950_000), actor=seller, now=now)
    assert DiscountRequest.objects.get().purchase == done


def test_lists_ask_as_often_for_twenty_rows_as_for_one(
    ask, make_units, seller, boss, draft, project, building, now
) -> None:
    client = signed_in(boss)
    addresses = ["/discounts/", "/price-letters/", "/prices/", f"/prices/{draft().pk}/"]

    def asked() -> list[int]:
        counts = []
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    first = ask(1_950_000)
    letter(first.unit, first.customer, seller, 1, now)
    before = asked()
    for number in range(2, 21):
        customer = CustomerFactory(owner=seller)
        ask(1_950_000, customer=customer)
        letter(first.unit, customer, seller, number, now)
        draft()
    assert asked() == before


def letter(unit, customer, issuer, number, now) -> None:
    PriceLetter.objects.create(
        number=f"JC-{number}",
        project=unit.project,
        customer=customer,
        unit=unit,
        total=LIST,
        valid_from=now,
        valid_until=now + timedelta(days=9),
        remedy="退差价",
        issued_by=issuer,
        digest="",
        document=b"",
    )
