"""Price lists: written, approved, never overwritten, asked for at any moment (MKT-45, MKT-47)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from crm_site.approvals.services import refuse, sign
from crm_site.common.refusals import NotAllowedError, StaleError
from customers.models import PriceList, UnitPrice
from customers.pricing.errors import PriceListError
from customers.pricing.rules import Change
from customers.pricing.selectors import price_at
from customers.pricing.services.lists import (
    Repricing,
    create_list,
    price_units,
    submit_list,
)
from customers.property.board import project_board
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
TOTAL = Decimal(1_964_000)  # 98.20 m² × 20,000
FLOOR = "1,865,800"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.spec("MKT-45")
def test_the_price_of_any_past_moment_is_answered_by_page_and_api(unit, publish, boss, now):
    early, late = now - timedelta(days=20), now - timedelta(days=5)
    first = publish(20_000, at=early)
    publish(10, Change.PERCENT, at=late)
    client = signed_in(boss)
    url = f"/api/v1/units/{unit.pk}/price/"
    then = client.get(url, {"at": (early + timedelta(days=1)).isoformat()}).json()
    assert (then["public_total"], then["price_list"]) == ("1964000.00", first.pk)
    assert client.get(url).json()["public_total"] == "2160400.00"
    assert client.get(url, {"at": (early - timedelta(days=1)).isoformat()}).status_code == 404
    assert client.get(url, {"at": "gestern"}).status_code == 400
    page = client.get(f"/units/{unit.pk}/prices/").content.decode()
    assert "¥1,964,000" in page
    assert "¥2,160,400" in page


@pytest.mark.spec("MKT-45")
def test_a_change_without_approval_is_no_price(unit, draft, boss, director, seller, now):
    made = draft()
    assert price_at(unit, at=timezone.now()) is None
    submit_list(price_list=made, actor=boss, now=now)
    assert price_at(unit, at=timezone.now()) is None
    made.refresh_from_db()
    for stranger in (boss, seller):
        with pytest.raises(NotAllowedError):
            sign(
                approval_id=made.approval_id,
                digest=made.approval.digest,
                signer=stranger,
                now=now,
            )
    refuse(approval_id=made.approval_id, reason="太贵", signer=director, now=now)
    made.refresh_from_db()
    assert (made.state, made.effective_at) == ("refused", None)
    assert price_at(unit, at=timezone.now()) is None


def test_an_approved_list_is_never_written_again(unit, publish, boss, now) -> None:
    made = publish()
    how = Repricing(change=Change.SET, amount=Decimal(1), coefficient=Decimal(1))
    for act in (
        lambda: price_units(
            price_list=made, units=type(unit).objects.all(), how=how, actor=boss, now=now
        ),
        lambda: submit_list(price_list=made, actor=boss, now=now),
    ):
        with pytest.raises(StaleError):
            act()
    assert UnitPrice.objects.get(unit=unit).public_total == TOTAL


def test_a_list_counts_from_the_time_that_was_wanted(unit, publish, now) -> None:
    publish(20_000, at=now - timedelta(days=3))
    later = publish(
        21_000, at=now - timedelta(days=2), wanted_from=timezone.now() + timedelta(days=2)
    )
    assert price_at(unit, at=timezone.now()).unit_price == 20_000
    assert price_at(unit, at=later.effective_at).unit_price == 21_000


def test_the_board_prints_the_public_price_in_one_statement(
    project, unit, publish, django_assert_num_queries
) -> None:
    publish()
    with django_assert_num_queries(2):  # buildings, cells
        boards = project_board(project)
    cells = [cell for floor in boards[0].floors for cell in floor.cells if cell]
    assert {cell.price for cell in cells if cell.pk == unit.pk} == {Decimal("196.4")}


@pytest.mark.parametrize("role", ["consultant", "marketing", "channel", "agent", "engineering"])
def test_the_floor_price_is_for_its_own_right_only(role, org, unit, publish, director, now):
    made = publish()
    addresses = [
        f"/units/{unit.pk}/",
        f"/units/{unit.pk}/prices/",
        f"/prices/{made.pk}/",
        f"/api/v1/units/{unit.pk}/price/",
        "/units/",
    ]
    client = signed_in(make_user(org, role))
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        text = answer.content.decode()
        assert FLOOR not in text, address
        assert "1865800" not in text, address
        assert "floor_total" not in text, address
    assert client.get(f"/prices/{made.pk}/radius/").status_code == 403
    seen = signed_in(director)
    assert FLOOR in seen.get(addresses[0]).content.decode()
    assert seen.get(addresses[3]).json()["floor_total"] == "1865800.00"


def test_drafts_are_not_for_those_without_the_right(draft, unit, seller) -> None:
    made = draft()
    client = signed_in(seller)
    assert client.get(f"/prices/{made.pk}/").status_code == 404
    assert str(made) not in client.get("/prices/").content.decode()
    assert client.get("/prices/add/").status_code == 403


def test_what_cannot_be_is_refused_and_nothing_written(project, unit, draft, boss, now) -> None:
    with pytest.raises(PriceListError):
        create_list(
            project=project,
            reason="调价",
            author=boss,
            now=now,
            wanted_from=now - timedelta(days=1),
        )
    with pytest.raises(PriceListError):
        create_list(project=project, reason=" ", author=boss, now=now)
    assert not PriceList.objects.exists()
    made = create_list(project=project, reason="调价", author=boss, now=now)
    units = type(unit).objects.filter(project=project)
    for how in (
        Repricing(change=Change.PERCENT, amount=Decimal(5), coefficient=Decimal("0.9")),
        Repricing(change=Change.SET, amount=Decimal(-5), coefficient=Decimal("0.9")),
        Repricing(change=Change.SET, amount=Decimal(20_000)),
    ):
        with pytest.raises(PriceListError):
            price_units(price_list=made, units=units, how=how, actor=boss, now=now)
    with pytest.raises(PriceListError):
        submit_list(price_list=made, actor=boss, now=now)
    made.refresh_from_db()
    assert (made.state, made.prices.count()) == ("draft", 0)


@pytest.mark.spec("MKT-47")
def test_the_third_change_of_a_quarter_warns_and_needs_the_director(
    unit, draft, publish, boss, money_keeper, director
) -> None:
    now = timezone.now()  # of the page
    publish(20_000, at=now - timedelta(minutes=9))  # the first list is no change
    publish(1, Change.PERCENT, at=now - timedelta(minutes=8))
    publish(1, Change.PERCENT, at=now - timedelta(minutes=7))
    third = draft(1, Change.PERCENT, at=now)
    client = signed_in(boss)
    page = client.get(f"/prices/{third.pk}/radius/").content.decode()
    assert "banner-red" in page
    submit_list(price_list=third, actor=boss, now=now)
    approval = third.__class__.objects.get(pk=third.pk).approval
    assert approval.steps == ["customers.sign_prices", "customers.direct_prices"]
    sign(approval_id=approval.pk, digest=approval.digest, signer=money_keeper, now=now)
    third.refresh_from_db()
    assert third.state == "submitted"
    asked = signed_in(director).get(f"/approvals/{approval.pk}/").content.decode()
    assert "负责人" in asked or "director" in asked
    sign(approval_id=approval.pk, digest=approval.digest, signer=director, now=now)
    third.refresh_from_db()
    assert third.state == "approved"


def test_a_change_from_the_third_on_needs_a_plan_of_messages(unit, draft, publish, boss, now):
    publish(20_000, at=now - timedelta(minutes=9))
    cut = draft(-1, Change.PERCENT, plan="")
    with pytest.raises(PriceListError):
        submit_list(price_list=cut, actor=boss, now=now)
    cut.refresh_from_db()
    assert (cut.state, cut.approval) == ("draft", None)


def test_a_price_list_is_made_by_hand_from_page_to_wall(unit, boss, money_keeper, now) -> None:
    client = signed_in(boss)
    added = client.post("/prices/add/", {"project": unit.project_id, "reason": "首开"})
    made = PriceList.objects.get()
    assert added["Location"] == f"/prices/{made.pk}/"
    wrong = client.post(f"/prices/{made.pk}/reprice/", {"change": "percent", "amount": "3"})
    assert wrong.status_code == 422
    client.post(
        f"/prices/{made.pk}/reprice/",
        {"change": "set", "amount": "20000", "floor_percent": "95", "floor_from": "1"},
    )
    assert made.prices.count() == 9
    assert client.get(f"/prices/{made.pk}/").status_code == 200
    client.post(f"/prices/{made.pk}/submit/")
    made.refresh_from_db()
    sign(
        approval_id=made.approval_id,
        digest=made.approval.digest,
        signer=money_keeper,
        now=timezone.now(),
    )
    assert "196.4" in client.get("/units/").content.decode()
    assert "196.4" in Client().get(f"/wall/{unit.project.code}/").content.decode()
