"""Small stories of homes, repairs, open days and answers, each counted by hand."""

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

from crm_site.questionnaires.services import ensure_default
from customers.models import (
    Building,
    DefectEvent,
    DeliveryBatch,
    Layout,
    Lead,
    LeadClock,
    LeadEvent,
    Unit,
    UnitDefect,
    UnitDelivery,
)
from customers.purchase.models import Purchase
from service.care.event_models import CareEvent, EventSignUp
from service.repairs.models import Contractor, RepairEvent, RepairJob, RepairOrder
from service.surveys.defaults import SERVICE
from service.surveys.models import Survey, SurveyResponse
from tests.factories import NOW, CustomerFactory, LeadFactory, Organisation, UserFactory
from tests.service.factories import TicketFactory

D = Decimal
HOUR = dt.timedelta(hours=1)


class Story:
    """Makes one row after another in the first project."""

    def __init__(self, org: Organisation) -> None:
        self.org, self.project, self.numbers = org, org.project_one, count(1)
        self.seller = UserFactory(node=org.team_a)
        self.building = Building.objects.create(project=self.project, name="9栋", floors=99)
        self.layout = Layout.objects.create(project=self.project, name="四房")
        self.batch = DeliveryBatch.objects.create(
            project=self.project,
            name="一批",
            planned_on=dt.date(2026, 5, 10),
            quality="low",
            schedule="low",
            documents="low",
            facilities="low",
            grade="low",
            grade_version=1,
        )

    def unit(self) -> Unit:
        number = next(self.numbers)
        return Unit.objects.create(
            project=self.project,
            building=self.building,
            entrance="1",
            floor=number,
            number=f"{number:02d}01",
            layout=self.layout,
            forecast_area=90,
        )

    def purchase(self, unit: Unit, **more: Any) -> Purchase:
        return Purchase.objects.create(
            project=self.project,
            unit=unit,
            customer=CustomerFactory(owner=self.seller),
            consultant=self.seller,
            state_since=NOW,
            begun_at=NOW,
            **{"state": "signed", "signed_at": NOW - 300 * 24 * HOUR} | more,
        )

    def delivery(
        self, *, due_on: dt.date | None = None, signed: dt.datetime | None = None, **more: Any
    ) -> UnitDelivery:
        """Make a home to be handed over; with ``due_on`` its buyer is invited."""
        unit = self.unit()
        purchase = self.purchase(unit, signed_at=signed or NOW - 200 * 24 * HOUR)
        if due_on:
            begin = dt.datetime.combine(due_on, dt.time(1), dt.UTC) - 10 * 24 * HOUR
            more = {"invited_at": begin} | more
        return UnitDelivery.objects.create(
            batch=self.batch, unit=unit, purchase=purchase, due_on=due_on, **more
        )

    def defect(
        self,
        home: UnitDelivery,
        *,
        found_at: dt.datetime,
        closed_at: dt.datetime | None = None,
        repaired_at: dt.datetime | None = None,
    ) -> UnitDefect:
        defect = UnitDefect.objects.create(
            delivery=home,
            room="kitchen",
            trade="water",
            severity="minor",
            text="漏水",
            state="closed" if closed_at else "open",
            found_by=self.seller,
            found_at=found_at,
            closed_at=closed_at,
        )
        if repaired_at:
            DefectEvent.objects.create(
                defect=defect, at=repaired_at, step="repair", actor=self.seller
            )
        return defect

    def repair(
        self,
        *,
        opened_at: dt.datetime,
        accepted_at: dt.datetime | None = None,
        **steps: dt.datetime,
    ) -> RepairOrder:
        """Make a repair; ``steps`` say when it was sent (dispatch) and put right (repair)."""
        customer = CustomerFactory(owner=self.seller)
        ticket = TicketFactory(kind="repair", customer=customer, opened_at=opened_at)
        order = RepairOrder.objects.create(
            ticket=ticket,
            reported_on=opened_at.date(),
            stage="accepted" if accepted_at else "reported",
            accepted_at=accepted_at,
        )
        for step, at in steps.items():
            RepairEvent.objects.create(order=order, at=at, step=step)
        return order

    def job(
        self,
        order: RepairOrder,
        number: int,
        *,
        outcome: str,
        visited: dt.datetime,
        late: bool = False,
        **more: Any,
    ) -> RepairJob:
        contractor, _made = Contractor.objects.get_or_create(
            name="安固建设", defaults={"trades": ["water"]}
        )
        until = visited + (-HOUR if late else HOUR)
        return RepairJob.objects.create(
            order=order,
            number=number,
            contractor=contractor,
            start=until - 2 * HOUR,
            until=until,
            sent_by=self.seller,
            sent_at=visited - 24 * HOUR,
            visited_at=visited,
            repaired_at=visited + HOUR,
            outcome=outcome,
            decided_at=visited + 2 * HOUR,
            **more,
        )

    def open_day(self, *, starts_at: dt.datetime, **more: Any) -> CareEvent:
        return CareEvent.objects.create(
            project=self.project,
            title="工地开放日",
            place="样板段",
            starts_at=starts_at,
            ends_at=starts_at + 3 * HOUR,
            capacity=40,
            **{"kind": "open_day"} | more,
        )

    def sign_up(self, event: CareEvent, *, came: bool, cancelled: bool = False) -> EventSignUp:
        return EventSignUp.objects.create(
            event=event,
            customer=CustomerFactory(owner=self.seller),
            at=NOW,
            by=self.seller,
            came_at=event.starts_at if came else None,
            cancelled_at=NOW if cancelled else None,
        )

    def answer(self, **more: Any) -> SurveyResponse:
        version = ensure_default(SERVICE).latest()
        survey, _made = Survey.objects.get_or_create(
            title="满意度",
            defaults={
                "questionnaire": version.questionnaire,
                "version": version,
                "trigger": "manual",
                "state": "open",
                "opened_at": NOW,
            },
        )
        return SurveyResponse.objects.create(
            **{
                "survey": survey,
                "version": version,
                "customer": CustomerFactory(owner=self.seller),
                "project": self.project,
                "trigger": "manual",
                "at": NOW - HOUR,
                "month_on": dt.date(2026, 5, 1),
            }
            | more
        )

    def answered(self, *, received: dt.datetime, given: float, met: float) -> Lead:
        """Make an enquiry given to a consultant and answered so many hours after receipt."""
        lead = LeadFactory(customer=CustomerFactory(owner=self.seller), received_at=received)
        LeadEvent.objects.create(
            lead=lead, at=received + given * HOUR, kind="owner", to_value=str(self.seller.pk)
        )
        LeadClock.objects.create(
            lead=lead,
            kind="first_touch",
            state="met",
            started_at=received,
            due_at=received + 24 * HOUR,
            basis="natural",
            limit_minutes=1440,
            policy_version=1,
            calendar_key="default",
            met_at=received + met * HOUR,
        )
        return lead
