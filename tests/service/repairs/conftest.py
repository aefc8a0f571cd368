"""A home handed over two years ago, its owner, contractors, and the people of the desk."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm_site.staff.models import User
from customers.models import Building, Customer, Layout, Project, Purchase, Unit
from service.repairs.models import Contractor, RepairOrder
from service.repairs.services import accepting, orders
from service.tickets.drafts import TicketDraft
from tests.conftest import make_user
from tests.factories import CustomerFactory, LeadFactory, Organisation, UserFactory
from tests.property.conftest import png

HANDED = datetime.fromisoformat("2024-06-10T10:00:00+08:00")


@pytest.fixture
def project(org: Organisation) -> Project:
    return org.project_one


@pytest.fixture
def manager(org: Organisation) -> User:
    return make_user(org, "service_manager")


@pytest.fixture
def specialist(org: Organisation) -> User:
    return make_user(org, "specialist")


@pytest.fixture
def builder(org: Organisation) -> User:
    return make_user(org, "engineering")


@pytest.fixture
def seller(org: Organisation) -> User:
    return UserFactory(username="lin", name="林知夏", node=org.team_a)


@pytest.fixture
def owner(seller: User, project: Project) -> Customer:
    customer = CustomerFactory(owner=seller, name="高雅琴")
    LeadFactory(customer=customer, project=project)
    return customer


@pytest.fixture
def building(project: Project) -> Building:
    return Building.objects.create(project=project, name="3栋")


@pytest.fixture
def layout(project: Project) -> Layout:
    return Layout.objects.create(project=project, name="A1", code="three-rooms", bedrooms=3)


@pytest.fixture
def home(building: Building, layout: Layout) -> Callable[..., Unit]:
    """Make a unit."""

    def make(number: str) -> Unit:
        return Unit.objects.create(
            project=building.project,
            building=building,
            floor=1,
            number=number,
            layout=layout,
            forecast_area=98,
        )

    return make


@pytest.fixture
def unit(home: Callable[..., Unit], owner: Customer, seller: User, project: Project) -> Unit:
    found = home("0101")
    Purchase.objects.create(
        project=project,
        unit=found,
        customer=owner,
        consultant=seller,
        state="handed_over",
        state_since=HANDED,
        begun_at=HANDED - timedelta(days=400),
        signed_at=HANDED - timedelta(days=380),
        handed_over_at=HANDED,
    )
    return found


@pytest.fixture
def contractor(db: None) -> Contractor:
    return Contractor.objects.create(name="华东建工三处", trades=["sealing", "walls"])


@pytest.fixture
def reported(project: Project, unit: Unit, owner: Customer, manager: User, now: datetime) -> Any:
    """Report a repair and return its order."""

    def act(
        part: str = "waterproofing", trade: str = "sealing", *, at: datetime = now, **more: Any
    ) -> RepairOrder:
        draft = TicketDraft(
            **{
                "kind": "repair",
                "project": project,
                "unit": unit,
                "customer": owner,
                "subject": "卫生间漏水",
                **more,
            }
        )
        return orders.open_repair(draft=draft, part=part, trade=trade, actor=manager, now=at)

    return act


@pytest.fixture
def rounds(contractor: Contractor, manager: User, now: datetime) -> Any:
    """Send a contractor, visit, repair, and let the owner decide."""

    def act(
        order: RepairOrder,
        *,
        accepted: bool | None = True,
        by: Contractor | None = None,
        late: bool = False,
        at: datetime = now,
    ) -> RepairOrder:
        sending = orders.Sending(
            contractor=by or contractor,
            start=at + timedelta(hours=2),
            until=at + timedelta(hours=4),
        )
        orders.dispatch(order=order, sending=sending, actor=manager, now=at)
        came = at + timedelta(hours=6 if late else 3)
        seen = orders.Visit(finding="防水层破损", plan="重做防水", finish_on=came.date())
        orders.visit(order=order, seen=seen, actor=manager, now=came)
        done = came + timedelta(hours=5)
        orders.repair(order=order, work="已重做", photos=(png(),), actor=manager, now=done)
        if accepted is not None:
            decide = accepting.accept if accepted else accepting.refuse
            decide(order=order, remark="看过了", actor=manager, now=done + timedelta(hours=1))
        order.refresh_from_db()
        return order

    return act


@pytest.fixture
def picture() -> Callable[[], SimpleUploadedFile]:
    return lambda: SimpleUploadedFile("wall.png", png(), "image/png")
