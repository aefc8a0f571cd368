"""A building behind its plan, homes sold in it, facilities promised around it, the centre."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.utils import timezone

from crm_site.registers.models import RegisterEntry
from crm_site.registers.services import EntryDraft, add_entry
from crm_site.staff.models import User
from customers.models import Building, ConstructionNode, Project, Purchase, Receipt
from service.delays.facilities import FACILITIES
from tests.conftest import make_user
from tests.factories import CustomerFactory, Organisation
from tests.purchase.conftest import building, make_units, project, seller

__all__ = ["building", "make_units", "project", "seller"]
NUMBERS = count(1)


@pytest.fixture
def now() -> datetime:
    """The moment of pages and jobs, in local time."""
    return timezone.localtime()


@pytest.fixture
def today(now: datetime) -> date:
    return timezone.localdate(now)


@pytest.fixture
def centre(org: Organisation) -> User:
    return make_user(org, "service_manager")


@pytest.fixture
def agent(org: Organisation) -> User:
    return make_user(org, "agent")


@pytest.fixture
def specialist(org: Organisation) -> User:
    return make_user(org, "specialist")


@pytest.fixture
def engineering(org: Organisation) -> User:
    return make_user(org, "engineering")


@pytest.fixture
def executive(org: Organisation) -> User:
    return make_user(org, "executive")


@pytest.fixture
def promised(building: Building, today: date) -> Building:
    """The building, its handover promised in 100 days."""
    building.handover_on = today + timedelta(days=100)
    building.save()
    return building


def node(where: Building, kind: str, planned_on: date, reached_on: date | None = None):
    """Return a node of a building."""
    return ConstructionNode.objects.create(
        project=where.project,
        building=where,
        kind=kind,
        planned_on=planned_on,
        reached_on=reached_on,
    )


@pytest.fixture
def sell(make_units, seller, now):
    """Sell so many homes of the building, each with the same sum paid."""

    def sold(number: int, paid: int = 100_000) -> list[Purchase]:
        found = []
        for unit in make_units(number):
            purchase = Purchase.objects.create(
                project=unit.project,
                unit=unit,
                customer=CustomerFactory(owner=seller),
                consultant=seller,
                state="signed",
                state_since=now,
                begun_at=now,
                subscribed_at=now,
                signed_at=now,
                agreed_total=Decimal(900_000),
                contract_no=f"HT-{next(NUMBERS)}",
            )
            if paid:
                pay(purchase, paid, seller, now)
            found.append(purchase)
        return found

    return sold


def pay(purchase: Purchase, amount: int, actor: User, now: datetime) -> Receipt:
    """Write down that a buyer paid."""
    return Receipt.objects.create(
        purchase=purchase,
        kind="payment",
        amount=Decimal(amount),
        received_on=timezone.localdate(now),
        receipt_no=f"SJ-{next(NUMBERS)}",
        way="transfer",
        recorded_by=actor,
        recorded_at=now,
    )


@pytest.fixture
def late(promised: Building, sell, today: date) -> list[Purchase]:
    """Three sold homes that will be 20 days late.

    The completion was planned 20 days ago and is not reached, so that the handover is expected 30
    days from now; it is promised in 10 days.
    """
    promised.handover_on = today + timedelta(days=10)
    promised.save()
    node(promised, "topping_out", today - timedelta(days=200), today - timedelta(days=190))
    node(promised, "completion", today - timedelta(days=20))
    return sell(3)


def facility(
    where: Project, actor: User, due_on: date, *, title: str = "实验小学", expected: str = ""
) -> RegisterEntry:
    """Return a facility that was promised with a project."""
    now = timezone.now()
    return add_entry(
        register=FACILITIES,
        draft=EntryDraft(
            title=title,
            values={"kind": "school", "where": "advert", "expected": expected},
            subject_id=where.pk,
            due_at=timezone.make_aware(datetime.combine(due_on, datetime.min.time())),
        ),
        actor=actor,
        now=now,
    )
