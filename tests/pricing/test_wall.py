"""The public price wall (MKT-49)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from customers.models import AdverseFactor, Certificate, Purchase
from customers.pricing.rules import Change
from customers.pricing.wall import KEPT, REFRESH
from customers.purchase.services.holding import hold_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def wall(project):
    def show(**query) -> str:
        answer = Client().get(f"/wall/{project.code}/", query)
        assert answer.status_code == 200
        return answer.content.decode()

    return show


@pytest.mark.spec("MKT-49")
def test_an_approved_change_appears_within_a_minute(unit, publish, wall) -> None:
    publish(20_000, at=timezone.now() - timedelta(days=1))
    assert "196.4" in wall()
    publish(10, Change.PERCENT, at=timezone.now())
    assert "196.4" in wall()  # the wall of a moment ago
    cache.clear()  # what is kept has run out
    shown = wall()
    assert "216.0" in shown
    assert "196.4" not in shown
    assert f'hx-trigger="every {REFRESH}s"' in shown
    assert KEPT + REFRESH <= 60


@pytest.mark.spec("MKT-49")
def test_the_wall_shows_neither_floor_prices_nor_people(
    unit, publish, wall, buyer, seller, now
) -> None:
    publish(20_000, at=timezone.now() - timedelta(days=1))
    hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    shown = wall()
    for secret in ("1,865,800", "186.6", "1865800", buyer.name, seller.name, "首开定价"):
        assert secret not in shown, secret
    assert "is-h" in shown
    assert unit.number in shown


def test_the_wall_shows_certificates_adverse_factors_and_changes(
    unit, publish, wall, project
) -> None:
    Certificate.objects.create(
        project=project, kind="presale", number="预2026-0117", issued_on=date(2026, 1, 1)
    )
    AdverseFactor.objects.create(
        project=project, kind="noise", text="东侧规划道路", since=date(2026, 1, 1)
    )
    publish(20_000, at=timezone.now() - timedelta(days=2))
    publish(-5, Change.PERCENT, at=timezone.now() - timedelta(days=1))
    shown = wall()
    for word in ("预2026-0117", "东侧规划道路", "-5.0 %"):
        assert word in shown


def test_the_pages_turn_on_the_big_screen_only(make_units, publish, wall) -> None:
    make_units(25)
    publish(20_000, at=timezone.now() - timedelta(days=1))
    assert 'hx-get="?page=1"' in wall()
    assert 'hx-get="?page=2&amp;screen=1"' in wall(screen="1")
    assert 'hx-get="?page=1&amp;screen=1"' in wall(screen="1", page="3")
    for page in ("0", "99", "x", "٣"):
        wall(page=page)


def test_there_is_no_wall_without_prices_or_project(project, unit) -> None:
    client = Client()
    assert client.get(f"/wall/{project.code}/").status_code == 404
    assert client.get("/wall/nirgends/").status_code == 404
    assert client.post(f"/wall/{project.code}/").status_code == 405
    assert not Purchase.objects.filter(agreed_total=Decimal(1)).exists()
