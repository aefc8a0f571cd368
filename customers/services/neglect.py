"""Telling managers that a consultant neglects old prospects (CUS-51)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from customers.rules.reminders import Audience
from customers.selectors.workload import Load, Workload, loads_of
from customers.services.notices import Line

NEGLECTED = "workload.neglected"


@transaction.atomic
def watch_neglect(*, now: datetime) -> int:
    """Tell the managers of each consultant with too large a share of neglected prospects.

    Once per consultant and day, however often it runs. Return how many consultants it is about.
    """
    people = User.objects.filter(is_active=True, role="consultant", node__isnull=False)
    found = loads_of(people.order_by("pk"), now=now)
    late = {row.user_id: row for row in found.rows if is_neglecting(row, found)}
    owners = User.objects.select_related("node").filter(pk__in=late)
    line = Line.above(owners)
    send_many(
        (
            Outgoing(
                kind=NEGLECTED,
                recipient=person,
                key=f"neglect:{owner.pk}:{timezone.localdate(now)}:{person.pk}",
                params={
                    "owner": owner.name,
                    "share": late[owner.pk].neglected_share,
                    "neglected": late[owner.pk].neglected,
                    "open": late[owner.pk].open,
                    "days": found.neglect_days,
                },
            )
            for owner in owners
            for person in line.told(owner, Audience.SUPERVISOR)
            if person != owner
        ),
        now=now,
    )
    return len(late)


def is_neglecting(row: Load, found: Workload) -> bool:
    """Return whether the share of neglected prospects reaches that of the policy."""
    return row.neglected > 0 and row.neglected_share >= found.neglect_share
