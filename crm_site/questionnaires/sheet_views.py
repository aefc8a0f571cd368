"""Sheets: begun, filled in with the draft kept, read with their score."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.files import hand_out
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import edit_page, form_page
from crm_site.common.refusals import StaleError
from crm_site.common.subjects import references
from crm_site.questionnaires import services
from crm_site.questionnaires.fill_form import FillForm
from crm_site.questionnaires.forms import BeginForm
from crm_site.questionnaires.models import AnswerSheet
from crm_site.questionnaires.querysets import FILL
from crm_site.questionnaires.rules import score
from crm_site.questionnaires.selectors import answered
from crm_site.questionnaires.views import get_questionnaire
from crm_site.staff.current import current_user


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(FILL, raise_exception=True)
@idempotent()
def sheet_begin(request: HtmxHttpRequest, questionnaire: str) -> HttpResponse:
    """Ask what the sheet is about and begin it, or go on with one's draft."""
    found, user = get_questionnaire(questionnaire), current_user(request)
    posted = request.POST if request.method == "POST" else None
    form = BeginForm(posted, questionnaire=found, user=user)
    if posted is None and (chosen := request.GET.get("subject")) and "subject" in form.fields:
        form.initial["subject"] = chosen

    def save(valid: BeginForm) -> str:
        sheet = services.begin_sheet(
            questionnaire=found,
            subject_id=valid.cleaned_data.get("subject"),
            author=user,
            now=timezone.now(),
        )
        return reverse("questionnaires:sheet-fill", args=[sheet.pk])

    cancel = reverse("questionnaires:questionnaire-detail", args=[found.key])
    context = {"questionnaire": found, "cancel_url": cancel}
    return form_page(
        request,
        form=form,
        template="questionnaires/sheet_begin.html",
        save=save,
        context=context,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(FILL, raise_exception=True)
@idempotent()
def sheet_fill(request: HtmxHttpRequest, sheet_id: int) -> HttpResponse:
    """Fill a sheet in; the draft is kept, with its photos, even while answers are missing."""
    sheet, user = _sheet(request, sheet_id), current_user(request)
    if sheet.author_id != user.pk:
        raise Http404
    if sheet.is_complete:
        raise StaleError(_("This sheet is finished already."))
    completing = "complete" in request.POST

    def form(data: Any) -> BaseForm:
        files = request.FILES if data is not None else None
        return FillForm(data, files, sheet=sheet, check="check" in request.GET)

    def save(valid: FillForm) -> str:
        now, filled = timezone.now(), valid.filled()
        services.save_sheet(sheet=sheet, filled=filled, complete=False, actor=user, now=now)
        here = reverse("questionnaires:sheet-fill", args=[sheet.pk])
        if not completing:
            messages.success(request, _("The draft is kept."))
            return here
        try:
            kept = services.Filled(answers=filled.answers)
            services.save_sheet(sheet=sheet, filled=kept, complete=True, actor=user, now=now)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return f"{here}?check=1"
        messages.success(request, _("The sheet is complete."))
        return reverse("questionnaires:sheet-detail", args=[sheet.pk])

    return edit_page(
        request,
        edit=edit_of(sheet, user),
        form=form,
        template="questionnaires/sheet_fill.html",
        save=save,
        context={"sheet": sheet, "about": _about(sheet, request)},
    )


@require_safe
@permission_required(FILL, raise_exception=True)
def sheet_detail(request: HtmxHttpRequest, sheet_id: int) -> HttpResponse:
    """Show a sheet as it was answered, with its score."""
    sheet = _sheet(request, sheet_id)
    context = {
        "sheet": sheet,
        "about": _about(sheet, request),
        "sections": answered(sheet),
        "score": score(sheet.version.outline, sheet.values()),
        "is_mine": sheet.author_id == current_user(request).pk,
    }
    return render_page(request, "questionnaires/sheet_detail.html", context)


@require_POST
@permission_required(FILL, raise_exception=True)
@idempotent()
def sheet_discard(request: HtmxHttpRequest, sheet_id: int) -> HttpResponse:
    """Throw one's own draft away."""
    sheet = _sheet(request, sheet_id)
    services.discard_sheet(sheet=sheet, actor=current_user(request))
    messages.success(request, _("The draft is discarded."))
    return go_to(
        request,
        reverse("questionnaires:questionnaire-detail", args=[sheet.questionnaire.key]),
    )


@require_safe
@permission_required(FILL, raise_exception=True)
def photo(request: HtmxHttpRequest, sheet_id: int, photo_id: int) -> HttpResponse:
    """Hand out a photo of a sheet."""
    found = _sheet(request, sheet_id).photos.filter(pk=photo_id).first()
    if found is None:
        raise Http404
    return hand_out(found)


def _sheet(request: HtmxHttpRequest, sheet_id: int) -> AnswerSheet:
    rows = AnswerSheet.objects.visible_to(current_user(request))
    rows = rows.select_related("questionnaire", "version", "author")
    found: AnswerSheet | None = rows.filter(pk=sheet_id).first()
    if found is None:
        raise Http404
    return found


def _about(sheet: AnswerSheet, request: HtmxHttpRequest) -> Any:
    pair = (sheet.subject_kind, str(sheet.subject_id))
    return references([pair], current_user(request)).get(pair) if sheet.subject_kind else None
