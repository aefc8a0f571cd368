"""A meeting with the customer of the world, a viewing, an upkeep plan, a playbook at work."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from customers.models import Customer, Meeting, MeetingGuest, Playbook, PlaybookRun, UpkeepPlan

STEPS = [{"key": "one", "title": "致电", "offset_hours": 24, "role": "owner", "task_kind": "call"}]


def cared_for(customer: Customer) -> dict[str, Any]:
    """Return a meeting with the customer, an upkeep plan and a playbook at work."""
    now = timezone.now()
    meeting = Meeting.objects.create(
        kind="visit",
        title="拜访",
        owner=customer.owner,
        starts_at=now,
        ends_at=now + timedelta(hours=1),
    )
    viewing = Meeting.objects.create(
        kind="viewing",
        title="看房",
        owner=customer.owner,
        project=customer.project,
        seat=1,
        starts_at=now + timedelta(days=1),
        ends_at=now + timedelta(days=1, hours=1),
    )
    for each in (meeting, viewing):
        MeetingGuest.objects.create(meeting=each, customer=customer)
    plan = UpkeepPlan.objects.create(
        customer=customer,
        title="关怀",
        person=customer.owner,
        place="会所",
        area="3 号楼",
        every_days=30,
        time_of_day=now.time(),
        starts_on=now.date(),
    )
    playbook = Playbook.objects.create(key="own", name="自定", trigger="manual", steps=STEPS)
    run = PlaybookRun.objects.create(
        playbook=playbook, version=1, customer=customer, occurrence="1", started_at=now, steps=STEPS
    )
    return {"meeting": meeting, "viewing": viewing, "plan": plan, "run": run}
