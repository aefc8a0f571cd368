"""Measures: why, what, who, until when; changed, and done with a result (ANA-28)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.reviews.errors import ReviewError
from analytics.reviews.meeting_models import ManagementReview
from analytics.reviews.querysets import DIRECT, KEEP
from analytics.reviews.report_models import Measure, PerformanceReport, ReportMeasure
from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError, StaleError
from crm_site.staff.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureDraft:
    """What somebody wants written."""

    cause: str
    what: str
    owner: User
    due_on: date


@transaction.atomic
def add_measure(
    *,
    source: PerformanceReport | ManagementReview,
    kpi: str,
    draft: MeasureDraft,
    actor: User,
    now: datetime,
) -> Measure:
    """Write a measure that a report or a review asks for, and return it.

    Raise ReviewError once the report is published or the review closed, ValidationError for a day
    in the past.
    """
    right = KEEP if isinstance(source, PerformanceReport) else DIRECT
    if not actor.has_perm(right):
        raise NotAllowedError(_("Your role does not keep measures here."))
    source = _locked_open(source)
    _check(draft, now)
    report = source if isinstance(source, PerformanceReport) else None
    row = Measure.objects.create(
        report=report,
        review=source if isinstance(source, ManagementReview) else None,
        region_id=source.region_id,
        kpi=kpi,
        cause=draft.cause.strip(),
        what=draft.what.strip(),
        owner=draft.owner,
        due_on=draft.due_on,
        first_due_on=draft.due_on,
        created_by=actor,
        created_at=now,
    )
    if report is not None:
        ReportMeasure.objects.create(report=report, measure=row, is_carried=False)
    _note("review.measure_added", row, actor, now)
    return row


@transaction.atomic
def change_measure(*, measure: Measure, draft: MeasureDraft, actor: User, now: datetime) -> Measure:
    """Write other words, another person or day; the first day promised stays beside it."""
    if not actor.has_perm(KEEP):
        raise NotAllowedError(_("Your role does not keep measures here."))
    row = _locked(measure)
    if draft.due_on != row.due_on:
        _check(draft, now)
    row.cause, row.what = draft.cause.strip(), draft.what.strip()
    row.owner, row.due_on = draft.owner, draft.due_on
    row.save(update_fields=["cause", "what", "owner", "due_on", "updated_at"])
    _note("review.measure_changed", row, actor, now)
    return row


@transaction.atomic
def finish_measure(*, measure: Measure, result: str, actor: User, now: datetime) -> Measure:
    """Note that a measure is done and with which result; its owner or a keeper does.

    Raise ValidationError without a result, StaleError where it is done already.
    """
    if actor.pk != measure.owner_id and not actor.has_perm(KEEP):
        raise NotAllowedError(_("Only who answers for a measure reports it done."))
    if not result.strip():
        raise ValidationError({"result": _("Say what came of it, with a figure if there is one.")})
    row = _locked(measure)
    row.done_on, row.result = timezone.localdate(now), result.strip()
    row.save(update_fields=["done_on", "result", "updated_at"])
    _note("review.measure_done", row, actor, now)
    return row


def _check(draft: MeasureDraft, now: datetime) -> None:
    if draft.due_on < timezone.localdate(now):
        raise ValidationError({"due_on": _("The day lies in the past.")})


def _locked(measure: Measure) -> Measure:
    row: Measure = Measure.objects.select_for_update(of=("self",)).get(pk=measure.pk)
    if row.done_on is not None:
        raise StaleError(_("This measure is done already."))
    return row


def _locked_open(
    source: PerformanceReport | ManagementReview,
) -> PerformanceReport | ManagementReview:
    rows = type(source)._default_manager.select_for_update(of=("self",))
    row: PerformanceReport | ManagementReview = rows.get(pk=source.pk)
    if row.state in ("published", "closed"):
        raise ReviewError(_("It is finished: measures come from the next one."))
    return row


def _note(kind: str, row: Measure, actor: User, now: datetime) -> None:
    facts = {"kpi": row.kpi, "due": row.due_on.isoformat()}
    record(kind=kind, actor=actor, subject=("measure", row.pk), facts=facts, now=now)
