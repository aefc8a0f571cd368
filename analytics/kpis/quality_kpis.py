"""The KPIs of quality: defects of homes, complaints about design, building and all (ANA-24, 56)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, Count, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis.kinds import Asking, Group, Kpi, Period, Reading, Rows, ScopeKind
from analytics.kpis.registry import register_kpi
from analytics.kpis.rules import formulas
from analytics.kpis.satisfaction_kpis import SURVEY_PATHS, answers_url
from analytics.kpis.service_kpis import (
    DELIVERY_COLUMNS,
    DELIVERY_PATHS,
    DELIVERY_RELATED,
    TICKET_COLUMNS,
    TICKET_PATHS,
    VIEW_UNITS,
    complaints_in,
    delivery_url,
    in_project,
    seconds_between,
    ticket_url,
)
from analytics.kpis.sources import (
    Column,
    Shape,
    Source,
    everywhere,
    from_source,
    listed,
    listed_sums,
    rows_of,
)
from customers.models import UnitDefect, UnitDelivery
from service.surveys.models import SurveyResponse
from service.surveys.querysets import VIEW as VIEW_SURVEYS
from service.tickets.querysets import VIEW as VIEW_TICKETS

DAY_SECONDS: Final = 86_400
HUNDRED: Final = Decimal(100)
PROMOTER: Final = 9
DETRACTOR: Final = 6
DESIGN: Final = Q(cause__code="design", cause__axis="cause")
BUILDING: Final = (
    Q(cause__code__in=("construction", "material"), cause__axis="cause")
    | Q(category__code="quality", category__axis="object")
    | Q(category__parent__code="quality", category__parent__axis="object")
)


# defects ---------------------------------------------------------------------------------------
def walked_in(period: Period, now: dt.datetime) -> Any:
    """Return the homes whose inspection ended in the period."""
    end = min(period.ends_at, now)
    return UnitDelivery.objects.filter(walked_at__gte=period.begins_at, walked_at__lt=end)


def defects_of(period: Period, now: dt.datetime) -> Any:
    """Return how many defects of a home were found by the end of the period."""
    found = UnitDefect.objects.filter(
        delivery=OuterRef("pk"), found_at__lt=min(period.ends_at, now)
    )
    counted = found.order_by().values("delivery").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def fixed_in(period: Period, now: dt.datetime) -> Any:
    """Return the defects closed in the period."""
    end = min(period.ends_at, now)
    return UnitDefect.objects.filter(closed_at__gte=period.begins_at, closed_at__lt=end)


DEFECTS = Source(
    base=walked_in,
    columns=(
        *DELIVERY_COLUMNS[:2],
        Column(pgettext_lazy("handover", "Walked"), lambda row: row.walked_at),
        Column(pgettext_lazy("handover", "Defects"), lambda row: int(row.kpi_amount)),
    ),
    url=delivery_url,
    shape=Shape.MEAN,
    amount=defects_of,
    paths=DELIVERY_PATHS,
    related=DELIVERY_RELATED,
)
DEFECT_DAYS = Source(
    base=fixed_in,
    columns=(
        Column(pgettext_lazy("purchase", "Unit"), lambda row: str(row.delivery.unit)),
        Column(pgettext_lazy("handover", "Defect"), lambda row: row.text),
        Column(pgettext_lazy("handover", "Found"), lambda row: row.found_at),
        Column(pgettext_lazy("handover", "Closed"), lambda row: row.closed_at),
    ),
    url=lambda row: reverse("customers:delivery-unit", args=[row.delivery_id]),
    shape=Shape.MEAN,
    amount=lambda period, now: seconds_between("found_at", "closed_at") / DAY_SECONDS,
    paths=in_project("delivery__batch__project"),
    related=("delivery__unit__building",),
)


# recommendation --------------------------------------------------------------------------------
def recommending(period: Period, now: dt.datetime) -> Any:
    """Return the answers of customers that say how likely they recommend us."""
    rows = SurveyResponse.objects.of_customers().filter(recommends__isnull=False)
    return rows.between(period.begins_at, min(period.ends_at, now))


NPS = Source(
    base=recommending,
    columns=(
        Column(_("Survey"), lambda row: row.survey.title),
        Column(_("Project"), lambda row: row.project.name if row.project else ""),
        Column(_("When"), lambda row: row.at),
        Column(pgettext_lazy("survey", "Recommends (0–10)"), lambda row: row.recommends),
    ),
    url=answers_url,
    shape=Shape.MEAN,
    amount=lambda period, now: Case(
        When(recommends__gte=PROMOTER, then=Value(100)),
        When(recommends__lte=DETRACTOR, then=Value(-100)),
        default=Value(0),
        output_field=IntegerField(),
    ),
    scale=(-100.0, 100.0),
    paths=SURVEY_PATHS,
    related=("survey", "project"),
)


# complaints for each 100 homes -----------------------------------------------------------------
def complaints_of(narrowed: Q) -> Source:
    """Return the complaints of a period that a condition narrows."""
    return Source(
        base=lambda period, now: complaints_in(period, now).filter(narrowed),
        columns=TICKET_COLUMNS,
        url=ticket_url,
        paths=TICKET_PATHS,
        related=("project",),
    )


COMPLAINTS = complaints_of(Q())
DESIGN_COMPLAINTS = complaints_of(DESIGN)
BUILDING_COMPLAINTS = complaints_of(BUILDING)


def homes_by(period: Period, now: dt.datetime) -> Any:
    """Return the homes handed over by the end of the period."""
    return UnitDelivery.objects.filter(taken_at__lt=min(period.ends_at, now))


HOMES = Source(
    base=homes_by,
    columns=DELIVERY_COLUMNS,
    url=delivery_url,
    paths=in_project("batch__project"),
    related=DELIVERY_RELATED,
)


def per_hundred_homes(source: Source, **words: Any) -> Kpi:
    """Return the KPI of complaints for each 100 homes handed over; its rows are the complaints."""
    placed = replace(source, paths=in_project("project"))

    def read(asking: Asking) -> Reading:
        return figure(rows_of(placed, asking).count(), rows_of(HOMES, asking).count())

    def figure(complaints: int, homes: int) -> Reading:
        top = Decimal(complaints)
        value = formulas.quotient(top * HUNDRED, homes)
        note = formulas.note_of(homes) if homes else "no_data"
        return Reading(value, top, Decimal(homes), complaints, note=note)

    def rows(asking: Asking) -> Rows:
        return listed(placed, asking)

    def all_at_once(period: Period, now: dt.datetime) -> Mapping[ScopeKind, Mapping[int, Reading]]:
        complaints, homes = everywhere(placed, period, now), everywhere(HOMES, period, now)
        return {
            kind: {
                key: figure(_number(found, key), _number(homes[kind], key))
                for key in {*found, *homes[kind]}
            }
            for kind, found in complaints.items()
        }

    return Kpi(
        read=read,
        rows=rows,
        everywhere=all_at_once,
        listed_sums=lambda period, kind, now: listed_sums(placed, period, kind, now),
        empty=lambda period, now: figure(0, 0),
        places=placed.kinds,
        **words,
    )


def _number(found: Mapping[int, Reading], key: int) -> int:
    return found[key].n if key in found else 0


def register() -> None:
    """Make the KPIs of quality known."""
    register_kpi(
        from_source(
            DEFECTS,
            key="defects_per_home",
            label=_("Defects per home"),
            group=Group.QUALITY,
            unit="ratio",
            good="down",
            formula=_("Defects found ÷ homes whose inspection ended in the period."),
            exclusions=_("Homes not walked to the end."),
            owner_role="engineering",
            target_key="defects_per_home",
            spec="ANA-24",
            right=VIEW_UNITS,
        )
    )
    register_kpi(
        from_source(
            DEFECT_DAYS,
            key="defect_fix_days",
            label=_("Days until a defect is fixed"),
            group=Group.QUALITY,
            unit="days",
            good="down",
            formula=_("Mean days from found to closed, of the defects closed in the period."),
            exclusions=_("Defects still open."),
            owner_role="engineering",
            target_key="defect_fix_days",
            spec="ANA-56",
            right=VIEW_UNITS,
        )
    )
    register_kpi(
        from_source(
            NPS,
            key="nps",
            label=_("Net promoter score"),
            group=Group.SATISFACTION,
            unit="points",
            good="up",
            formula=_("Share of 9 and 10 less share of 0 to 6, of those who were asked."),
            exclusions=_("Answers of the staff."),
            owner_role="service_manager",
            target_key="nps",
            spec="ANA-56",
            right=VIEW_SURVEYS,
        )
    )
    for key, source, label, spec in (
        ("complaint_rate", COMPLAINTS, _("Complaints per 100 homes"), "SVC-42"),
        (
            "design_complaint_rate",
            DESIGN_COMPLAINTS,
            _("Design complaints per 100 homes"),
            "ANA-56",
        ),
        (
            "building_complaint_rate",
            BUILDING_COMPLAINTS,
            _("Complaints about building quality per 100 homes"),
            "ANA-56",
        ),
    ):
        register_kpi(
            per_hundred_homes(
                source,
                key=key,
                label=label,
                group=Group.QUALITY,
                unit="ratio",
                good="down",
                formula=_(
                    "Complaints of the period × 100 ÷ homes handed over by the end of the period."
                ),
                exclusions=_("Merged and cancelled ones."),
                owner_role="service_manager",
                target_key=key,
                spec=spec,
                right=VIEW_TICKETS,
            )
        )
