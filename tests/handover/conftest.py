"""A batch of a project with sold units, papers in force, and the people of the handover."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.utils import timezone

from crm_site.approvals.models import Approval
from crm_site.approvals.services import sign
from crm_site.staff.models import User
from customers.handover.papers import ATTACHMENTS
from customers.handover.rules import Duty, Risk, RiskArea, Side, checks_for
from customers.handover.services import batches, inspecting, notices, slots
from customers.handover.services.batches import BatchPlan
from customers.models import (
    Customer,
    DeliveryBatch,
    Project,
    Purchase,
    PurchaseParty,
    Unit,
    UnitDelivery,
)
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from tests.conftest import make_user
from tests.documents.signing import paper_in_force
from tests.factories import CustomerFactory, Organisation
from tests.purchase.conftest import (  # noqa: F401 -- fixtures
    building,
    make_units,
    project,
    seller,
    unit,
)

LOW = dict.fromkeys(RiskArea, Risk.LOW)
NUMBERS = count(1)


@pytest.fixture
def specialist(org: Organisation) -> User:
    return make_user(org, "specialist")


@pytest.fixture
def centre(org: Organisation) -> User:
    return make_user(org, "service_manager")


@pytest.fixture
def executive(org: Organisation) -> User:
    return make_user(org, "executive")


@pytest.fixture
def head_office(org: Organisation) -> User:
    return make_user(org, "head_office")


@pytest.fixture
def now() -> datetime:
    """The moment of pages and jobs, in local time."""
    return timezone.localtime()


@pytest.fixture
def today(now: datetime) -> date:
    return timezone.localdate(now)


def plan(planned_on: date, name: str = "首批", **risks: Risk) -> BatchPlan:
    """Return a plan of low risk, apart from the areas that are given."""
    return BatchPlan(
        name=name,
        planned_on=planned_on,
        risks=LOW | {RiskArea(area): risk for area, risk in risks.items()},
        risk_note="雨季外墙",
    )


@pytest.fixture
def batch(project: Project, specialist: User, now: datetime) -> DeliveryBatch:  # noqa: F811
    """A batch of low risk that begins in eight days; nothing of it is done."""
    return planned_batch(project, specialist, now)


def planned_batch(
    where: Project, actor: User, now: datetime, days: int = 8, name: str = "首批", **risks: Risk
) -> DeliveryBatch:
    """Return a new batch that begins so many days from ``now``."""
    day = timezone.localdate(now)
    return batches.plan_batch(
        project=where,
        plan=plan(day + timedelta(days=days), name, **risks),
        actor=actor,
        now=now,
        today=day,
    )


@pytest.fixture
def sell(seller: User, now: datetime) -> Callable[..., Purchase]:  # noqa: F811
    """Sell a unit: a signed purchase of a customer who agreed to be contacted."""

    def sold(one: Unit, at: datetime = now) -> Purchase:
        customer: Customer = CustomerFactory(owner=seller)
        record_consent(
            customer=customer,
            purpose=Purpose.CONTACT,
            is_given=True,
            channel=Channel.VISIT,
            actor=seller,
            now=at - timedelta(days=1),
        )
        purchase = Purchase.objects.create(
            project=one.project,
            unit=one,
            customer=customer,
            consultant=seller,
            state="signed",
            state_since=at,
            begun_at=at,
            subscribed_at=at,
            signed_at=at,
            list_total=Decimal(100),
            agreed_total=Decimal(99),
            contract_no=f"HT-{next(NUMBERS)}",
        )
        PurchaseParty.objects.create(purchase=purchase, customer=customer, role="buyer")
        return purchase

    return sold


def fill(batch: DeliveryBatch, units: list[Unit], actor: User, now: datetime) -> list[UnitDelivery]:
    """Put units into a batch and return their handovers."""
    batches.add_units(batch=batch, units=units, actor=actor, now=now)
    rows = batch.deliveries.select_related("batch__project", "unit__layout", "unit__building")
    return list(rows.order_by("unit__number"))


def walk(delivery: UnitDelivery, actor: User, now: datetime) -> None:
    """Walk every room of a unit."""
    for room in inspecting.rooms_in(delivery.unit):
        inspecting.walk_room(delivery=delivery, room=room, actor=actor, now=now)
    delivery.refresh_from_db()


def approve(batch: DeliveryBatch, asker: User, signers: list[User], now: datetime) -> None:
    """Tick the checklist of a batch, ask for its approval and have it signed."""
    for key in checks_for(Risk(batch.grade)):
        batches.tick_check(batch=batch, key=key, note="已核", actor=asker, now=now)
    approval = batches.ask_approval(batch=batch, reason="", actor=asker, now=now)
    for signer in signers:
        sign(approval_id=approval.pk, digest=approval.digest, signer=signer, now=now)
    assert Approval.objects.get(pk=approval.pk).state == "used"
    batch.refresh_from_db()


def attach(where: Project, now: datetime, leave_out: str = "") -> None:
    """Put the five attachments into force, apart from one."""
    for kind in ATTACHMENTS:
        if kind != leave_out:
            paper_in_force(kind, where, now, title=f"{kind} 第一版")


def man(batch: DeliveryBatch, day: date, actor: User) -> None:
    """Fill the roster of a day."""
    for duty in Duty:
        side = Side.PROPERTY if duty is Duty.LEAD else Side.CENTRE
        slots.put_on_roster(
            batch=batch, day=day, duty=duty, side=side, name=f"{duty}员", actor=actor
        )


@pytest.fixture
def ready(project, make_units, sell, specialist, executive, now):  # noqa: F811
    """Make sold, walked units in an approved batch with attachments; notified where wanted."""

    def made(number: int = 1, *, notify: bool = True, days: int = 8) -> list[UnitDelivery]:
        batch = planned_batch(project, specialist, now, days=days)
        units = make_units(number)
        for one in units:
            sell(one)
        rows = fill(batch, units, specialist, now)
        for delivery in rows:
            walk(delivery, specialist, now)
        approve(batch, specialist, [executive], now)
        attach(batch.project, now)
        if notify:
            notices.send_notices(batch=batch, actor=specialist, now=now)
        for delivery in rows:
            delivery.refresh_from_db()
        return rows

    return made
