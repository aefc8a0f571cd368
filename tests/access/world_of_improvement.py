"""One record of each kind of improvement, for the tests of access."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from analytics.improvement.people_models import (
    Appraisal,
    AppraisalLine,
    BonusRun,
    StarNomination,
)
from analytics.improvement.programme_models import PdcaItem, Programme, Workshop
from analytics.improvement.rules.appraisal import KPIS
from analytics.improvement.services.rewards import Grant, enter
from customers.models import Customer

START, END = date(2026, 1, 1), date(2026, 3, 31)


def improvement_of(
    customer: Customer, people: dict[str, Any], _made: dict[str, Any]
) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds what was made before."""
    region, chief, person = customer.region_id, people["executive"], people["consultant"]
    programme = Programme.objects.create(
        title="体验提升",
        aim="少等候",
        region_id=region,
        owner=chief,
        starts_on=START,
        ends_on=END,
        created_by=chief,
    )
    item = PdcaItem.objects.create(
        programme=programme,
        region_id=region,
        title="周末增派",
        track="short",
        theme="service",
        department="sales_office",
        accountable=chief,
        due_on=date(2030, 1, 1),
        measure="等候分钟",
        baseline=40,
        goal=15,
        created_by=chief,
    )
    workshop = Workshop.objects.create(
        programme=programme,
        title="诊断",
        held_on=START,
        place="现场",
        experts="x",
        created_by=chief,
    )
    return {
        "programme_id": programme.pk,
        "pdca_item_id": item.pk,
        "workshop_id": workshop.pk,
        **_results(person, people, region),
    }


def _results(person: Any, people: dict[str, Any], region: int | None) -> dict[str, Any]:
    now, payer = timezone.now(), people["finance"]
    appraisal = Appraisal.objects.create(
        person=person,
        post=person.role,
        starts_on=START,
        ends_on=END,
        quantity=70,
        policy_version=1,
        state="published",
        total=80,
        frozen_at=now,
        published_at=now,
        by=people["supervisor"],
    )
    AppraisalLine.objects.bulk_create(
        AppraisalLine(
            appraisal=appraisal, dimension=key, weight=25, kpi=kpi, mark=80, evidence="来信"
        )
        for key, kpi in KPIS.items()
    )
    run = BonusRun.objects.create(
        region_id=region,
        starts_on=START,
        ends_on=END,
        total_pay=1000,
        factor=100,
        computed=12,
        share=12,
        is_below=False,
        pool=120,
        facts={},
        policy_version=1,
        state="paid",
        by=payer,
    )
    given = Grant(person=person, kind="reward", amount=Decimal(10), note="x", key="world")
    entry = enter(given, actor=payer, now=now)
    nomination = StarNomination.objects.create(
        region_id=region,
        month_on=timezone.localdate(now).replace(day=1),
        person=people["privacy"],
        act="耐心解答",
        happened_on=START,
        act_key="world",
        by=person,
        at=now,
    )
    return {
        "appraisal_id": appraisal.pk,
        "person_id": person.pk,
        "bonus_run_id": run.pk,
        "incentive_id": entry.pk,
        "nomination_id": nomination.pk,
    }
