"""Surveys: the list, making one, its page with the figures, the answers behind each figure."""

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.common.refusals import RefusedError
from crm_site.questionnaires.services import ensure_defaults
from crm_site.staff.current import current_user
from service.surveys import selectors
from service.surveys.choices import Trigger
from service.surveys.detail import detail_of
from service.surveys.filters import ResponseFilter, SurveyFilter
from service.surveys.forms import SurveyForm
from service.surveys.models import Survey, SurveyResponse
from service.surveys.phone_form import PhoneForm
from service.surveys.phone_views import page_of
from service.surveys.querysets import MANAGE, VIEW
from service.surveys.services.answering import asked
from service.surveys.services.opening import (
    audience_of,
    close_survey,
    open_survey,
    write_survey,
)

FORM: Final = "service/surveys/form.html"
SURVEYS = Listing(
    template="service/surveys/list.html",
    sorts={"latest": ("-id",), "title": ("title", "id")},
    default_sort="latest",
    filter_class=SurveyFilter,
)
ANSWERS = Listing(
    template="service/surveys/answers.html",
    sorts={"latest": ("-id",), "score": ("score", "id")},
    default_sort="latest",
    filter_class=ResponseFilter,
)


def get_survey(request: HtmxHttpRequest, survey_id: int) -> Survey:
    """Return the survey; 404 where it is missing or out of scope."""
    rows = Survey.objects.visible_to(current_user(request))
    rows = rows.select_related("questionnaire", "version", "project__node", "created_by")
    found: Survey | None = rows.filter(pk=survey_id).first()
    if found is None:
        raise Http404
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def survey_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the surveys, with how many were asked and how many answered."""
    user = current_user(request)
    rows = Survey.objects.visible_to(user).select_related("project", "questionnaire")
    return list_page(
        request,
        queryset=rows,
        listing=SURVEYS,
        present=lambda found: selectors.survey_lines(found, user),
        context={"may_manage": user.has_perm(MANAGE)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MANAGE, raise_exception=True)
@idempotent()
def survey_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write the draft of a survey."""
    if request.method != "POST":
        ensure_defaults()
    user = current_user(request)
    form = SurveyForm(request.POST or None, user=user)

    def save(valid: SurveyForm) -> str:
        return _saved(valid, None, user)

    context = {"title": _("New survey"), "cancel_url": reverse("service:survey-list")}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MANAGE, raise_exception=True)
@idempotent()
def survey_edit(request: HtmxHttpRequest, survey_id: int) -> HttpResponse:
    """Change a draft; an open survey stays as it is."""
    survey, user = get_survey(request, survey_id), current_user(request)

    def form(data: Any) -> BaseForm:
        return SurveyForm(data, user=user, survey=survey)

    return edit_page(
        request,
        edit=edit_of(survey, user),
        form=form,
        template=FORM,
        save=lambda valid: _saved(valid, survey, user),
        context={"title": survey.title, "cancel_url": survey.get_absolute_url()},
    )


def _saved(form: SurveyForm, survey: Survey | None, user: Any) -> str:
    try:
        row = write_survey(draft=form.draft(), actor=user, now=timezone.now(), survey=survey)
    except RefusedError as refusal:
        raise ValidationError(str(refusal)) from refusal
    return row.get_absolute_url()


@require_safe
@permission_required(VIEW, raise_exception=True)
def survey_detail(request: HtmxHttpRequest, survey_id: int) -> HttpResponse:
    """Show how far a survey is and what it says; of a draft, whom it would ask."""
    survey, user = get_survey(request, survey_id), current_user(request)
    context: dict[str, Any] = {
        "survey": survey,
        "version": survey.asked_version(),
        "may_manage": user.has_perm(MANAGE),
        "out_words": selectors.out_lines(survey.left_out),
    }
    if survey.is_draft:
        if survey.trigger == Trigger.AUDIENCE:
            found = audience_of(survey, actor=user, now=timezone.now())
            context |= {"audience": found, "out_words": selectors.out_lines(found.left_out)}
        return render(request, "service/surveys/draft.html", context)
    context |= detail_of(survey, user, request.GET)
    return render(request, "service/surveys/detail.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def survey_preview(request: HtmxHttpRequest, survey_id: int) -> HttpResponse:
    """Show the page as a customer gets it; nothing can be sent."""
    survey = get_survey(request, survey_id)
    what = asked(survey.asked_version().pk)
    context = page_of(what, PhoneForm(what.outline, None)) | {
        "preview": survey,
        "is_anonymous": survey.of_staff,
    }
    return render(request, "service/surveys/phone.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def survey_answers(request: HtmxHttpRequest, survey_id: int) -> HttpResponse:
    """Show the answers behind a figure; those of the staff are shown as figures only."""
    survey, user = get_survey(request, survey_id), current_user(request)
    if survey.of_staff:
        raise Http404
    rows = SurveyResponse.objects.visible_to(user).filter(survey=survey)
    return list_page(
        request,
        queryset=rows.select_related("customer", "project", "version", "ticket", "survey"),
        listing=ANSWERS,
        present=lambda found: selectors.answer_lines(found, user),
        context={"survey": survey},
    )


@require_POST
@permission_required(MANAGE, raise_exception=True)
@idempotent()
def survey_open(request: HtmxHttpRequest, survey_id: int) -> HttpResponse:
    """Open a draft: from now on it asks."""
    survey = get_survey(request, survey_id)
    opened = open_survey(survey=survey, actor=current_user(request), now=timezone.now())
    if opened.trigger in (Trigger.AUDIENCE, Trigger.STAFF):
        number = opened.invitations.count()
        messages.success(request, _("The survey is open; %(n)s people are asked.") % {"n": number})
    else:
        messages.success(request, _("The survey is open; it asks after each event."))
    return go_to(request, opened.get_absolute_url())


@require_POST
@permission_required(MANAGE, raise_exception=True)
@idempotent()
def survey_close(request: HtmxHttpRequest, survey_id: int) -> HttpResponse:
    """Close a survey: its links end."""
    survey = get_survey(request, survey_id)
    close_survey(survey=survey, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The survey is closed; its links have ended."))
    return go_to(request, survey.get_absolute_url())
