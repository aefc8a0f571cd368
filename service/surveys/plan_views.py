"""The improvement plan of a survey and the reports of satisfaction."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.files import hand_out
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from service.surveys import choices
from service.surveys.querysets import MANAGE, VIEW
from service.surveys.report_models import (
    ImprovementItem,
    ImprovementPlan,
    SatisfactionReport,
)
from service.surveys.services.planning import (
    ItemEntry,
    change_item,
    plan_improvement,
    progress_of,
)
from service.surveys.services.reporting import Period, make_report
from service.surveys.views import FORM, get_survey

REPORTS = Listing(
    template="service/surveys/reports.html",
    sorts={"latest": ("-id",), "number": ("number", "id")},
    default_sort="latest",
)


class ImprovementForm(forms.Form):
    """What is done about a low figure."""

    measure = forms.CharField(label=pgettext_lazy("improvement", "Measure"), max_length=300)
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Responsible"), queryset=User.objects.none(), required=False
    )
    due_on = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    done_on = forms.DateField(
        label=gettext_lazy("Done on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    result = forms.CharField(label=gettext_lazy("Result"), max_length=300, required=False)

    def __init__(self, *args: Any, user: User, item: ImprovementItem, **kwargs: Any) -> None:
        names = ("measure", "due_on", "done_on", "result")
        kwargs["initial"] = {name: getattr(item, name) for name in names} | {"owner": item.owner_id}
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, node__isnull=False)
        if user.node and user.node.region_id:
            people = people.filter(node__region=user.node.region_id)
        self.fields["owner"].queryset = people.order_by("name")  # type: ignore[attr-defined]


class SatisfactionReportForm(forms.Form):
    """A report: what for, from when to when."""

    kind = forms.ChoiceField(label=gettext_lazy("Report"), choices=choices.REPORTS)
    starts_on = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MANAGE, raise_exception=True)
@idempotent()
def survey_plan(request: HtmxHttpRequest, survey_id: int) -> HttpResponse:
    """Show the plan of a survey; a post makes it, or adds what became low since."""
    survey, user = get_survey(request, survey_id), current_user(request)
    if request.method == "POST":
        plan_improvement(survey=survey, actor=user, now=timezone.now())
        messages.success(request, _("Every low figure has an item now."))
        return go_to(request, reverse("service:survey-plan", args=[survey.pk]))
    plan = ImprovementPlan.objects.filter(survey=survey).first()
    rows = ImprovementItem.objects.filter(plan=plan).select_related("project", "owner")
    items = list(rows.order_by("figure", "pk")) if plan else []
    context = {"survey": survey, "plan": plan, "items": items, "progress": progress_of(items)}
    return render(request, "service/surveys/plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MANAGE, raise_exception=True)
@idempotent()
def improvement_item(request: HtmxHttpRequest, survey_id: int, improvement_id: int) -> HttpResponse:
    """Say who does what about a low figure, or that it is done."""
    survey, user = get_survey(request, survey_id), current_user(request)
    item = ImprovementItem.objects.filter(plan__survey=survey, pk=improvement_id).first()
    if item is None:
        raise Http404
    here = reverse("service:survey-plan", args=[survey.pk])

    def form(data: Any) -> BaseForm:
        return ImprovementForm(data, user=user, item=item)

    def save(valid: ImprovementForm) -> str:
        try:
            change_item(
                item=item, entry=ItemEntry(**valid.cleaned_data), actor=user, now=timezone.now()
            )
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        return here

    return edit_page(
        request,
        edit=edit_of(item, user),
        form=form,
        template=FORM,
        save=save,
        context={"title": item.topic, "cancel_url": here},
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def satisfaction_reports(request: HtmxHttpRequest) -> HttpResponse:
    """Show the reports made so far."""
    user = current_user(request)
    rows = SatisfactionReport.objects.visible_to(user).defer("content").select_related("made_by")
    return list_page(
        request, queryset=rows, listing=REPORTS, context={"may_manage": user.has_perm(MANAGE)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MANAGE, raise_exception=True)
@idempotent()
def satisfaction_report_add(request: HtmxHttpRequest) -> HttpResponse:
    """Make a report of a period from what is known now."""
    form = SatisfactionReportForm(request.POST or None)

    def save(valid: SatisfactionReportForm) -> str:
        row = make_report(
            period=Period(**valid.cleaned_data), actor=current_user(request), now=timezone.now()
        )
        return reverse("service:satisfaction-report", args=[row.pk])

    context = {
        "title": pgettext("satisfaction", "New report"),
        "cancel_url": reverse("service:satisfaction-reports"),
        "submit_label": _("Freeze the figures"),
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


def _report(request: HtmxHttpRequest, key: int) -> SatisfactionReport:
    rows = SatisfactionReport.objects.visible_to(current_user(request))
    found: SatisfactionReport | None = rows.select_related("made_by").filter(pk=key).first()
    if found is None:
        raise Http404
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def satisfaction_report(request: HtmxHttpRequest, satisfaction_report_id: int) -> HttpResponse:
    """Show a report as it was frozen."""
    return render(
        request, "service/surveys/report.html", {"report": _report(request, satisfaction_report_id)}
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def satisfaction_report_pdf(request: HtmxHttpRequest, satisfaction_report_id: int) -> HttpResponse:
    """Hand out the PDF of a report."""
    return hand_out(_report(request, satisfaction_report_id))
