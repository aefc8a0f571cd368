"""Telling those in charge that repairs are answered slowly, once a month and class (SVC-100)."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Count

from crm_site.outbox.services import Outgoing, send_many
from crm_site.policies.services import in_force
from customers.models import Project
from service.clocks import words
from service.clocks.models import SlowResponse, TicketClock
from service.clocks.policies import TIMELINESS
from service.clocks.rules.months import month_of
from service.clocks.selectors.waiting import ANSWER, Percentile, recent_repairs
from service.clocks.services.notices import DeskLine
from service.tickets.models import TicketCategory
from service.tickets.querysets import NOT_STANDING

MINUTE = dt.timedelta(minutes=1)


@transaction.atomic
def watch_responses(*, now: dt.datetime) -> int:
    """Write an alert for each project and class answered too slowly; return how many are new.

    Asked again in the same month it writes and tells nothing twice.
    """
    policy = in_force(TIMELINESS, at=now).value
    answered = recent_repairs(TicketClock.objects.filter(kind="first_touch"), now)
    found: Any = (
        answered.exclude(ticket__state__in=NOT_STANDING)
        .values("ticket__project", "ticket__category")
        .order_by()
        .annotate(count=Count("pk"), median=Percentile(ANSWER, 0.5))
        .filter(count__gte=policy.slow_least, median__gt=policy.slow_minutes * MINUTE)
    )
    new = [alert for row in found if (alert := _alert(row, now)) is not None]
    _tell(new, now)
    return len(new)


def _alert(row: dict[str, Any], now: dt.datetime) -> SlowResponse | None:
    alert, is_new = SlowResponse.objects.get_or_create(
        project_id=row["ticket__project"],
        category_id=row["ticket__category"],
        month=month_of(now),
        defaults={
            "median_minutes": row["median"] // MINUTE,
            "responses": row["count"],
            "at": now,
        },
    )
    return alert if is_new else None


def _tell(alerts: list[SlowResponse], now: dt.datetime) -> None:
    projects = {
        project.pk: project
        for project in Project.objects.filter(
            pk__in=[alert.project_id for alert in alerts]
        ).select_related("node")
    }
    names = dict(
        TicketCategory.objects.filter(
            pk__in=[alert.category_id for alert in alerts if alert.category_id]
        ).values_list("pk", "name")
    )
    line = DeskLine.above(project.node for project in projects.values())
    messages = [
        Outgoing(
            kind=words.SLOW,
            recipient=person,
            key=f"slow:{alert.pk}:{person.pk}",
            params={
                "project": projects[alert.project_id].name,
                "category": names.get(alert.category_id or 0, ""),
                "minutes": alert.median_minutes,
                "responses": alert.responses,
            },
        )
        for alert in alerts
        for person in line.heads(projects[alert.project_id].node)
    ]
    send_many(messages, now=now)
