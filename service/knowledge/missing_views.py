"""Questions nobody found an answer to: the list, who answers, by which article (SVC-08, 09)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user
from service.knowledge.article_filters import MissingFilter
from service.knowledge.article_forms import AnswerForm, AssignForm, DismissForm
from service.knowledge.article_models import Article, MissingQuestion
from service.knowledge.choices import ASSIGNED, OPEN
from service.knowledge.finding import answers_to
from service.knowledge.querysets import WORK_MISSING
from service.knowledge.services import missing as services

FORM = "service/knowledge/form.html"
MISSING = Listing(
    template="service/knowledge/missing_list.html",
    sorts={"asked": ("-asked", "-pk"), "latest": ("-last_at", "-pk")},
    default_sort="asked",
    filter_class=MissingFilter,
)


def get_missing(request: HtmxHttpRequest, missing_id: int) -> MissingQuestion:
    """Return the question; 404 where it is missing."""
    rows = MissingQuestion.objects.visible_to(current_user(request))
    found: MissingQuestion | None = (
        rows.select_related("owner", "article__document").filter(pk=missing_id).first()
    )
    if found is None:
        raise Http404
    return found


@require_safe
@permission_required(WORK_MISSING, raise_exception=True)
def missing_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show what was asked without an answer, the most asked first; those that wait by default."""
    rows = MissingQuestion.objects.visible_to(current_user(request))
    if "state" not in request.GET:
        rows = rows.waiting()
    return list_page(
        request, queryset=rows.select_related("owner", "article__document"), listing=MISSING
    )


@require_safe
@permission_required(WORK_MISSING, raise_exception=True)
def missing_detail(request: HtmxHttpRequest, missing_id: int) -> HttpResponse:
    """Show when and where it was asked, and which articles come near today."""
    row, user = get_missing(request, missing_id), current_user(request)
    near = answers_to(row.question, Article.objects.visible_to(user), now=timezone.now())
    context = {
        "row": row,
        "asks": row.asks.select_related("actor").order_by("-at", "-pk")[:50],
        "near": near,
        "is_open": row.state in (OPEN, ASSIGNED),
        "may_write": user.has_perm("service.write_knowledge"),
    }
    return render_page(request, "service/knowledge/missing.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK_MISSING, raise_exception=True)
@idempotent()
def missing_assign(request: HtmxHttpRequest, missing_id: int) -> HttpResponse:
    """Give the question to somebody who answers it."""
    row = get_missing(request, missing_id)
    form = AssignForm(request.POST or None, missing=row, user=current_user(request))
    return _form(request, row, form, services.assign_missing, _("Who answers it?"))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK_MISSING, raise_exception=True)
@idempotent()
def missing_answer(request: HtmxHttpRequest, missing_id: int) -> HttpResponse:
    """Close the question by an article in force."""
    row = get_missing(request, missing_id)
    form = AnswerForm(request.POST or None, user=current_user(request))
    return _form(request, row, form, services.answer_missing, _("Which article answers it?"))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK_MISSING, raise_exception=True)
@idempotent()
def missing_dismiss(request: HtmxHttpRequest, missing_id: int) -> HttpResponse:
    """Close a question that needs no article."""
    row = get_missing(request, missing_id)
    form = DismissForm(request.POST or None)
    return _form(request, row, form, services.dismiss_missing, _("Why is no article needed?"))


def _form(
    request: HtmxHttpRequest,
    row: MissingQuestion,
    form: Any,
    service: Callable[..., MissingQuestion],
    title: str,
) -> HttpResponse:
    here = reverse("service:missing-detail", args=[row.pk])
    user = current_user(request)

    def save(valid: Any) -> str:
        try:
            service(missing=row, **valid.cleaned_data, actor=user, now=timezone.now())
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("Saved."))
        return here

    context = {
        "title": title,
        "lead": row.question,
        "submit_label": _("Save"),
        "cancel_url": here,
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)
