"""A project with one building of units for sale, and the people who sell it."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from crm_site.staff.models import User
from customers.models import Building, Customer, Layout, Project, Unit
from tests.conftest import make_user
from tests.factories import CustomerFactory, LeadFactory, Organisation, UserFactory

AREA = Decimal("98.20")


@pytest.fixture
def project(org: Organisation) -> Project:
    return org.project_one


@pytest.fixture
def building(project: Project) -> Building:
    return Building.objects.create(project=project, name="3栋", floors=18)


@pytest.fixture
def make_units(building: Building) -> Callable[[int], list[Unit]]:
    """Make so many units, three on each floor."""

    def make(number: int) -> list[Unit]:
        layout, _made = Layout.objects.get_or_create(project=building.project, name="三房两卫")
        return Unit.objects.bulk_create(
            Unit(
                project=building.project,
                building=building,
                entrance="1",
                floor=place // 3 + 1,
                number=f"{place // 3 + 1:02d}{place % 3 + 1:02d}",
                layout=layout,
                forecast_area=AREA + place % 3,
            )
            for place in range(number)
        )

    return make


@pytest.fixture
def unit(make_units: Callable[[int], list[Unit]]) -> Unit:
    return make_units(9)[0]


@pytest.fixture
def seller(org: Organisation) -> User:
    return UserFactory(username="lin", name="林知夏", node=org.team_a)


@pytest.fixture
def colleague(org: Organisation) -> User:
    return UserFactory(username="chen", name="陈思远", node=org.team_a)


@pytest.fixture
def boss(org: Organisation) -> User:
    return make_user(org, "supervisor")


@pytest.fixture
def buyer(seller: User) -> Customer:
    customer = CustomerFactory(owner=seller, name="高雅琴")
    LeadFactory(customer=customer)
    return customer
