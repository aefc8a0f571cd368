"""What a buyer must have confirmed before signing, and how complete each file is (CUS-67)."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.journey.errors import FileItemError
from customers.journey.file import file_lines, file_states, unconfirmed
from customers.journey.models import ToldItem
from customers.journey.policies import FILE
from customers.journey.rules import Confirmed, factor_key
from customers.journey.telling import Confirmation, confirm, tell
from customers.models import AdverseFactor, Purchase, Unit
from customers.purchase.errors import PurchaseStepError
from customers.purchase.services.advancing import sign, subscribe
from customers.purchase.services.holding import hold_unit
from tests.customers.test_service_packages import put_in_force
from tests.factories import CustomerFactory
from tests.journey.confirming import confirm_everything
from tests.journey.conftest import TERMS

pytestmark = pytest.mark.django_db
ITEMS = ["price", "area", "contract", "changes", "parking", "advantages", "risks"]


def factor_of(unit, text="楼下为水泵房", **place):
    given = place or {"unit": unit, "building": unit.building}
    return AdverseFactor.objects.create(
        project=unit.project, kind="plant_room", text=text, since="2026-01-01", **given
    )


def said(today, how=Confirmed.SIGNED_SHEET, proof="HD-7"):
    return Confirmation(how=how, on=today, proof=proof)


def told_and_confirmed(browser, purchase, keys, today, number):
    url = f"/purchases/{purchase.pk}/told/"
    told = {"keys": keys, "on": today.isoformat(), "idempotency_key": f"t{number}"}
    assert browser.post(f"{url}tell/", told).status_code == 302
    yes = told | {"how": "signed_sheet", "proof": "HD-7", "idempotency_key": f"c{number}"}
    assert browser.post(f"{url}confirm/", yes).status_code == 302


@pytest.mark.spec("CUS-67")
def test_signing_waits_until_every_mandatory_item_is_confirmed(
    subscribed, seller, client_for
) -> None:
    browser, today = client_for(seller), timezone.localdate()
    step = f"/purchases/{subscribed.pk}/sign/"
    for number, key in enumerate(ITEMS):
        refused = browser.post(step, {"contract_no": "HT-1", "idempotency_key": f"s{number}"})
        assert refused.status_code == 422
        assert "客户尚未确认" in refused.content.decode()
        assert Purchase.objects.get().state == "subscribed"
        told_and_confirmed(browser, subscribed, [key], today, number)
    page = browser.get(f"/purchases/{subscribed.pk}/told/").content.decode()
    assert page.count("HD-7") == len(ITEMS)
    assert page.count(seller.name) >= 2 * len(ITEMS)  # who told and who wrote the answer down
    signed = browser.post(step, {"contract_no": "HT-1", "idempotency_key": "done"})
    assert signed.status_code == 302
    assert Purchase.objects.get().state == "signed"


@pytest.mark.spec("SVC-14")
@pytest.mark.parametrize(("key", "word"), [("advantages", "项目优势"), ("risks", "项目风险")])
def test_both_advantages_and_risks_are_needed(
    subscribed, seller, client_for, now, key, word
) -> None:
    confirm_everything(subscribed, seller, now, but=(key,))
    step, browser = f"/purchases/{subscribed.pk}/sign/", client_for(seller)
    refused = browser.post(step, {"contract_no": "HT-1", "idempotency_key": "a"})
    assert refused.status_code == 422
    assert word in refused.content.decode()
    assert Purchase.objects.get().state == "subscribed"
    confirm_everything(subscribed, seller, now)
    assert browser.post(step, {"contract_no": "HT-1", "idempotency_key": "b"}).status_code == 302


@pytest.mark.spec("MKT-62")
def test_a_unit_with_an_adverse_factor_is_signed_after_its_confirmation(
    unit, buyer, seller, client_for, now, subscribed
) -> None:
    factor = factor_of(unit)
    confirm_everything(subscribed, seller, now, but=(factor_key(factor.pk),))
    browser = client_for(seller)
    step = f"/purchases/{subscribed.pk}/sign/"
    refused = browser.post(step, {"contract_no": "HT-1", "idempotency_key": "a"})
    assert refused.status_code == 422
    assert factor.get_kind_display() in refused.content.decode()
    assert Purchase.objects.get().state == "subscribed"
    page = f"/projects/{unit.project_id}/factors/{factor.pk}/buyers/"
    assert [told for _purchase, told in browser.get(page).context["rows"]] == [None]
    confirm_everything(subscribed, seller, now)
    assert browser.post(step, {"contract_no": "HT-1", "idempotency_key": "b"}).status_code == 302
    answer = browser.get(page)
    assert [told.proof for _purchase, told in answer.context["rows"]] == ["HD-1"]
    assert buyer.name in answer.content.decode()


def test_who_does_not_see_the_customer_does_not_read_the_name_at_the_factor(
    unit, buyer, colleague, client_for, subscribed
) -> None:
    factor = factor_of(unit)
    answer = client_for(colleague).get(f"/projects/{unit.project_id}/factors/{factor.pk}/buyers/")
    assert answer.status_code == 200
    assert buyer.name not in answer.content.decode()
    assert client_for(colleague).get(f"/purchases/{subscribed.pk}/told/").status_code == 404


def test_factors_of_unit_building_and_project_count_and_those_of_others_do_not(
    make_units, buyer, seller, now
) -> None:
    one, other = make_units(2)
    held = hold_unit(unit=one, customer=buyer, actor=seller, now=now)
    wanted = [
        factor_of(one),
        factor_of(one, "小区变电站", building=one.building),
        factor_of(one, "地铁振动", building=None),
    ]
    factor_of(other)
    ended = factor_of(one, "施工噪声")
    AdverseFactor.objects.filter(pk=ended.pk).update(ended_on="2026-03-01")
    keys = {line.key for line in file_lines(held, now=now) if line.factor}
    assert keys == {factor_key(each.pk) for each in wanted}
    assert str(file_states([held], now)[held.pk].words).endswith("0/10")


def test_a_factor_that_comes_later_or_is_reworded_is_open_again(
    unit, seller, subscribed, now
) -> None:
    confirm_everything(subscribed, seller, now)
    assert unconfirmed(subscribed, now) == []
    factor = factor_of(unit)
    with pytest.raises(PurchaseStepError):
        sign(purchase=subscribed, contract_no="HT-1", actor=seller, now=now)
    confirm_everything(subscribed, seller, now)
    assert unconfirmed(subscribed, now) == []
    AdverseFactor.objects.filter(pk=factor.pk).update(text="楼下为水泵房和配电间")
    with pytest.raises(PurchaseStepError):
        sign(purchase=subscribed, contract_no="HT-1", actor=seller, now=now)
    line = next(line for line in file_lines(subscribed, now=now) if line.factor)
    assert line.is_outdated
    today = timezone.localdate(now)
    with pytest.raises(FileItemError):
        confirm(
            purchase=subscribed,
            keys=[line.key],
            confirmation=said(today),
            actor=seller,
            now=now,
        )
    confirm_everything(subscribed, seller, now)
    sign(purchase=subscribed, contract_no="HT-1", actor=seller, now=now)
    assert ToldItem.objects.filter(factor=factor).count() == 2  # what was told before stays


def test_another_area_or_another_buyer_is_told_anew(unit, seller, subscribed, now) -> None:
    confirm_everything(subscribed, seller, now)
    Unit.objects.filter(pk=unit.pk).update(measured_area=Decimal("97.10"))
    subscribed.unit.refresh_from_db()
    open_keys = [line.key for line in file_lines(subscribed, now=now) if not line.is_confirmed]
    assert open_keys == ["area"]
    confirm_everything(subscribed, seller, now)
    Purchase.objects.filter(pk=subscribed.pk).update(customer=CustomerFactory(owner=seller))
    current = Purchase.objects.get(pk=subscribed.pk)
    assert [line.is_confirmed for line in file_lines(current, now=now)] == [False] * len(ITEMS)
    assert str(file_states([current], now)[current.pk].words).startswith("0%")


def test_what_cannot_be_is_refused_and_nothing_is_written(
    subscribed, seller, client_for, now
) -> None:
    today = timezone.localdate(now)
    with pytest.raises(FileItemError):  # never told
        confirm(
            purchase=subscribed, keys=["price"], confirmation=said(today), actor=seller, now=now
        )
    with pytest.raises(FileItemError):  # tomorrow
        tell(
            purchase=subscribed,
            keys=["price"],
            on=today + timedelta(days=1),
            actor=seller,
            now=now,
        )
    with pytest.raises(FileItemError):  # no such factor
        tell(purchase=subscribed, keys=["factor-99"], on=today, actor=seller, now=now)
    assert not ToldItem.objects.exists()
    tell(purchase=subscribed, keys=["price"], on=today, actor=seller, now=now)
    for wrong in (said(today, proof=" "), said(today - timedelta(days=1))):
        with pytest.raises(FileItemError):
            confirm(purchase=subscribed, keys=["price"], confirmation=wrong, actor=seller, now=now)
    empty = client_for(seller).post(
        f"/purchases/{subscribed.pk}/told/tell/", {"on": "x", "idempotency_key": "a"}
    )
    assert empty.status_code == 422
    row = ToldItem.objects.get()
    assert (row.confirmed_on, row.confirmed_how, row.stated) == (None, "", "2877000.00")


def test_the_database_keeps_one_current_row_for_each_item(subscribed, seller, now) -> None:
    tell(purchase=subscribed, keys=["price"], on=now.date(), actor=seller, now=now)
    twin = ToldItem.objects.get()
    twin.pk = None
    with pytest.raises(IntegrityError, match="told_item_current_once"), transaction.atomic():
        twin.save(force_insert=True)


def test_the_policy_makes_items_optional_but_never_the_risks(subscribed, seller, now) -> None:
    put_in_force(FILE, now, price=False, parking=False)
    optional = {line.key for line in file_lines(subscribed, now=now) if not line.is_mandatory}
    assert optional == {"price", "parking"}
    confirm_everything(subscribed, seller, now, but=("price", "parking"))
    assert sign(purchase=subscribed, contract_no="HT-1", actor=seller, now=now).state == "signed"


@pytest.mark.spec("SVC-72")
def test_each_contract_shows_how_complete_its_file_is(
    subscribed, unit, seller, boss, client_for, now
) -> None:
    factor_of(unit)
    today = timezone.localdate(now)
    keys = ["price", "area", "contract"]
    tell(purchase=subscribed, keys=keys, on=today, actor=seller, now=now)
    confirm(purchase=subscribed, keys=keys, confirmation=said(today), actor=seller, now=now)
    browser = client_for(boss)
    words = re.compile(r"37%\s*·\s*3/8")  # 3 of 8, rounded down
    assert words.search(browser.get(f"/purchases/{subscribed.pk}/").content.decode())
    page = f"/purchases/?project={unit.project_id}"
    assert words.search(browser.get(page).content.decode())
    rows = browser.get("/purchases/files/").context["rows"]
    assert [(row.purchase.pk, row.percent) for row in rows] == [(subscribed.pk, 37)]
    confirm_everything(subscribed, seller, now)
    assert browser.get("/purchases/files/").context["rows"] == []
    assert "100%" in browser.get(page).content.decode()


@pytest.mark.parametrize("url", ["/purchases/", "/purchases/files/"])
def test_lists_cost_the_same_for_one_and_for_twenty(
    url, make_units, seller, boss, client_for, now
) -> None:
    units, browser = make_units(21), client_for(boss)

    def buy(each):
        held = hold_unit(unit=each, customer=CustomerFactory(owner=seller), actor=boss, now=now)
        subscribe(purchase=held, terms=TERMS, actor=boss, now=now)

    buy(units[0])
    browser.get(url)
    with CaptureQueriesContext(connection) as few:
        assert len(browser.get(url).context["rows"]) == 1
    for each in units[1:]:
        buy(each)
    with CaptureQueriesContext(connection) as many:
        assert len(browser.get(url).context["rows"]) > 15
    assert len(many) == len(few)
