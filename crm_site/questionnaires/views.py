"""Questionnaires: the list, one of them with its sheets, and writing it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.edits import carry_base, edit_of
from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.questionnaires import services
from crm_site.questionnaires.edit_form import EditForm
from crm_site.questionnaires.models import AnswerSheet, Questionnaire
from crm_site.questionnaires.querysets import EDIT, FILL
from crm_site.questionnaires.selectors import sheet_lines
from crm_site.staff.current import current_user

FORM = "questionnaires/questionnaire_form.html"
LISTING = Listing(
    template="questionnaires/questionnaire_list.html",
    sorts={"title": ("title", "pk"), "latest": ("-updated_at", "-pk")},
    default_sort="title",
)
SHEETS = Listing(
    template="questionnaires/questionnaire_detail.html",
    sorts={"latest": ("-pk",), "score": ("score", "pk")},
    default_sort="latest",
)


@require_safe
@permission_required(FILL, raise_exception=True)
def questionnaire_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the questionnaires that are offered; whoever writes them sees the others too."""
    services.ensure_defaults()
    may_edit = current_user(request).has_perm(EDIT)
    rows = Questionnaire.objects.all()
    return list_page(
        request,
        queryset=rows if may_edit else rows.filter(is_offered=True),
        listing=LISTING,
        context={"may_edit": may_edit},
    )


@require_safe
@permission_required(FILL, raise_exception=True)
def questionnaire_detail(request: HtmxHttpRequest, questionnaire: str) -> HttpResponse:
    """Show a questionnaire: its versions and the sheets one may read."""
    found, user = get_questionnaire(questionnaire), current_user(request)
    sheets = AnswerSheet.objects.visible_to(user).filter(questionnaire=found)
    return list_page(
        request,
        queryset=sheets.select_related("author", "version"),
        listing=SHEETS,
        present=lambda rows: sheet_lines(rows, user),
        context={
            "questionnaire": found,
            "versions": found.versions.select_related("author").order_by("-number"),
            "may_edit": user.has_perm(EDIT),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def questionnaire_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a new questionnaire."""
    posted = request.POST if request.method == "POST" else None
    more = posted is not None and "more" in posted
    form = EditForm(posted, more=more)

    def save(valid: EditForm) -> str:
        found = services.create_questionnaire(
            written=valid.written(),
            subject_kind=valid.cleaned_data["subject_kind"],
            actor=current_user(request),
            now=timezone.now(),
        )
        messages.success(request, _("The questionnaire is saved."))
        return _url(found)

    cancel = reverse("questionnaires:questionnaire-list")
    context = {"title": _("New questionnaire"), "cancel_url": cancel}
    if more:
        return render_page(request, FORM, {"form": form} | context, partial="form")
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def questionnaire_edit(request: HtmxHttpRequest, questionnaire: str) -> HttpResponse:
    """Change what a questionnaire asks: a new version, from the next sheet on."""
    found, user = get_questionnaire(questionnaire), current_user(request)
    more = "more" in request.POST

    def form(data: Any) -> BaseForm:
        return EditForm(data, questionnaire=found, more=more and data is not None)

    def save(valid: EditForm) -> str:
        version = services.save_version(
            questionnaire=found, written=valid.written(), actor=user, now=timezone.now()
        )
        messages.success(request, _("Version %(n)s is saved.") % {"n": version.number})
        return _url(found)

    context = {"title": found.title, "questionnaire": found, "cancel_url": _url(found)}
    if more:
        shown = carry_base(form(request.POST), request)
        return render_page(request, FORM, {"form": shown} | context, partial="form")
    return edit_page(
        request,
        edit=edit_of(found, user),
        form=form,
        template=FORM,
        save=save,
        context=context,
    )


def get_questionnaire(key: str) -> Questionnaire:
    """Return the questionnaire, writing a registered default that nobody asked for yet; or 404."""
    try:
        return services.ensure_default(key)
    except LookupError as error:
        raise Http404 from error


def _url(found: Questionnaire) -> str:
    return reverse("questionnaires:questionnaire-detail", args=[found.key])
