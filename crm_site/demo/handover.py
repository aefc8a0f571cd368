"""The handovers of the demo: batches with grade and approval, what goes before the day.

The first batch of every project began when its first building was promised; those who have their
keys took them in it. The second one is under way.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from crm_site.demo import words
from crm_site.demo.hours import in_office
from crm_site.demo.property import Site
from crm_site.demo.signing import Desk, Signed
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.handover.policies import HANDOVER, DeliveryRules
from customers.handover.rules import Duty, Risk, RiskArea, Side, checks_for, grade_of
from customers.handover.services.batches import KIND
from customers.handover.services.inspecting import rooms_in
from customers.models import (
    DeliveryBatch,
    DeliveryCheck,
    DeliveryDuty,
    DeliveryRiskGroup,
    Purchase,
    Unit,
    UnitDelivery,
)
from customers.purchase.rules import PurchaseState

FIRST, SECOND = "首批", "二批"
BEGAN = timedelta(days=3)  # so long ago the second batches began
NOTICE_DAYS = 11
RISKS: tuple[dict[RiskArea, Risk], ...] = (
    {RiskArea.QUALITY: Risk.MEDIUM, RiskArea.SCHEDULE: Risk.MEDIUM},
    {},
    {RiskArea.QUALITY: Risk.HIGH, RiskArea.FACILITIES: Risk.HIGH, RiskArea.SCHEDULE: Risk.MEDIUM},
    {RiskArea.DOCUMENTS: Risk.MEDIUM},
)


@dataclass(frozen=True, slots=True)
class People:
    """Who plans, walks and hands over; the first project has people of its own."""

    planner: User
    inspector: User
    executive: User
    head_office: User


@dataclass(slots=True)
class Home:
    """The handover of one unit before it is written, with who bought it."""

    delivery: UnitDelivery
    unit: Unit
    purchase: Purchase
    people: People
    walked_at: datetime
    is_whole: bool = True  # every room was walked
    has_major: bool = False

    @property
    def rooms(self) -> list[str]:
        """The rooms that were walked."""
        found = rooms_in(self.unit)
        return found if self.is_whole else found[: len(found) // 2]


@dataclass(slots=True)
class Plan:
    """A batch with its homes."""

    batch: DeliveryBatch
    site: Site
    people: People
    homes: list[Home] = field(default_factory=list)


def people_of(site: Site) -> People:
    """Return who does the handovers of a project."""
    own = site.place == 0
    names = ("specialist" if own else "service_manager", "engineering", "executive", "head_office")
    return People(*(User.objects.get(username=name) for name in names))


def plan_batches(
    sites: Sequence[Site], *, chance: random.Random, desk: Desk, now: datetime
) -> tuple[list[Plan], list[Plan]]:
    """Write the approved batches; return the first and the second ones with their homes."""
    bought = _bought()
    first, second = [], []
    for site in sites:
        rows = bought.get(site.project.pk, ())
        handed = [each for each in rows if each.state == PurchaseState.HANDED_OVER]
        signed = [each for each in rows if each.state == PurchaseState.SIGNED]
        waiting = [each for each in signed if _building(each) < site.finished]
        people = people_of(site)
        if handed:
            first.append(_plan(site, people, FIRST, site.first_handover, handed))
        if waiting:
            day = timezone.localdate(now - BEGAN)
            second.append(_plan(site, people, SECOND, day, waiting))
    plans = [*first, *second]
    _write(plans, chance)
    _approve(plans, desk)
    _group(first, second)
    return first, second


def _bought() -> dict[int, list[Purchase]]:
    states = [PurchaseState.HANDED_OVER.value, PurchaseState.SIGNED.value]
    rows = Purchase.objects.filter(state__in=states).exclude(unit__kind="parking")
    rows = rows.select_related("unit__building", "unit__layout", "customer").order_by("pk")
    found: dict[int, list[Purchase]] = {}
    for purchase in rows.defer("customer__phone"):
        found.setdefault(purchase.project_id, []).append(purchase)
    return found


def _building(purchase: Purchase) -> int:
    assert purchase.unit is not None  # noqa: S101 -- signed
    return purchase.unit.building.sort_key


def _plan(site: Site, people: People, name: str, day: date, rows: Sequence[Purchase]) -> Plan:
    """Return a batch that begins on ``day`` with the homes of ``rows``, not written yet."""
    given = RISKS[site.place % len(RISKS)]
    risks = {area: given.get(area, Risk.LOW) for area in RiskArea}
    at = timezone.make_aware(datetime.combine(day, time(10)))
    found = in_force(HANDOVER, at=at)
    rules: DeliveryRules = found.value
    grade = grade_of(risks, medium_points=rules.medium_points, high_points=rules.high_points)
    batch = DeliveryBatch(
        project=site.project,
        name=name,
        planned_on=day,
        risk_note=words.BATCH_RISK if given else "",
        grade=grade.value,
        grade_version=found.version,
        created_at=at - timedelta(days=60),
        **{area.value: risk.value for area, risk in risks.items()},
    )
    plan = Plan(batch, site, people)
    for purchase in rows:
        assert purchase.unit is not None  # noqa: S101 -- signed
        unit, begun = purchase.unit, at - timedelta(days=55)
        delivery = UnitDelivery(batch=batch, unit=unit, created_at=begun)
        plan.homes.append(Home(delivery, unit, purchase, people, at - timedelta(days=40)))
    return plan


def _write(plans: Sequence[Plan], chance: random.Random) -> None:
    DeliveryBatch.objects.bulk_create([plan.batch for plan in plans])
    homes = [home for plan in plans for home in plan.homes]
    for home in homes:
        later = timedelta(days=chance.randint(0, 20), hours=chance.randint(0, 6))
        home.walked_at = in_office(
            home.walked_at + later,
            chance=chance,
            after=home.walked_at,
            until=home.walked_at + timedelta(days=22),
        )


def _begun(plan: Plan) -> datetime:
    return timezone.make_aware(datetime.combine(plan.batch.planned_on, time(9)))


def _approve(plans: Sequence[Plan], desk: Desk) -> None:
    """Tick the checklist of each batch and have it signed by those its grade asks for."""
    checks = [
        DeliveryCheck(
            batch=plan.batch,
            key=key,
            note=words.BATCH_CHECKED,
            done_by=plan.people.planner,
            done_at=_begun(plan) - timedelta(days=17, hours=-place),
        )
        for plan in plans
        for place, key in enumerate(checks_for(Risk(plan.batch.grade)))
    ]
    DeliveryCheck.objects.bulk_create(checks)
    approvals = desk.write([_asked(plan) for plan in plans])
    for plan, approval in zip(plans, approvals, strict=True):
        plan.batch.approval, plan.batch.approved_at = approval, approval.used_at
    DeliveryBatch.objects.bulk_update([plan.batch for plan in plans], ["approval", "approved_at"])


def _asked(plan: Plan) -> Signed:
    batch, people = plan.batch, plan.people
    content: Mapping[str, Any] = {
        "batch": batch.pk,
        "name": str(batch),
        "planned_on": batch.planned_on.isoformat(),
        "risks": {area.value: risk.value for area, risk in batch.risks.items()},
        "grade": batch.grade,
        "checks": sorted(checks_for(Risk(batch.grade))),
        "units": len(plan.homes),
    }
    is_high = batch.grade == Risk.HIGH
    return Signed(
        kind=KIND,
        subject=("delivery-batch", batch.pk),
        title=f"{batch}交付",
        content=content,
        author=people.planner,
        signers=[people.executive, people.head_office] if is_high else [people.executive],
        asked_at=_begun(plan) - timedelta(days=16),
    )


def _group(first: Sequence[Plan], second: Sequence[Plan]) -> None:
    """Write the risk group of each first batch, and that of the first project's second one."""
    groups, members = [], []
    for plan in [*first, *[plan for plan in second if plan.site.place == 0]]:
        is_first, begun = plan.batch.name == FIRST, _begun(plan)
        groups.append(
            DeliveryRiskGroup(
                project=plan.site.project,
                first_on=plan.batch.planned_on,
                self_check=words.SELF_CHECK,
                formed_at=begun - timedelta(days=88),
                closed_at=begun + timedelta(days=1) if is_first else None,
                created_at=begun - timedelta(days=91),
            )
        )
        members.append((plan.people.planner, plan.people.inspector))
    made = DeliveryRiskGroup.objects.bulk_create(groups)
    through = DeliveryRiskGroup.members.through
    through.objects.bulk_create(
        through(deliveryriskgroup=group, user=person)
        for group, people in zip(made, members, strict=True)
        for person in people
    )


def put_on_roster(plan: Plan, days: Sequence[date]) -> Iterator[tuple[Any, ...]]:
    """Yield the people who stand at each duty on each of ``days``, as rows of ``DUTY``."""
    for day in days:
        for place, duty in enumerate(Duty):
            side = Side.PROPERTY if duty in (Duty.LEAD, Duty.ESCORT) else Side.CENTRE
            name = words.HANDOVER_TEAM[place]
            yield plan.batch.pk, day, duty.value, side.value, name, plan.people.planner.pk


DUTY = (DeliveryDuty, ("batch_id", "day", "duty", "side", "name", "added_by_id"))
