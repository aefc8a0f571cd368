"""Opening a report: figures are read once and stay, open measures move in (ANA-27, 29)."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from analytics.kpis.kinds import Place, ScopeKind
from analytics.reviews.errors import ReviewError
from analytics.reviews.figures import FigureLine, asking_of, place_at, read_line, report_kpis
from analytics.reviews.querysets import KEEP, place_of
from analytics.reviews.report_models import (
    Measure,
    PerformanceReport,
    ReportFigure,
    ReportMeasure,
)
from analytics.reviews.rules.periods import Span
from analytics.reviews.rules.report import BLOCKS
from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.staff.models import OrgNode, User
from crm_site.staff.rules.organisation import NodeKind

LOCK: Final = 7_310_601  # one number at a time
_BLOCK_OF: Final = {key: block for block, keys in BLOCKS.items() for key in keys}


@transaction.atomic
def open_report(
    *, kind: str, span: Span, region_id: int | None, actor: User | None, now: datetime
) -> tuple[PerformanceReport, bool]:
    """Freeze the figures of a span and return the report; False where it was opened before.

    The open measures of the region are carried over into it. ``actor`` None is the job. Raise
    NotAllowedError without the right or for another region, ReviewError for a span not over yet.
    """
    _may_open(actor, region_id)
    if span.ends_on >= timezone.localdate(now):
        raise ReviewError(_("The period is not over yet: its figures cannot be frozen."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    rows = PerformanceReport.objects.of_region(region_id)
    known = rows.filter(kind=kind, starts_on=span.starts_on).first()
    if known is not None:
        return known, False
    report = PerformanceReport.objects.create(
        number=_next_number(now),
        kind=kind,
        region_id=region_id,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        frozen_at=now,
        opened_by=actor,
        created_at=now,
    )
    _freeze(report, span, place_at(region_id), now)
    _carry(report)
    record(
        kind="review.report_opened",
        actor=actor,
        subject=("performance-report", report.pk),
        facts={"number": report.number},
        now=now,
    )
    return report, True


def region_ids() -> list[int]:
    """Return the keys of all regions, in the order of their codes."""
    rows = OrgNode.objects.filter(kind=NodeKind.REGION.value).order_by("code")
    return list(rows.values_list("pk", flat=True))


def _may_open(actor: User | None, region_id: int | None) -> None:
    if actor is None:
        return
    if not actor.has_perm(KEEP):
        raise NotAllowedError(_("Your role does not open reports of results."))
    if place_of(actor) not in (None, region_id):
        raise NotAllowedError(_("You open the reports of your own region."))


def _freeze(report: PerformanceReport, span: Span, place: Place, now: datetime) -> None:
    asking = asking_of(span, place, now)
    kpis = [kpi for kpi in report_kpis() if ScopeKind(place.kind) in kpi.places]
    with translation.override(settings.LANGUAGE_CODE):
        lines = [read_line(kpi, asking, compare=True) for kpi in kpis]
        ReportFigure.objects.bulk_create([_figure(report, line) for line in lines])


def _figure(report: PerformanceReport, line: FigureLine) -> ReportFigure:
    kpi, reading = line.kpi, line.reading
    return ReportFigure(
        report=report,
        block=_BLOCK_OF.get(kpi.key, ""),
        kpi=kpi.key,
        label=str(kpi.label)[:120],
        group=str(kpi.group),
        unit=kpi.unit,
        good=kpi.good,
        value=reading.value,
        top=reading.top,
        bottom=reading.bottom,
        n=reading.n,
        low=reading.low,
        high=reading.high,
        before=line.before,
        target=line.goal,
        light=line.light,
        note=reading.note,
    )


def _carry(report: PerformanceReport) -> None:
    """Stand every open measure of the region into the report."""
    rows = Measure.objects.of_region(report.region_id).open()
    ReportMeasure.objects.bulk_create(
        [ReportMeasure(report=report, measure=one, is_carried=True) for one in rows],
        ignore_conflicts=True,
    )


def _next_number(now: datetime) -> str:
    year = timezone.localdate(now).year
    count = PerformanceReport.objects.filter(number__startswith=f"JX{year}-").count()
    return f"JX{year}-{count + 1:03d}"
