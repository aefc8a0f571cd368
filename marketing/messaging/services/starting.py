"""Who begins a flow, and when: visits agreed, silence, birthdays, buying stages (MKT-38)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from customers.models import Customer, MeetingGuest, StageEvent
from customers.rules.consent import Purpose
from customers.rules.meetings import MeetingState
from customers.services.consents import with_consent
from marketing.messaging.models import Flow, FlowRun
from marketing.messaging.rules.flows import birthdays_on

LATE: Final = timedelta(days=2)  # what happened while nobody looked still starts a flow
BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Start:
    """Somebody who begins a flow, for which occasion; the same occasion begins it once."""

    customer_id: int
    name: str
    stage: str
    occasion: str


def starts_of(flow: Flow, *, now: datetime) -> list[Start]:
    """Return who begins the flow now, whether or not it is switched on.

    Only people of its project or region who agreed to be contacted and are nobody's duplicate.
    """
    people = _people(flow, now)
    found = {
        "appointment": _appointments,
        "dwell": _dwelling,
        "birthday": _birthdays,
        "stage": _stages,
    }[flow.trigger](flow, people, now)
    return list(found)


def start_runs(*, now: datetime) -> int:
    """Let everybody whom a running flow is for begin it, once per occasion; return how many."""
    return sum(_start(flow, now) for flow in Flow.objects.running().order_by("pk"))


def _start(flow: Flow, now: datetime) -> int:
    starts = starts_of(flow, now=now)
    known = set(
        FlowRun.objects.filter(
            flow=flow, customer__in=[one.customer_id for one in starts]
        ).values_list("customer_id", "occasion")
    )
    fresh = [one for one in starts if (one.customer_id, one.occasion) not in known]
    FlowRun.objects.bulk_create(
        [
            FlowRun(
                flow=flow,
                customer_id=one.customer_id,
                occasion=one.occasion,
                stage=one.stage,
                started_at=now,
                next_at=now,
            )
            for one in fresh
        ],
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    return len(fresh)


def _people(flow: Flow, now: datetime) -> Any:
    rows = Customer.objects.filter(merged_into=None)
    if flow.project_id:
        rows = rows.filter(project=flow.project_id)
    elif flow.region_id:
        rows = rows.filter(region=flow.region_id)
    return with_consent(rows, Purpose.CONTACT, at=now).order_by("pk")


def _since(flow: Flow, now: datetime) -> datetime:
    """Return from when on things count: not before the switch, not older than two days."""
    on = flow.switched_at if flow.state == "on" and flow.switched_at else now - LATE
    return max(on, now - LATE)


def _appointments(flow: Flow, people: Any, now: datetime) -> Iterator[Start]:
    guests = MeetingGuest.objects.filter(
        meeting__created_at__gt=_since(flow, now),
        meeting__created_at__lte=now,
        meeting__starts_at__gt=now,
        meeting__state=MeetingState.PLANNED.value,
        customer__in=people.order_by().values("pk"),
    ).select_related("customer")
    for guest in guests.order_by("pk"):
        yield _start_of(guest.customer, f"meeting:{guest.meeting_id}")


def _dwelling(flow: Flow, people: Any, now: datetime) -> Iterator[Start]:
    """Yield who stands in the stage and was silent for the days; once per silence."""
    quiet_since = now - timedelta(days=flow.days or 0)
    rows = people.filter(buying_stage=flow.stage, stage_since__lte=quiet_since).filter(
        Q(last_contact_at=None) | Q(last_contact_at__lte=quiet_since)
    )
    for customer in rows.annotate(silent=Coalesce(F("last_contact_at"), F("stage_since"))):
        yield _start_of(customer, f"silent:{customer.silent:%Y%m%dT%H%M%S}")


def _birthdays(flow: Flow, people: Any, now: datetime) -> Iterator[Start]:
    today = timezone.localdate(now)
    days = Q(pk__in=[])
    for month, day in birthdays_on(today):
        days |= Q(birthday__month=month, birthday__day=day)
    for customer in people.filter(days):
        yield _start_of(customer, f"birthday:{today.year}")


def _stages(flow: Flow, people: Any, now: datetime) -> Iterator[Start]:
    events = StageEvent.objects.filter(
        to_stage=flow.stage,
        at__gt=_since(flow, now),
        at__lte=now,
        customer__in=people.order_by().values("pk"),
    ).select_related("customer")
    for event in events.order_by("pk"):
        yield _start_of(event.customer, f"stage:{event.pk}")


def _start_of(customer: Customer, occasion: str) -> Start:
    return Start(customer.pk, customer.name, customer.buying_stage, occasion)
