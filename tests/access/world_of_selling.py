"""One record of each kind of selling, for the tests of access."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from customers.models import ConsentEvent, Customer
from marketing.selling.models import (
    DepthInterview,
    InterviewFinding,
    InterviewProgramme,
    SalesOffice,
    SalesPlan,
    SellingCheck,
    ThirdPartyResult,
)

DAY, END = date(2026, 5, 4), date(2030, 1, 1)


def selling_of(customer: Customer, people: dict[str, Any], _made: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds what was made before."""
    now, project, planner = timezone.now(), customer.project_id, people["marketing"]
    plan = SalesPlan.objects.create(
        project_id=project,
        grain="month",
        starts_on=DAY.replace(day=1),
        units=3,
        amount=Decimal(5_000_000),
        state="approved",
        approved_at=now,
        created_by=planner,
    )
    check = SellingCheck.objects.create(
        project_id=project,
        person=people["consultant"],
        kind="mystery",
        month_on=DAY.replace(day=1),
        happened_on=DAY,
    )
    office = SalesOffice.objects.create(
        project_id=project, name="城市展厅", keeper=people["supervisor"], created_by=planner
    )
    programme = InterviewProgramme.objects.create(
        project_id=project,
        title="首改客户",
        aim="为何犹豫",
        sample_size=1,
        starts_on=DAY,
        ends_on=END,
        owner=planner,
    )
    talk = DepthInterview.objects.create(
        programme=programme, customer=customer, interviewer=planner
    )
    consent = ConsentEvent.objects.create(
        customer=customer,
        purpose="third_party",
        is_given=True,
        text_version=1,
        text_digest="x",
        channel="visit",
        at=now,
    )
    result = ThirdPartyResult.objects.create(
        customer=customer,
        source="credit_report",
        provider="人行征信",
        purpose="mortgage",
        verdict="good",
        obtained_on=DAY,
        expires_on=END,
        consent=consent,
        by=people["supervisor"],
        at=now,
    )
    return {
        "sales_plan_id": plan.pk,
        "selling_check_id": check.pk,
        "sales_office_id": office.pk,
        "interview_programme_id": programme.pk,
        "depth_interview_id": talk.pk,
        "interview_finding_id": InterviewFinding.objects.create(
            interview=talk, tag="doubt", text="看不到施工进度"
        ).pk,
        "third_party_id": result.pk,
    }
