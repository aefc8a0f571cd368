"""Lead times of whole processes across departments (ANA-34).

A process is a chain of moments of one row. The KPI is the median from the first to the last; the
view of processes adds up what lies between two of them for the department that had it then.
Moments are brought into order, so the parts of a row always add up to its whole.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import DateTimeField, F, Max, Min, OuterRef, Subquery
from django.db.models.functions import Cast, Coalesce, Extract, Greatest, Least
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis.kinds import Group, Label, Period
from analytics.kpis.quality_kpis import DAY_SECONDS, fixed_in
from analytics.kpis.registry import register_kpi
from analytics.kpis.satisfaction_kpis import LEAD_CLOCK_PATHS
from analytics.kpis.service_kpis import (
    DELIVERY_COLUMNS,
    DELIVERY_PATHS,
    DELIVERY_RELATED,
    HOUR_SECONDS,
    VIEW_REPAIRS,
    VIEW_UNITS,
    accepted_in,
    delivery_url,
    in_project,
    repair_url,
)
from analytics.kpis.sources import Column, Shape, Source, from_source
from customers.models import DefectEvent, LeadClock, LeadEvent, UnitDelivery
from customers.rules.axes import ClockKind
from service.repairs.models import RepairEvent

VIEW_CUSTOMERS: Final = "customers.view_customer"
MOMENT: Final = DateTimeField(null=True)


@dataclass(frozen=True, slots=True)
class Part:
    """What happens between two moments, and whose time it is; ``until`` is when it ended."""

    key: str
    label: Label
    department: str
    until: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Process:
    """A process from ``start`` to ``end`` with the parts it is made of, the last one up to the end.

    ``source`` gives its finished rows; ``unit`` is hours or days.
    """

    key: str
    label: Label
    kpi: str
    source: Source
    start: str
    end: str
    parts: tuple[Part, ...]
    unit: str
    right: str

    @property
    def seconds(self) -> int:
        """Return how many seconds one of its units has."""
        return HOUR_SECONDS if self.unit == "hours" else DAY_SECONDS

    def with_parts(self, rows: Any) -> Any:
        """Return rows with ``part_0`` …: the seconds of every part, and ``whole``, their sum."""
        rows = rows.annotate(mark_0=Cast(F(self.start), MOMENT))
        for number, part in enumerate(self.parts, 1):
            is_last = number == len(self.parts)
            mark = Cast(F(self.end), MOMENT) if is_last else _between(part, number - 1, self.end)
            rows = rows.annotate(**{f"mark_{number}": mark})
        seconds = {
            f"part_{number}": Extract(F(f"mark_{number + 1}") - F(f"mark_{number}"), "epoch")
            for number in range(len(self.parts))
        }
        whole = Extract(F(self.end) - F(self.start), "epoch")
        return rows.annotate(**seconds, whole=whole)


def _between(part: Part, former: int, end: str) -> Any:
    """Return the moment a part ended, not before the former one and not after the end.

    Without a note of it the part counts nothing: the time is that of the next one.
    """
    found = Coalesce(part.until(), F(f"mark_{former}"), output_field=MOMENT)
    return Least(Greatest(found, F(f"mark_{former}")), Cast(F(end), MOMENT))


# enquiry to answer -----------------------------------------------------------------------------
def answered_in(period: Period, now: dt.datetime) -> Any:
    """Return the enquiries that were first answered in the period."""
    end = min(period.ends_at, now)
    rows = LeadClock.objects.filter(kind=ClockKind.FIRST_TOUCH.value)
    return rows.filter(
        met_at__gte=period.begins_at,
        met_at__lt=end,
        started_at__lte=F("met_at"),
        lead__customer__merged_into__isnull=True,
    )


def _given() -> Any:
    """Return when a consultant was first given the enquiry."""
    found = LeadEvent.objects.filter(lead=OuterRef("lead"), kind="owner").exclude(to_value="")
    return Subquery(found.order_by().values("lead").annotate(at_=Min("at")).values("at_"))


# contract to handover --------------------------------------------------------------------------
def taken_in(period: Period, now: dt.datetime) -> Any:
    """Return the homes taken over in the period whose contract has a day."""
    end = min(period.ends_at, now)
    return UnitDelivery.objects.filter(
        taken_at__gte=period.begins_at,
        taken_at__lt=end,
        purchase__signed_at__lte=F("taken_at"),
    )


# defect to fixed -------------------------------------------------------------------------------
def _repaired() -> Any:
    """Return when a defect was last reported as repaired."""
    found = DefectEvent.objects.filter(defect=OuterRef("pk"), step="repair")
    return Subquery(found.order_by().values("defect").annotate(at_=Max("at")).values("at_"))


def _step(step: str, which: Any) -> Callable[[], Any]:
    """Return when a repair first or last took a step."""

    def when() -> Any:
        found = RepairEvent.objects.filter(order=OuterRef("pk"), step=step)
        return Subquery(found.order_by().values("order").annotate(at_=which("at")).values("at_"))

    return when


def _end() -> None:
    """Return nothing: the last part ends with the process."""


ENQUIRY = Source(
    base=answered_in,
    columns=(
        Column(_("Customer"), lambda row: row.lead.customer.name),
        Column(_("Responsible"), lambda row: row.lead.owner.name if row.lead.owner else ""),
        Column(pgettext_lazy("lead", "Received"), lambda row: row.started_at),
        Column(pgettext_lazy("lead", "Answered"), lambda row: row.met_at),
    ),
    url=lambda row: reverse("customers:lead-detail", args=[row.lead_id]),
    shape=Shape.PERCENTILE,
    amount=lambda period, now: Extract(F("met_at") - F("started_at"), "epoch") / HOUR_SECONDS,
    paths=LEAD_CLOCK_PATHS,
    related=("lead__customer", "lead__owner"),
)
CONTRACT = Source(
    base=taken_in,
    columns=(
        *DELIVERY_COLUMNS[:2],
        Column(_("Signed"), lambda row: row.purchase.signed_at),
        DELIVERY_COLUMNS[3],
    ),
    url=delivery_url,
    shape=Shape.PERCENTILE,
    amount=lambda period, now: (
        Extract(F("taken_at") - F("purchase__signed_at"), "epoch") / DAY_SECONDS
    ),
    paths=DELIVERY_PATHS,
    related=(*DELIVERY_RELATED, "purchase"),
)
DEFECT = Source(
    base=fixed_in,
    columns=(
        Column(pgettext_lazy("purchase", "Unit"), lambda row: str(row.delivery.unit)),
        Column(pgettext_lazy("handover", "Defect"), lambda row: row.text),
        Column(pgettext_lazy("handover", "Found"), lambda row: row.found_at),
        Column(pgettext_lazy("handover", "Closed"), lambda row: row.closed_at),
    ),
    url=lambda row: reverse("customers:delivery-unit", args=[row.delivery_id]),
    shape=Shape.PERCENTILE,
    amount=lambda period, now: Extract(F("closed_at") - F("found_at"), "epoch") / DAY_SECONDS,
    paths=in_project("delivery__batch__project"),
    related=("delivery__unit__building",),
)
REPAIR = Source(
    base=accepted_in,
    columns=(
        Column(_("Ticket"), lambda row: row.ticket.number),
        Column(_("Subject"), lambda row: row.ticket.subject),
        Column(pgettext_lazy("ticket", "Received"), lambda row: row.ticket.opened_at),
        Column(pgettext_lazy("repair", "Accepted"), lambda row: row.accepted_at),
    ),
    url=repair_url,
    shape=Shape.PERCENTILE,
    amount=lambda period, now: (
        Extract(F("accepted_at") - F("ticket__opened_at"), "epoch") / DAY_SECONDS
    ),
    paths=in_project("ticket__project"),
    related=("ticket__project",),
)
_ALL: Final = (
    Process(
        key="enquiry",
        label=_("Enquiry to answer"),
        kpi="process_enquiry_hours",
        source=ENQUIRY,
        start="started_at",
        end="met_at",
        parts=(
            Part("given", _("Until a consultant has it"), "service_centre", _given),
            Part("answered", _("Until the first answer"), "sales_office", _end),
        ),
        unit="hours",
        right=VIEW_CUSTOMERS,
    ),
    Process(
        key="contract",
        label=_("Contract to handover"),
        kpi="process_contract_days",
        source=CONTRACT,
        start="purchase__signed_at",
        end="taken_at",
        parts=(
            Part("walked", _("Built and inspected"), "engineering", lambda: F("walked_at")),
            Part(
                "invited",
                _("Until the invitation"),
                "service_centre",
                lambda: F("invited_at"),
            ),
            Part("taken", _("Until it is taken over"), "property", _end),
        ),
        unit="days",
        right=VIEW_UNITS,
    ),
    Process(
        key="defect",
        label=_("Defect before handover to fixed"),
        kpi="process_defect_days",
        source=DEFECT,
        start="found_at",
        end="closed_at",
        parts=(
            Part("repaired", _("Until it is repaired"), "engineering", _repaired),
            Part("checked", _("Until it is checked again"), "service_centre", _end),
        ),
        unit="days",
        right=VIEW_UNITS,
    ),
    Process(
        key="repair",
        label=_("Defect of an owner to fixed"),
        kpi="process_repair_days",
        source=REPAIR,
        start="ticket__opened_at",
        end="accepted_at",
        parts=(
            Part("sent", _("Until a contractor is sent"), "service_centre", _step("dispatch", Min)),
            Part("repaired", _("Until it is repaired"), "engineering", _step("repair", Max)),
            Part("accepted", _("Until the owner accepts it"), "service_centre", _end),
        ),
        unit="days",
        right=VIEW_REPAIRS,
    ),
)
PROCESSES: Final[Mapping[str, Process]] = {process.key: process for process in _ALL}
ENDS: Final[Mapping[str, Label]] = {
    "enquiry": _("Median hours from receipt to the first answer, by the day of the answer."),
    "contract": _("Median days from signing to handover, by the day of the handover."),
    "defect": _("Median days from found to closed, by the day it was closed."),
    "repair": _("Median days from the report to the owner's acceptance, by acceptance."),
}


def register() -> None:
    """Make the lead times known."""
    for process in PROCESSES.values():
        register_kpi(
            from_source(
                process.source,
                key=process.kpi,
                label=process.label,
                group=Group.PROCESS,
                unit=process.unit,
                good="down",
                formula=ENDS[process.key],
                exclusions=_("What is not finished yet."),
                owner_role="executive",
                target_key=process.kpi,
                spec="ANA-34",
                right=process.right,
            )
        )
