"""People, places and moments that the tests of KPIs tell their stories with."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from analytics.churn.models import ChurnLoss
from analytics.kpis.kinds import Asking, Period, Place, ScopeKind, day_of
from crm_site.questionnaires.models import QuestionnaireVersion
from crm_site.questionnaires.services import ensure_default
from crm_site.staff.models import User
from customers.models import Customer, LeadEvent, PhaseEvent
from service.surveys.defaults import SERVICE
from service.surveys.models import Survey, SurveyResponse
from tests.factories import CustomerFactory, LeadFactory, Organisation, UserFactory

MAY = Period(date(2026, 5, 1), date(2026, 6, 1))
APRIL = Period(date(2026, 4, 1), date(2026, 5, 1))
LONG_AGO = datetime.fromisoformat("2025-01-10T10:00+08:00")


@pytest.fixture
def seller(org: Organisation) -> User:
    return UserFactory(username="lin", name="林知夏", node=org.team_a)


@pytest.fixture
def ask(now: datetime) -> Callable[..., Asking]:
    """Ask for May, seen from the day after it ended unless said otherwise."""

    def make(period: Period = MAY, place: Place | None = None, **more: Any) -> Asking:
        moment = more.pop("now", period.ends_at + timedelta(days=1))
        return Asking(period, place or Place(ScopeKind.COMPANY), moment, **more)

    return make


@pytest.fixture
def known(seller: User) -> Callable[..., list[Customer]]:
    """Customers known for long, ``number`` of them, of ``owner``."""

    def make(number: int, *, since: datetime = LONG_AGO, owner: User | None = None) -> list[Any]:
        made = CustomerFactory.build_batch(number, owner=owner or seller)
        rows = Customer.objects.bulk_create(made)
        Customer.objects.filter(pk__in=[row.pk for row in rows]).update(created_at=since)
        return rows

    return make


@pytest.fixture
def lose() -> Callable[..., None]:
    """Let customers be lost at a moment, found and written down then or later."""

    def lost(customers: list[Customer], at: datetime, *, found: datetime | None = None) -> None:
        ChurnLoss.objects.bulk_create(
            ChurnLoss(
                customer=each,
                on=day_of(at),
                rule="silent",
                stage="lead",
                main_reason="unknown",
                scene="information",
                source=f"test:{at:%s}",
                recorded_at=found or at,
            )
            for each in customers
        )
        PhaseEvent.objects.bulk_create(
            PhaseEvent(customer=each, at=found or at, from_phase="active", to_phase="churned")
            for each in customers
        )

    return lost


@pytest.fixture
def leads() -> Callable[..., list[Any]]:
    """Leads of customers, each with the states it went through at a moment."""

    def make(customers: list[Customer], states: list[str], *, at: datetime, **more: Any) -> Any:
        rows = [
            LeadFactory(customer=each, received_at=at, state=states[-1], **more)
            for each in customers
        ]
        LeadEvent.objects.bulk_create(
            LeadEvent(lead=row, at=at, kind="state", to_value=state)
            for row in rows
            for state in states
        )
        return rows

    return make


@pytest.fixture
def rated(org: Organisation, seller: User) -> Callable[..., None]:
    """Answers of customers with these ratings out of ten, about the seller."""
    survey: list[Survey] = []

    def make(ratings: list[int], *, at: datetime) -> None:
        if not survey:
            form = ensure_default(SERVICE)
            made = Survey.objects.create(
                title="来访回访",
                questionnaire=form,
                version=QuestionnaireVersion.objects.filter(questionnaire=form).latest("pk"),
                trigger="visit",
                project=org.project_one,
                region=org.region_east,
                created_by=seller,
            )
            survey.append(made)
        SurveyResponse.objects.bulk_create(
            SurveyResponse(
                survey=survey[0],
                version=survey[0].version,
                project=org.project_one,
                region=org.region_east,
                adviser=seller,
                trigger="visit",
                at=at,
                month_on=at.date().replace(day=1),
                rating=rating,
            )
            for rating in ratings
        )

    return make
