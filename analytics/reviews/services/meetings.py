"""Management reviews: planned twice a year, closed with inputs, minutes and decisions (ANA-30)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.reviews.errors import ReviewError
from analytics.reviews.meeting_models import ManagementReview, ReviewDecision
from analytics.reviews.messages import MEETING, directors
from analytics.reviews.policies import rules_at
from analytics.reviews.querysets import DIRECT, place_of
from analytics.reviews.report_models import PerformanceReport
from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from service.surveys.report_models import SatisfactionReport

# kind of review -> kind of the report of satisfaction it rests on (SVC-50, SVC-51)
SATISFACTION: Final = {"mid_year": "mid_year", "annual": "annual"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How a review went: when, with whom, on which inputs, what was said."""

    held_on: date | None
    attendees: str
    minutes: str
    satisfaction: SatisfactionReport | None
    performance: PerformanceReport | None


def satisfaction_for(review: ManagementReview) -> Any:
    """Return the reports of satisfaction of the kind, the year and the place of a review."""
    rows = SatisfactionReport.objects.filter(
        kind=SATISFACTION[review.kind],
        starts_on__year__lte=review.year,
        ends_on__year=review.year,
        region=review.region_id,
    )
    return rows.defer("content").order_by("-pk")


def performance_for(review: ManagementReview) -> Any:
    """Return the published performance reports of the year and the place of a review."""
    rows = PerformanceReport.objects.of_region(review.region_id)
    return rows.filter(state="published", ends_on__year=review.year).order_by("-ends_on", "-pk")


def missing_inputs(review: ManagementReview) -> list[str]:
    """Return what a review lacks before it can be closed, in words."""
    asked = (
        (review.held_on is None, _("the day it was held")),
        (review.satisfaction_id is None, _("the report of satisfaction")),
        (review.performance_id is None, _("the performance report")),
        (not review.minutes.strip(), _("the minutes")),
        (not review.decisions.exists(), _("a decision")),
    )
    return [words for is_missing, words in asked if is_missing]


@transaction.atomic
def plan_review(
    *, kind: str, year: int, region_id: int | None, actor: User | None, now: datetime
) -> tuple[ManagementReview, bool]:
    """Plan a review and return it; False where it was planned before. ``actor`` None is the job."""
    if actor is not None:
        _may(actor, region_id)
    try:
        with transaction.atomic():
            row, is_new = ManagementReview.objects.get_or_create(
                kind=kind, year=year, region_id=region_id, defaults={"created_at": now}
            )
    except IntegrityError:
        row, is_new = ManagementReview.objects.get(kind=kind, year=year, region=region_id), False
    if is_new:
        _note("review.meeting_planned", row, actor, now)
    return row, is_new


@transaction.atomic
def write_review(
    *, review: ManagementReview, held: Held, actor: User, now: datetime
) -> ManagementReview:
    """Keep how a review went; raise ValidationError for inputs of another year or kind."""
    row = _locked(review, actor)
    errors = {}
    if held.satisfaction and not satisfaction_for(row).filter(pk=held.satisfaction.pk).exists():
        errors["satisfaction"] = _("Choose the report that belongs to this review.")
    if held.performance and not performance_for(row).filter(pk=held.performance.pk).exists():
        errors["performance"] = _("Choose the report that belongs to this review.")
    if held.held_on and held.held_on > timezone.localdate(now):
        errors["held_on"] = _("The day lies in the future.")
    if errors:
        raise ValidationError(errors)
    row.held_on, row.attendees, row.minutes = held.held_on, held.attendees, held.minutes
    row.satisfaction, row.performance = held.satisfaction, held.performance
    row.save()
    _note("review.meeting_written", row, actor, now)
    return row


@transaction.atomic
def decide(*, review: ManagementReview, text: str, actor: User, now: datetime) -> ReviewDecision:
    """Add a decision to a review that is not closed, and return it."""
    row = _locked(review, actor)
    if not text.strip():
        raise ValidationError({"text": _("Write down what was decided.")})
    return ReviewDecision.objects.create(review=row, text=text.strip(), at=now, by=actor)


@transaction.atomic
def close_review(*, review: ManagementReview, actor: User, now: datetime) -> ManagementReview:
    """Close a review that has all its inputs; raise ReviewError naming those that are missing."""
    row = _locked(review, actor)
    lacks = missing_inputs(row)
    if lacks:
        said = ", ".join(lacks)
        raise ReviewError(_("It cannot be closed without: %(lacks)s.") % {"lacks": said})
    row.state, row.closed_at, row.closed_by = "closed", now, actor
    row.save(update_fields=["state", "closed_at", "closed_by", "updated_at"])
    _note("review.meeting_closed", row, actor, now)
    return row


def plan_due_reviews(*, now: datetime) -> int:
    """Plan the company's review of the season and tell who holds it; return how many are new."""
    rules, today = rules_at(now), timezone.localdate(now)
    due = []
    if today.month == rules.mid_year_month:
        due.append(("mid_year", today.year))
    if today.month == rules.annual_month:
        due.append(("annual", today.year - 1))
    made = []
    for kind, year in due:
        row, is_new = plan_review(kind=kind, year=year, region_id=None, actor=None, now=now)
        if is_new:
            made.append(row)
    notes = [
        Outgoing(
            MEETING,
            user,
            f"review-planned:{row.pk}:{user.pk}",
            {"year": row.year},
            ("management-review", row.pk),
        )
        for row in made
        for user in directors()
    ]
    send_many(notes, now=now)
    return len(made)


def _may(actor: User, region_id: int | None) -> None:
    if not actor.has_perm(DIRECT):
        raise NotAllowedError(_("Your role does not hold management reviews."))
    if place_of(actor) not in (None, region_id):
        raise NotAllowedError(_("You hold the reviews of your own region."))


def _locked(review: ManagementReview, actor: User) -> ManagementReview:
    _may(actor, review.region_id)
    row = ManagementReview.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if row.state == "closed":
        raise ReviewError(_("The review is closed and stays as it is."))
    return row


def _note(kind: str, row: ManagementReview, actor: User | None, now: datetime) -> None:
    facts = {"kind": row.kind, "year": row.year}
    record(kind=kind, actor=actor, subject=("management-review", row.pk), facts=facts, now=now)
