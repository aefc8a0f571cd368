"""The board, the page of a unit, holding it, and the page of a purchase."""

import pytest
from django.test import Client

from customers.models import Purchase, Unit
from customers.property.services import withhold_unit
from customers.purchase.services.holding import hold_unit
from tests.factories import CustomerFactory, UserFactory
from tests.journey.confirming import confirm_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_for, seller) -> Client:
    return client_for(seller)


@pytest.mark.spec("MKT-56")
def test_the_board_shows_each_unit_with_its_state(
    browser, make_units, buyer, seller, boss, now
) -> None:
    units = make_units(9)
    hold_unit(unit=units[0], customer=buyer, actor=seller, now=now)
    withhold_unit(unit=units[1], reason="样板房", actor=boss, now=now)
    page = browser.get("/units/")
    board = page.context["boards"][0]
    states = {cell.number: cell.state for floor in board.floors for cell in floor.cells if cell}
    assert (states["0101"], states["0102"], states["0103"]) == ("held", "withheld", "available")
    assert [floor.number for floor in board.floors] == [3, 2, 1]
    assert dict(page.context["counts"])["available"] == 7
    for words in ("可售", "0101", "3栋"):
        assert words in page.content.decode()


def test_a_unit_of_another_project_does_not_exist(client_for, unit, org) -> None:
    stranger = client_for(UserFactory(node=org.team_b))
    assert stranger.get(f"/units/{unit.pk}/").status_code == 404
    assert stranger.get(f"/units/{unit.pk}/hold/").status_code == 404
    assert stranger.post(f"/units/{unit.pk}/hold/", {"idempotency_key": "k"}).status_code == 404
    assert unit.number not in stranger.get("/units/").content.decode()


@pytest.mark.parametrize("number", [1, 20])
def test_the_board_asks_as_often_for_one_unit_as_for_many(
    browser, make_units, number, django_assert_max_num_queries
) -> None:
    make_units(number)
    browser.get("/units/")
    with django_assert_max_num_queries(14):
        browser.get("/units/")


def test_holding_a_unit_leads_to_its_purchase(browser, unit, buyer) -> None:
    answer = browser.post(
        f"/units/{unit.pk}/hold/", {"customer": buyer.pk, "idempotency_key": "k1"}
    )
    purchase = Purchase.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/purchases/{purchase.pk}/")
    page = browser.get(f"/purchases/{purchase.pk}/").content.decode()
    assert buyer.name in page


def test_a_customer_one_does_not_see_cannot_be_the_buyer(browser, unit, org) -> None:
    hidden = CustomerFactory(owner=UserFactory(node=org.team_b))
    answer = browser.post(
        f"/units/{unit.pk}/hold/", {"customer": hidden.pk, "idempotency_key": "k1"}
    )
    assert answer.status_code == 422
    assert not Purchase.objects.exists()


@pytest.mark.check("A-46")
def test_the_second_sees_the_taken_page_with_three_like_it(
    client_for, make_units, buyer, seller, colleague, now
) -> None:
    units = make_units(9)
    hold_unit(unit=units[0], customer=buyer, actor=seller, now=now)
    other = CustomerFactory(owner=colleague)
    answer = client_for(colleague).post(
        f"/units/{units[0].pk}/hold/", {"customer": other.pk, "idempotency_key": "k2"}
    )
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "置业顾问" in text
    assert buyer.name not in text
    similar = answer.context["similar"]
    assert len(similar) == 3
    # By area first (the same in each column), then by the floors between.
    assert [each.unit.number for each in similar] == ["0201", "0301", "0102"]


def test_the_chain_by_its_buttons(browser, unit, buyer, seller, now) -> None:
    purchase = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    url = f"/purchases/{purchase.pk}/"
    offered = [step.value for step, _action in browser.get(url).context["actions"]]
    assert offered == ["subscribe", "presubscribe", "renew", "release"]
    terms = {"list_total": "2906000", "agreed_total": "2877000", "deposit": "50000"}
    wrong = browser.post(f"{url}subscribe/", terms | {"deposit": "3000000", "idempotency_key": "a"})
    assert wrong.status_code == 422
    assert browser.post(f"{url}subscribe/", terms | {"idempotency_key": "b"}).status_code == 302
    confirm_everything(purchase, seller, now)
    signed = browser.post(f"{url}sign/", {"contract_no": "HT-1", "idempotency_key": "c"})
    assert signed.status_code == 302
    purchase.refresh_from_db()
    assert (purchase.state, str(purchase.agreed_total)) == ("signed", "2877000.00")


@pytest.mark.spec("CUS-64")
def test_signing_without_a_subscription_is_refused(browser, unit, buyer, seller, now) -> None:
    purchase = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    answer = browser.post(
        f"/purchases/{purchase.pk}/sign/", {"contract_no": "HT-1", "idempotency_key": "a"}
    )
    assert answer.status_code == 422
    assert "认购" in answer.content.decode() or "签约" in answer.content.decode()
    assert Purchase.objects.get().state == "held"


def test_a_unit_says_who_has_it_only_to_those_who_see_the_customer(
    client_for, unit, buyer, seller, colleague, now
) -> None:
    hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    assert buyer.name in client_for(seller).get(f"/units/{unit.pk}/").content.decode()
    other = client_for(colleague).get(f"/units/{unit.pk}/").content.decode()
    assert buyer.name not in other
    assert "置业顾问" in other


def test_withholding_asks_for_a_reason(client_for, boss, unit) -> None:
    url = f"/units/{unit.pk}/withhold/"
    assert client_for(boss).post(url, {"idempotency_key": "a"}).status_code == 409
    done = client_for(boss).post(url, {"reason": "样板房", "idempotency_key": "b"})
    assert done.status_code == 302
    assert Unit.objects.get(pk=unit.pk).withheld_reason == "样板房"
