"""The KPIs of service: handover, callbacks, repairs, open days, complaints (ANA-24, ui B7)."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Extract
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis.kinds import Goal, Group, Period, ScopeKind, day_of
from analytics.kpis.registry import register_kpi
from analytics.kpis.sources import Column, Shape, Source, from_source
from customers.models import UnitDelivery
from service.care.event_models import CareEvent, EventSignUp
from service.care.querysets import VIEW as VIEW_CARE
from service.care.rules import EventKind, EventState
from service.repairs.models import RepairJob, RepairOrder
from service.repairs.querysets import FIRST, FIXED_FIRST, IN_TIME
from service.tickets.models import Ticket, TicketCallback
from service.tickets.querysets import VIEW as VIEW_TICKETS
from service.tickets.reports import CALLED
from service.tickets.rules import TicketKind

D = Decimal
DAY: Final = dt.timedelta(days=1)
CLOSING: Final = dt.timedelta(hours=48)
HOUR_SECONDS: Final = 3600
VIEW_UNITS: Final = "customers.view_units"
VIEW_REPAIRS: Final = "service.view_repairs"
DELIVERY_PATHS: Final[Mapping[ScopeKind, str]] = {
    ScopeKind.REGION: "batch__project__node__region",
    ScopeKind.PROJECT: "batch__project",
    ScopeKind.TEAM: "purchase__consultant__node",
    ScopeKind.CONSULTANT: "purchase__consultant",
}
TICKET_PATHS: Final[Mapping[ScopeKind, str]] = {
    ScopeKind.REGION: "project__node__region",
    ScopeKind.PROJECT: "project",
    ScopeKind.TEAM: "handler__node",
    ScopeKind.CONSULTANT: "handler",
}
NO_EXCLUSIONS = _("None.")


def seconds_between(start: str, end: str) -> Any:
    """Return the seconds from one moment of a row to another."""
    return Extract(F(end) - F(start), "epoch")


def in_project(path: str) -> dict[ScopeKind, str]:
    """Return the paths of rows that only their project tells apart."""
    return {ScopeKind.REGION: f"{path}__node__region", ScopeKind.PROJECT: path}


def ticket_url(row: Any) -> str:
    """Return the page of a ticket."""
    return reverse("service:ticket-detail", args=[row.pk])


TICKET_COLUMNS = (
    Column(_("Ticket"), lambda row: row.number),
    Column(_("Subject"), lambda row: row.subject),
    Column(_("Project"), lambda row: row.project.name),
    Column(pgettext_lazy("ticket", "Received"), lambda row: row.opened_at),
    Column(pgettext_lazy("ticket", "Closed"), lambda row: row.closed_at),
)
DELIVERY_COLUMNS = (
    Column(pgettext_lazy("purchase", "Unit"), lambda row: str(row.unit)),
    Column(_("Project"), lambda row: row.batch.project.name),
    Column(pgettext_lazy("handover", "Due on"), lambda row: row.due_on),
    Column(pgettext_lazy("handover", "Taken over"), lambda row: row.taken_at),
)
DELIVERY_RELATED = ("unit__building", "batch__project")


def delivery_url(row: Any) -> str:
    """Return the page of the handover of a unit."""
    return reverse("customers:delivery-unit", args=[row.pk])


# handover --------------------------------------------------------------------------------------
def due_in(period: Period, now: dt.datetime) -> Any:
    """Return the homes whose invited buyers were to take them over in the period, by now."""
    last = min(period.end, day_of(now) + DAY)
    return UnitDelivery.objects.invited().filter(due_on__gte=period.start, due_on__lt=last)


HANDOVER = Source(
    base=due_in,
    columns=DELIVERY_COLUMNS,
    url=delivery_url,
    shape=Shape.SHARE,
    hit=lambda period, now: Q(taken_at__lt=min(period.ends_at, now)),
    paths=DELIVERY_PATHS,
    related=DELIVERY_RELATED,
)


# callbacks -------------------------------------------------------------------------------------
def told_in(period: Period, now: dt.datetime) -> Any:
    """Return the tickets whose customers were told a solution in the period."""
    end = min(period.ends_at, now)
    return Ticket.objects.filter(kind__in=CALLED, told_at__gte=period.begins_at, told_at__lt=end)


CALLBACKS = Source(
    base=told_in,
    columns=(*TICKET_COLUMNS[:3], Column(pgettext_lazy("ticket", "Told"), lambda row: row.told_at)),
    url=ticket_url,
    shape=Shape.SHARE,
    hit=lambda period, now: Q(
        Exists(
            TicketCallback.objects.filter(
                ticket=OuterRef("pk"), round=OuterRef("reopened"), at__lt=now
            )
        )
    ),
    paths=TICKET_PATHS,
    related=("project",),
)


# complaints ------------------------------------------------------------------------------------
def complaints_in(period: Period, now: dt.datetime) -> Any:
    """Return the complaints received in the period, neither merged nor cancelled."""
    rows = Ticket.objects.standing().filter(kind=TicketKind.COMPLAINT.value)
    return rows.filter(opened_at__gte=period.begins_at, opened_at__lt=min(period.ends_at, now))


def old_enough(period: Period, now: dt.datetime) -> Any:
    """Return the complaints that are closed or have had their 48 hours."""
    had = Q(opened_at__lte=now - CLOSING) | Q(closed_at__lt=now)
    return complaints_in(period, now).filter(had)


CLOSED_48 = Source(
    base=old_enough,
    columns=TICKET_COLUMNS,
    url=ticket_url,
    shape=Shape.SHARE,
    hit=lambda period, now: Q(closed_at__lte=F("opened_at") + CLOSING, closed_at__lt=now),
    paths=TICKET_PATHS,
    related=("project",),
)


# repairs ---------------------------------------------------------------------------------------
def accepted_in(period: Period, now: dt.datetime) -> Any:
    """Return the repairs whose owners accepted them in the period."""
    end = min(period.ends_at, now)
    return RepairOrder.objects.filter(accepted_at__gte=period.begins_at, accepted_at__lt=end)


def decided_in(period: Period, now: dt.datetime) -> Any:
    """Return the first rounds of repairs that owners decided on in the period."""
    end = min(period.ends_at, now)
    return RepairJob.objects.filter(FIRST, decided_at__gte=period.begins_at, decided_at__lt=end)


def visited_in(period: Period, now: dt.datetime) -> Any:
    """Return the visits of contractors made in the period."""
    end = min(period.ends_at, now)
    return RepairJob.objects.filter(visited_at__gte=period.begins_at, visited_at__lt=end)


def repair_url(row: Any) -> str:
    """Return the page of a repair."""
    return reverse("service:repair-detail", args=[row.pk])


def of_order_url(row: Any) -> str:
    """Return the page of the repair that a round belongs to."""
    return reverse("service:repair-detail", args=[row.order_id])


JOB_COLUMNS = (
    Column(_("Ticket"), lambda row: row.order.ticket.number),
    Column(_("Subject"), lambda row: row.order.ticket.subject),
    Column(_("Contractor"), lambda row: row.contractor.name),
    Column(pgettext_lazy("repair", "Visited"), lambda row: row.visited_at),
    Column(pgettext_lazy("repair", "Decided"), lambda row: row.decided_at),
)
JOB_RELATED = ("order__ticket", "contractor")
REPAIR_TIME = Source(
    base=accepted_in,
    columns=(
        Column(_("Ticket"), lambda row: row.ticket.number),
        Column(_("Subject"), lambda row: row.ticket.subject),
        Column(_("Project"), lambda row: row.ticket.project.name),
        Column(pgettext_lazy("ticket", "Received"), lambda row: row.ticket.opened_at),
        Column(pgettext_lazy("repair", "Accepted"), lambda row: row.accepted_at),
    ),
    url=repair_url,
    shape=Shape.PERCENTILE,
    amount=lambda period, now: seconds_between("ticket__opened_at", "accepted_at") / HOUR_SECONDS,
    paths={kind: f"ticket__{path}" for kind, path in TICKET_PATHS.items()},
    related=("ticket__project",),
)
FIRST_FIX = Source(
    base=decided_in,
    columns=JOB_COLUMNS,
    url=of_order_url,
    shape=Shape.SHARE,
    hit=lambda period, now: FIXED_FIRST,
    paths=in_project("order__ticket__project"),
    related=JOB_RELATED,
)
ON_TIME = Source(
    base=visited_in,
    columns=JOB_COLUMNS,
    url=of_order_url,
    shape=Shape.SHARE,
    hit=lambda period, now: IN_TIME,
    paths=in_project("order__ticket__project"),
    related=JOB_RELATED,
)


# open days -------------------------------------------------------------------------------------
def invited_to(period: Period, now: dt.datetime) -> Any:
    """Return the places taken at open days of the period that are over."""
    events = CareEvent.objects.filter(
        kind=EventKind.OPEN_DAY.value,
        starts_at__gte=period.begins_at,
        starts_at__lt=period.ends_at,
        ends_at__lte=now,
    ).exclude(state=EventState.CANCELLED.value)
    return EventSignUp.objects.filter(event__in=events, cancelled_at__isnull=True)


OPEN_DAY = Source(
    base=invited_to,
    columns=(
        Column(pgettext_lazy("care", "Event"), lambda row: row.event.title),
        Column(_("Project"), lambda row: row.event.project.name),
        Column(_("Customer"), lambda row: row.customer.name),
        Column(pgettext_lazy("care", "Came"), lambda row: row.came_at),
    ),
    url=lambda row: reverse("service:care-event", args=[row.event_id]),
    shape=Shape.SHARE,
    hit=lambda period, now: Q(came_at__isnull=False),
    paths=in_project("event__project"),
    related=("event__project", "customer"),
    seen=lambda rows, user: rows.filter(event__in=CareEvent.objects.visible_to(user)),
)


def register() -> None:
    """Make the KPIs of service known."""
    words: dict[str, Any] = {
        "group": Group.SERVICE,
        "owner_role": "service_manager",
        "spec": "ANA-24",
    }
    register_kpi(
        from_source(
            HANDOVER,
            key="handover_rate",
            label=_("Handover rate"),
            unit="percent",
            good="up",
            formula=_(
                "Homes taken over ÷ homes whose buyers were invited for a day of the period."
            ),
            exclusions=_("Homes without an invitation; days still ahead."),
            target_key="handover_rate",
            right=VIEW_UNITS,
            **words,
        )
    )
    register_kpi(
        from_source(
            CALLBACKS,
            key="callback_coverage",
            label=_("Callback coverage"),
            unit="percent",
            good="up",
            formula=_("Called back ÷ tickets whose customers were told a solution in the period."),
            exclusions=_("Kinds of tickets without a callback."),
            target_key="callback_coverage",
            right=VIEW_TICKETS,
            **words,
        )
    )
    register_kpi(
        from_source(
            REPAIR_TIME,
            key="repair_hours",
            label=_("Repair time"),
            unit="hours",
            good="down",
            formula=_("Median hours from the report to the owner's acceptance, by acceptance."),
            exclusions=_("Repairs that are not accepted yet."),
            target_key="repair_hours",
            right=VIEW_REPAIRS,
            **words,
        )
    )
    register_kpi(
        from_source(
            OPEN_DAY,
            key="open_day_attendance",
            label=_("Attendance of site open days"),
            unit="percent",
            good="up",
            formula=_("Came ÷ signed up for open days of the period that are over."),
            exclusions=_("Places given back; open days called off."),
            target_key="open_day_attendance",
            right=VIEW_CARE,
            **words,
        )
    )
    _register_closing()
    _register_repairs()


def _register_closing() -> None:
    register_kpi(
        from_source(
            CLOSED_48,
            key="complaint_closing_48h",
            label=_("Complaints closed within 48 h"),
            group=Group.SERVICE,
            unit="percent",
            good="up",
            formula=_("Closed within 48 hours ÷ complaints received in the period."),
            exclusions=_("Merged and cancelled ones; open ones younger than 48 hours."),
            owner_role="service_manager",
            target_key="complaint_closing_48h",
            goal=Goal("ge", D(90), D(5)),
            spec="ANA-24",
            right=VIEW_TICKETS,
        )
    )


def _register_repairs() -> None:
    words: dict[str, Any] = {
        "group": Group.SERVICE,
        "unit": "percent",
        "good": "up",
        "owner_role": "service_manager",
        "spec": "SVC-99",
        "right": VIEW_REPAIRS,
    }
    register_kpi(
        from_source(
            FIRST_FIX,
            key="first_time_fix",
            label=_("Repaired at the first go"),
            formula=_("Accepted and not come back ÷ first rounds the owner decided on."),
            exclusions=_("Rounds nobody has decided on."),
            target_key="first_time_fix",
            **words,
        )
    )
    register_kpi(
        from_source(
            ON_TIME,
            key="repair_visits_in_time",
            label=_("Repair visits in the agreed time"),
            formula=_("Visits begun before the end of the agreed time ÷ visits made."),
            exclusions=NO_EXCLUSIONS,
            target_key="repair_visits_in_time",
            **words,
        )
    )
