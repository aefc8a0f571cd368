"""The KPIs that show whether everybody is treated alike: the floor, the offers (BEY-13)."""

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis.acquisition_kpis import project_names
from analytics.kpis.kinds import Group, Period
from analytics.kpis.registry import register_kpi
from analytics.kpis.sales_kpis import PURCHASE_COLUMNS, PURCHASE_RELATED, purchase_url, signed_in
from analytics.kpis.satisfaction_kpis import LEAD_CLOCK_PATHS
from analytics.kpis.sources import OF_CUSTOMER_PATHS, Column, Cut, Shape, Source, from_source
from crm_site.policies.services import in_force
from customers.models import Layout, LeadClock
from customers.rules.axes import ClockKind
from customers.service_policy import PACKAGES

FLOOR: Final = "service_floor"
OFF: Final = "price_off_list"
HUNDRED: Final = Decimal(100)


def floor_at(period: Period) -> dt.timedelta:
    """Return within what time every grade is promised a first touch (CUS-14)."""
    hours: int = in_force(PACKAGES, at=period.begins_at).value.floor_hours
    return dt.timedelta(hours=hours)


def touched(period: Period, now: dt.datetime) -> Any:
    """Return the enquiries of the period that were answered or have had the time of the floor."""
    floor, seen = floor_at(period), min(period.ends_at, now)
    judged = Q(met_at__lt=now) | Q(started_at__lte=now - floor)
    return LeadClock.objects.filter(
        judged,
        kind=ClockKind.FIRST_TOUCH.value,
        started_at__gte=period.begins_at,
        started_at__lt=seen,
        lead__customer__merged_into__isnull=True,
    ).exclude(state="cancelled")


def _in_time(period: Period, now: dt.datetime) -> Q:
    return Q(met_at__lte=F("started_at") + floor_at(period), met_at__lt=now)


def _priced(period: Period, now: dt.datetime) -> Any:
    return signed_in(period, now).filter(list_total__isnull=False, agreed_total__isnull=False)


def off_list(_period: Period, _now: dt.datetime) -> Any:
    """Return by how many percent a contract is below the list price."""
    return (F("list_total") - F("agreed_total")) * HUNDRED / F("list_total")


def layout_names() -> dict[Any, Any]:
    """Return the names of layouts with their project, by key."""
    rows = Layout.objects.values_list("pk", "project__name", "name")
    return {pk: f"{project} · {name}" for pk, project, name in rows}


TOUCHED = Source(
    base=touched,
    columns=(
        Column(_("Customer"), lambda row: row.lead.customer.name),
        Column(_("Responsible"), lambda row: row.lead.owner.name if row.lead.owner else ""),
        Column(pgettext_lazy("lead", "Received"), lambda row: row.started_at),
        Column(pgettext_lazy("lead", "Answered"), lambda row: row.met_at),
    ),
    url=lambda row: reverse("customers:lead-detail", args=[row.lead_id]),
    shape=Shape.SHARE,
    hit=_in_time,
    paths=LEAD_CLOCK_PATHS,
    related=("lead__customer", "lead__owner"),
    cuts=(Cut("grade", _("Grade"), "lead__customer__grading__grade"),),
)
OFFERS = Source(
    base=_priced,
    columns=(
        *PURCHASE_COLUMNS[:-1],
        Column(_("List price"), lambda purchase: purchase.list_total),
        PURCHASE_COLUMNS[-1],
        Column(_("Off the list price (%)"), lambda purchase: round(purchase.kpi_amount, 2)),
    ),
    url=purchase_url,
    shape=Shape.MEAN,
    amount=off_list,
    paths=OF_CUSTOMER_PATHS,
    related=PURCHASE_RELATED,
    cuts=(
        Cut("grade", _("Grade"), "customer__grading__grade"),
        Cut("layout", pgettext_lazy("kpi", "Layout"), "unit__layout", layout_names),
        Cut("project", _("Project"), "project", project_names),
    ),
)


def register() -> None:
    """Make the KPIs of fair treatment known."""
    register_kpi(
        from_source(
            TOUCHED,
            key=FLOOR,
            label=_("First touch within the floor of every grade"),
            group=Group.SERVICE,
            unit="percent",
            good="up",
            formula=_(
                "Answered within the hours promised to every grade ÷ enquiries received in the "
                "period, by the clock and not by working hours."
            ),
            exclusions=_("Enquiries without a limit; those whose hours have not run out."),
            owner_role="service_manager",
            target_key=FLOOR,
            spec="BEY-13",
        )
    )
    register_kpi(
        from_source(
            OFFERS,
            key=OFF,
            label=_("Off the list price, mean"),
            group=Group.SALES,
            unit="percent",
            good="down",
            formula=_(
                "(list price − agreed price) ÷ list price, mean of the contracts signed in the "
                "period."
            ),
            exclusions=_("Contracts without a list price or an agreed price; those taken back."),
            owner_role="executive",
            target_key=OFF,
            spec="BEY-13",
        )
    )
