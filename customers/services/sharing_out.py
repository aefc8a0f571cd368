"""Sharing out what waits without an owner, fairly and within the caps (CUS-49, CUS-51)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from crm_site.audit.services import record_bulk
from crm_site.staff.models import User
from customers.models import Customer, Lead, OwnershipEvent, Project
from customers.policies import OwnershipRules
from customers.rules.axes import LeadState
from customers.rules.days import end_of_day
from customers.rules.ownership import Desk
from customers.services.changing_hands import (
    BY_JOB,
    CLAIMED,
    OPEN_STATES,
    SHARED_OUT,
    give,
    handover,
    ownership_rules,
)
from customers.services.pool import offered
from customers.services.queues import share_by_queue
from customers.services.workload import open_prospects

SHARED_AT_ONCE = 2000


@transaction.atomic
def assign_unowned(*, now: datetime) -> int:
    """Share out the customers without an owner that have a new lead; return how many found one.

    Per project, to the active consultant with the fewest open leads, up to the cap of the day and
    the cap of open prospects. Customers that fell or were returned to the pool wait for somebody
    to take them, unless they have enquired again since. A second run at the same time skips
    projects that are being shared out, so nobody exceeds a cap.
    """
    pending = Customer.objects.in_pool().filter(
        offered(now), _has_new_lead(), project__isnull=False, merged_into__isnull=True
    )
    wanted = pending.order_by().values("project")
    projects = Project.objects.filter(pk__in=wanted).order_by("pk")
    rules = ownership_rules(now)
    return sum(
        _share_project(project.pk, pending, rules=rules, now=now)
        for project in projects.select_for_update(skip_locked=True, of=("self",))
    )


def _has_new_lead() -> Exists:
    since = Q(customer__pooled_at__isnull=True) | Q(received_at__gt=OuterRef("pooled_at"))
    return Exists(Lead.objects.filter(since, customer=OuterRef("pk"), state=LeadState.NEW.value))


def _share_project(
    project_id: int, pending: QuerySet[Customer], *, rules: OwnershipRules, now: datetime
) -> int:
    waiting = pending.filter(project_id=project_id).order_by("pk")
    locked = waiting.select_for_update(skip_locked=True, of=("self",))
    found = locked.values_list("pk", "grading__grade", "customer_class")[:SHARED_AT_ONCE]
    shares = share_by_queue(list(found), _desks(project_id, rules=rules, now=now), now=now)
    owners = User.objects.select_related("node").in_bulk(shares.keys())
    change = handover(reason=BY_JOB, actor=None, now=now, kind=SHARED_OUT)
    for consultant, ids in shares.items():
        give(ids, owner=owners[consultant], change=change)
    shared = [pk for ids in shares.values() for pk in ids]
    if shared:
        record_bulk(
            kind="customers.shared_out",
            actor=None,
            subject_kind="customer",
            ids=shared,
            facts={"project": project_id},
            now=now,
        )
    return len(shared)


def _desks(project_id: int, *, rules: OwnershipRules, now: datetime) -> list[Desk]:
    consultants = list(
        User.objects.filter(is_active=True, role="consultant", node__project_id=project_id)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    loads = dict(
        Lead.objects.filter(owner__in=consultants, state__in=OPEN_STATES)
        .order_by()
        .values_list("owner")
        .annotate(Count("pk"))
    )
    prospects = open_prospects(consultants)
    received = _received_today(consultants, now)
    return [
        Desk(
            consultant=pk,
            open_leads=loads.get(pk, 0),
            room=min(rules.daily_cap - received.get(pk, 0), rules.open_cap - prospects.get(pk, 0)),
        )
        for pk in consultants
    ]


def _received_today(consultants: Iterable[int], now: datetime) -> dict[int | None, int]:
    """Return how many customers each one got today by the job or from the pool."""
    events = OwnershipEvent.objects.filter(
        to_owner__in=list(consultants),
        is_backup=False,
        at__gte=end_of_day(now) - timedelta(days=1),
        kind__in=[SHARED_OUT, CLAIMED],
    )
    return dict(events.order_by().values_list("to_owner").annotate(Count("pk")))
