"""Management reviews and what regions file."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.pages import change_form, done, found_in, short_form, working
from analytics.reviews import selectors
from analytics.reviews.forms import (
    CommentForm,
    DecisionForm,
    HandInForm,
    HeldForm,
    PlanReviewForm,
)
from analytics.reviews.meeting_models import Filing, ManagementReview
from analytics.reviews.querysets import DIRECT, KEEP, VIEW, place_of
from analytics.reviews.report_models import Measure
from analytics.reviews.services.filings import comment_filing, hand_in, report_for
from analytics.reviews.services.meetings import (
    Held,
    close_review,
    decide,
    missing_inputs,
    plan_review,
    write_review,
)
from analytics.reviews.views.reports import measure_add
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.staff.current import current_user

REVIEWS = Listing(
    template="analytics/reviews/meetings.html",
    sorts={"latest": ("-year", "-id")},
    default_sort="latest",
)


def get_review(request: HtmxHttpRequest, key: int) -> ManagementReview:
    """Return the management review; 404 where it is missing or of another region."""
    rows = ManagementReview.objects.defer("satisfaction__content")
    joined = ("region", "satisfaction", "performance", "closed_by")
    found: ManagementReview = found_in(rows, request, key, *joined)
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def management_reviews(request: HtmxHttpRequest) -> HttpResponse:
    """Show the management reviews."""
    user = current_user(request)
    rows = ManagementReview.objects.visible_to(user).select_related("region")
    context = {"may_direct": user.has_perm(DIRECT)}
    return list_page(request, queryset=rows, listing=REVIEWS, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(DIRECT, raise_exception=True)
@idempotent()
def management_review_plan(request: HtmxHttpRequest) -> HttpResponse:
    """Plan a review of the company, or of one's region."""
    region_id, year = place_of(current_user(request)), timezone.localdate().year
    return short_form(
        request,
        form=PlanReviewForm(request.POST or None, initial={"year": year}),
        title=_("Plan a management review"),
        back=reverse("analytics:management-reviews"),
        run=lambda data: plan_review(**data, region_id=region_id, **working(request))[0],
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def management_review(request: HtmxHttpRequest, management_review_id: int) -> HttpResponse:
    """Show a review: inputs, minutes, decisions, actions, and what earlier ones left open."""
    review, user = get_review(request, management_review_id), current_user(request)
    is_open = review.state != "closed"
    earlier = Measure.objects.visible_to(user).filter(selectors.open_actions(user))
    context = {
        "review": review,
        "lacks": missing_inputs(review) if is_open else [],
        "decisions": review.decisions.select_related("by").order_by("pk"),
        "actions": review.actions.select_related("owner").order_by("due_on", "pk"),
        "earlier": earlier.exclude(review=review)
        .select_related("owner")
        .order_by("due_on", "pk")[:50],
        "may_direct": user.has_perm(DIRECT) and is_open,
        "decision_form": DecisionForm(),
        "today": timezone.localdate(),
    }
    return render(request, "analytics/reviews/meeting.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(DIRECT, raise_exception=True)
@idempotent()
def management_review_edit(request: HtmxHttpRequest, management_review_id: int) -> HttpResponse:
    """Write how a review went and what it rests on."""
    review = get_review(request, management_review_id)

    def form(data: Any) -> BaseForm:
        return HeldForm(data, review=get_review(request, review.pk))

    return change_form(
        request,
        row=review,
        form=form,
        run=lambda data: write_review(review=review, held=Held(**data), **working(request)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(DIRECT, raise_exception=True)
@idempotent()
def review_decision_add(request: HtmxHttpRequest, management_review_id: int) -> HttpResponse:
    """Add a decision."""
    review = get_review(request, management_review_id)
    return short_form(
        request,
        form=DecisionForm(request.POST or None),
        title=_("Add a decision"),
        back=review.get_absolute_url(),
        run=lambda data: decide(review=review, **data, **working(request)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(DIRECT, raise_exception=True)
@idempotent()
def review_action_add(request: HtmxHttpRequest, management_review_id: int) -> HttpResponse:
    """Add an action: why, what, who, until when."""
    return measure_add(request, get_review(request, management_review_id), "", [])


@require_POST
@permission_required(DIRECT, raise_exception=True)
@idempotent()
def management_review_close(request: HtmxHttpRequest, management_review_id: int) -> HttpResponse:
    """Close a review that has its inputs."""
    review = get_review(request, management_review_id)
    close_review(review=review, **working(request))
    return done(request, review, _("The review is closed."))


@require_safe
@permission_required(VIEW, raise_exception=True)
def filings(request: HtmxHttpRequest) -> HttpResponse:
    """Show the summaries of a quarter: who handed in, who is late, who is missing."""
    user, now = current_user(request), timezone.now()
    quarters = selectors.quarters_filed(user)
    wanted = _day(request.GET.get("quarter", ""))
    known = [start for start, _name in quarters]
    chosen: Any = wanted if wanted in known else (known[0] if known else None)
    rows = (
        Filing.objects.visible_to(user)
        .filter(starts_on=chosen)
        .select_related("region", "handed_by")
    )
    found = selectors.filing_rows(rows.order_by("region__code"), now)
    context = {
        "quarters": quarters,
        "chosen": chosen,
        "rows": found,
        "counts": selectors.state_counts(found),
        "table": selectors.aggregated(found),
    }
    return render(request, "analytics/reviews/filings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@idempotent()
def filing(request: HtmxHttpRequest, filing_id: int) -> HttpResponse:
    """Show the summary of a region; a post of the region hands it in."""
    row, user, now = get_filing(request, filing_id), current_user(request), timezone.now()
    form = HandInForm(request.POST or None)

    def save(valid: HandInForm) -> str:
        hand_in(filing=row, summary=valid.cleaned_data["summary"], actor=user, now=now)
        messages.success(request, _("The summary is handed in."))
        return row.get_absolute_url()

    own = user.has_perm(KEEP) and place_of(user) == row.region_id
    context = {
        "filing": selectors.filing_rows([row], now)[0],
        "report": row.report or report_for(row),
        "may_hand_in": own and row.handed_at is None,
        "may_comment": _directs(user) and row.handed_at is not None,
    }
    template = "analytics/reviews/filing.html"
    return form_page(request, form=form, template=template, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(DIRECT, raise_exception=True)
@idempotent()
def filing_edit(request: HtmxHttpRequest, filing_id: int) -> HttpResponse:
    """Comment the summary of a region, as head office."""
    row = get_filing(request, filing_id)

    def form(data: Any) -> BaseForm:
        return CommentForm(data, filing=get_filing(request, row.pk))

    return change_form(
        request,
        row=row,
        form=form,
        title=_("Comment of head office"),
        run=lambda data: comment_filing(filing=row, **data, **working(request)),
    )


def get_filing(request: HtmxHttpRequest, key: int) -> Filing:
    """Return the summary; 404 where it is missing or of another region."""
    joined = ("region", "report", "handed_by", "commented_by")
    found: Filing = found_in(Filing.objects, request, key, *joined)
    return found


def _directs(user: Any) -> bool:
    return user.has_perm(DIRECT) and place_of(user) is None


def _day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None
