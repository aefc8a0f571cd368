"""Customers whom agencies report, and the people of the desk."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from crm_site.staff.models import User
from customers.arbitration.models import ClaimCase
from customers.arbitration.rules import EventKind
from customers.arbitration.services.events import Report, note_event, report
from customers.models import Customer, Project
from tests.conftest import make_user
from tests.factories import CustomerFactory, LeadFactory, Organisation, UserFactory

PHONE, MASKED = "15412345678", "154****5678"


@pytest.fixture
def project(org: Organisation) -> Project:
    return org.project_one


@pytest.fixture
def seller(org: Organisation) -> User:
    return UserFactory(username="lin", name="林知夏", node=org.team_a)


@pytest.fixture
def desk(org: Organisation) -> User:
    return make_user(org, "channel")


@pytest.fixture
def boss(org: Organisation) -> User:
    return make_user(org, "supervisor")


@pytest.fixture
def director(org: Organisation) -> User:
    return make_user(org, "executive")


@pytest.fixture
def buyer(seller: User, project: Project) -> Customer:
    customer = CustomerFactory(owner=seller, name="高雅琴", phone=f"+86{PHONE}")
    LeadFactory(customer=customer, project=project, source="agent")
    return customer


@pytest.fixture
def reported(project: Project, desk: User, now: datetime) -> Callable[..., ClaimCase]:
    """Report somebody and return the first case."""

    def act(
        phone: str = PHONE, *, at: datetime = now, party: str = "链家滨江店", **more: Any
    ) -> ClaimCase:
        given = Report(project=project, phone=phone, party=party, **{"name": "高", **more})
        return report(given=given, actor=desk, now=at)[0]

    return act


@pytest.fixture
def note(desk: User) -> Callable[..., Any]:
    """Note what happened to a case."""

    def act(case: ClaimCase, kind: str, *, at: datetime, party: str = "链家滨江店") -> Any:
        return note_event(case=case, kind=EventKind(kind), party=party, actor=desk, now=at)

    return act
