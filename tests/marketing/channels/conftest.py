"""Channels, a partner whose contract runs, signed leads, a contract with somebody it brought."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm_site.outbox.gateway import signature
from crm_site.staff.models import User
from customers.arbitration.rules import EventKind
from customers.arbitration.services.events import note_event
from customers.models import Purchase, Unit
from customers.purchase.services.advancing import Terms, sign, subscribe
from customers.purchase.services.holding import hold_unit
from marketing.channels.models import Channel, LeadCode, LeadIntake, Partner, PartnerUser
from marketing.channels.rules.kinds import Way
from marketing.channels.services.intake import Arrival, take_lead
from marketing.channels.services.keeping import make_code
from tests.conftest import make_user
from tests.factories import UserFactory
from tests.journey.confirming import confirm_everything
from tests.purchase import conftest as units

# borrowed fixtures
building, make_units, project = units.building, units.make_units, units.project
seller = units.seller

SECRET = "shared-with-the-portal"
URL = "/api/v1/intake/"
PHONE = "13800138000"
PRICE = Decimal(1_000_000)
TERMS = Terms(list_total=PRICE, agreed_total=PRICE, deposit=Decimal(20_000))


@pytest.fixture(autouse=True)
def _secret(settings: Any) -> None:
    settings.INTAKE_SECRET = SECRET


@pytest.fixture
def manager(org: Any) -> User:
    return make_user(org, "channel")


@pytest.fixture
def payer(org: Any) -> User:
    return make_user(org, "finance")


@pytest.fixture
def agents(db: None) -> Channel:
    return Channel.objects.create(code="agent", name="渠道中介", type="agent", subtype="agency")


@pytest.fixture
def make_partner(agents: Channel, project: Any, manager: User) -> Callable[..., Partner]:
    """Make a partner whose contract runs since 30 days and for 90 more."""

    def make(name: str = "链家滨江店", **more: Any) -> Partner:
        today = timezone.localdate()
        given = {
            "state": "active",
            "starts_on": today - timedelta(days=30),
            "ends_on": today + timedelta(days=90),
            "owner": manager,
        }
        row = Partner.objects.create(
            name=name, channel=agents, state_since=timezone.now(), **given | more
        )
        row.territory.add(project)
        return row

    return make


@pytest.fixture
def partner(make_partner: Any) -> Partner:
    return make_partner()


@pytest.fixture
def rival(make_partner: Any) -> Partner:
    return make_partner("中原地产")


@pytest.fixture
def make_login() -> Callable[..., User]:
    """Make an account that registers leads for a partner."""

    def make(partner: Partner, username: str = "agent-li") -> User:
        user = UserFactory(username=username, name=username, role="partner", node=None)
        PartnerUser.objects.create(user=user, partner=partner)
        return user

    return make


@pytest.fixture
def code(partner: Partner, project: Any, manager: User) -> LeadCode:
    values = {"label": "门店二维码", "channel": partner.channel, "project": project}
    values["partner"] = partner
    return make_code(values=values, actor=manager, now=timezone.now())


@pytest.fixture
def brought(code: LeadCode) -> LeadIntake:
    """A lead that came in over the code of the partner two hours ago."""
    arrival = Arrival(way=Way.QR, key="L-1", name="高雅琴", phone=PHONE, code=code)
    return take_lead(arrival, actor=None, now=timezone.now() - timedelta(hours=2)).intake


def post(body: Any, *, secret: str = SECRET, age: int = 0) -> Any:
    """Post a signed lead, ``age`` seconds old, and return the answer."""
    at = str(int(timezone.now().timestamp()) - age)
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"X-Timestamp": at, "X-Signature": signature(secret, at, data)}
    return Client().post(URL, data, "application/json", headers=headers)


def sell(
    intake: LeadIntake,
    unit: Unit,
    *,
    seller: User,
    manager: User,
    number: str = "HT-1",
    wait: timedelta = timedelta(hours=1),
) -> Purchase:
    """Let the customer of a lead visit, hold the unit and sign for it."""
    now = timezone.now()
    customer = intake.customer
    type(customer).objects.filter(pk=customer.pk).update(
        owner=seller, team=seller.node, owned_since=now
    )
    customer.refresh_from_db()
    case, visited = intake.case, intake.at + wait
    if case is not None:
        if not case.events.filter(kind="verified").exists():
            party = intake.partner.name
            note_event(
                case=case, kind=EventKind.VERIFIED, party=party, actor=manager, now=intake.at
            )
        note_event(case=case, kind=EventKind.VISITED, party="", actor=manager, now=visited)
    now = max(now, visited + timedelta(minutes=1))
    held = hold_unit(unit=unit, customer=customer, actor=seller, now=now)
    bound = subscribe(purchase=held, terms=TERMS, actor=seller, now=now)
    bound = confirm_everything(bound, seller, now)
    return sign(purchase=bound, contract_no=number, actor=seller, now=now)


@pytest.fixture
def deal(make_units: Any, seller: User, manager: User) -> Callable[..., Purchase]:
    """Let the customer of a lead visit and sign for a unit."""
    free: list[Unit] = []

    def make(intake: LeadIntake, number: str = "HT-1", **more: Any) -> Purchase:
        if not free:
            free.extend(make_units(9))
        unit = free.pop()
        return sell(intake, unit, seller=seller, manager=manager, number=number, **more)

    return make
