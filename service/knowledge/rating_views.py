"""Ratings of consultations and answers to those who gave feedback (SVC-10, SVC-66)."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.exceptions import ValidationError
from django.db.models import Avg, Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user
from service.knowledge import rating_models
from service.knowledge.finding import rules_at
from service.knowledge.limits import spend
from service.knowledge.rating_forms import RatingForm, ReplyForm
from service.knowledge.rating_models import ConsultRating, feedback_of
from service.knowledge.services.feedback import tell_giver
from service.knowledge.services.rating import LOW, answer_rating
from service.tickets.models import Ticket

VIEW, REPLY = "service.view_ratings", "service.answer_feedback"
FORM = "service/knowledge/form.html"
UNPROCESSABLE = 422
RATINGS = Listing(
    template="service/knowledge/ratings.html",
    sorts={"latest": ("-asked_at", "-pk")},
    default_sort="latest",
)
FEEDBACK = Listing(
    template="service/knowledge/feedback.html",
    sorts={"oldest": ("opened_at", "pk")},
    default_sort="oldest",
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def rating_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the ratings of a month for each consultant and kind of consultation."""
    first, last = month_of(request.GET.get("month", ""), timezone.localdate())
    rows = ConsultRating.objects.visible_to(current_user(request)).asked_between(first, last)
    context = {
        "first": first,
        "month": f"{first:%Y-%m}",
        "previous": f"{first - timedelta(days=1):%Y-%m}",
        "next": f"{last + timedelta(days=1):%Y-%m}",
        "by_consultant": summary(rows, "consultant__name"),
        "by_category": summary(rows, "category__name"),
        "low": LOW,
    }
    rows = rows.select_related("ticket", "consultant", "category")
    return list_page(request, queryset=rows, listing=RATINGS, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@idempotent()
def rating_note(request: HtmxHttpRequest, consult_rating_id: int) -> HttpResponse:
    """Keep what somebody said of the consultation by phone."""
    user = current_user(request)
    rows = ConsultRating.objects.visible_to(user).select_related("ticket")
    rating = rows.filter(pk=consult_rating_id).first()
    if rating is None:
        raise Http404

    def save(valid: RatingForm) -> str:
        try:
            answer_rating(rating=rating, **valid.cleaned_data, actor=user, now=timezone.now())
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("Saved."))
        return reverse("service:rating-list")

    context = {
        "title": _("Rating of %(number)s by phone") % {"number": rating.ticket.number},
        "lead": rating.ticket.subject,
        "submit_label": _("Save"),
        "cancel_url": reverse("service:rating-list"),
    }
    form = RatingForm(request.POST or None)
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
@idempotent()
def help_rating(request: HttpRequest, rating_token: str) -> HttpResponse:
    """Let an asker rate the consultation once, by the link of the message; guesses are counted."""
    rating = ConsultRating.objects.select_related("ticket").filter(token=rating_token).first()
    if rating is None:
        spend(request, "link")
        raise Http404
    form = RatingForm(request.POST or None)
    if form.is_bound:
        spend(request, "rate")
    if form.is_bound and form.is_valid() and rating.score is None:
        answer_rating(rating=rating, **form.cleaned_data, actor=None, now=timezone.now())
        return redirect(request.path)
    failed = form.is_bound and rating.score is None
    context = {"form": form, "rating": rating}
    status = UNPROCESSABLE if failed else 200
    return render(request, "service/knowledge/help_rating.html", context, status=status)


@require_safe
@permission_required(REPLY, raise_exception=True)
def feedback_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the opinions whose givers were told nothing; ``?late=1`` those beyond the limit."""
    now = timezone.now()
    days = rules_at(now).feedback_days
    rows = rating_models.unanswered(feedback_of(current_user(request)))
    late = rating_models.late(rows, now=now, days=days)
    only_late = request.GET.get("late") == "1"
    context = {
        "days": days,
        "limit": now - timedelta(days=days),
        "late": late.count(),
        "only_late": only_late,
    }
    found = (late if only_late else rows).for_list()
    return list_page(request, queryset=found, listing=FEEDBACK, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(REPLY, raise_exception=True)
@idempotent()
def feedback_reply(request: HtmxHttpRequest, feedback_id: int) -> HttpResponse:
    """Write down what the giver of an opinion was told and what was changed."""
    user = current_user(request)
    ticket: Ticket | None = feedback_of(user).filter(pk=feedback_id).first()
    if ticket is None:
        raise Http404

    def save(valid: ReplyForm) -> str:
        tell_giver(ticket=ticket, reply=valid.reply(), actor=user, now=timezone.now())
        messages.success(request, _("Written down: the customer was told."))
        return reverse("service:opinion-list")

    context = {
        "title": _("What was the customer told?"),
        "lead": f"{ticket.number} · {ticket.subject}",
        "submit_label": _("Save"),
        "cancel_url": reverse("service:opinion-list"),
    }
    form = ReplyForm(request.POST or None)
    return form_page(request, form=form, template=FORM, save=save, context=context)


def month_of(text: str, today: date) -> tuple[date, date]:
    """Return first and last day of the month ``yyyy-mm``, of ``today``'s for any other text."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = today.replace(day=1)
    if not 2000 <= first.year <= 2100:
        first = today.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return first, after - timedelta(days=1)


def summary(rows: Any, name: str) -> list[dict[str, Any]]:
    """Return how many were asked and answered, the mean score and the low ones, the worst first."""
    found = rows.order_by().values(label=F(name))
    counted = found.annotate(
        asked=Count("pk"),
        answered=Count("score"),
        mean=Avg("score"),
        low=Count("pk", filter=Q(score__lte=LOW)),
    )
    return list(counted.order_by("mean", "label"))
