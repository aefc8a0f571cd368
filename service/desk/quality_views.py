"""Quality samples with their score sheets, and the table of feedback."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import UNPROCESSABLE, Listing, form_page, list_page
from crm_site.staff.current import current_user
from customers.models import Project
from customers.pickers import CustomerField
from service.desk import choices
from service.desk.filters import FeedbackFilter
from service.desk.models import Feedback, QualitySample
from service.desk.quality import marks_of
from service.desk.querysets import LEAD, WORK
from service.desk.services import quality
from service.desk.services.feedback import Said, add_feedback
from service.desk.sources import with_sources

SAMPLES = Listing(
    template="service/desk/samples.html",
    sorts={"latest": ("-month", "-id")},
    default_sort="latest",
)
FEEDBACK = Listing(
    template="service/desk/feedback.html",
    sorts={"latest": ("-at", "-id")},
    default_sort="latest",
    filter_class=FeedbackFilter,
)
BY_HAND = [pair for pair in choices.WAYS if pair[0] != "complaint"]


class NoteForm(forms.Form):
    """What the agent is told about a scored call."""

    coach_note = forms.CharField(
        label=gettext_lazy("Note for the agent"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FeedbackForm(forms.Form):
    """Feedback that somebody heard or received."""

    way = forms.ChoiceField(label=gettext_lazy("Way"), choices=BY_HAND)
    project = forms.ModelChoiceField(label=gettext_lazy("Project"), queryset=Project.objects.none())
    customer = CustomerField(label=gettext_lazy("Customer"), required=False)
    score = forms.IntegerField(
        label=gettext_lazy("Score from 1 to 10"), min_value=1, max_value=10, required=False
    )
    text = forms.CharField(
        label=gettext_lazy("What was said"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["customer"].show_to(user)  # type: ignore[attr-defined]


@require_safe
@permission_required(WORK, raise_exception=True)
def sample_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show what was drawn for quality; agents see their own once it is scored."""
    user = current_user(request)
    rows = QualitySample.objects.visible_to(user)
    rows = rows.select_related("agent", "call", "ticket", "sheet")
    context = {"may_lead": user.has_perm(LEAD)}
    return list_page(request, queryset=rows, listing=SAMPLES, context=context)


@require_POST
@permission_required(LEAD, raise_exception=True)
@idempotent()
def sample_draw(request: HtmxHttpRequest) -> HttpResponse:
    """Draw the samples of this month now; those drawn already stay."""
    now = timezone.now()
    new = quality.draw_samples(month=timezone.localdate(now), now=now)["drawn"]
    words = ngettext("%(count)s sample drawn.", "%(count)s samples drawn.", new)
    messages.success(request, words % {"count": new})
    return redirect("service:sample-list")


def _sample(request: HtmxHttpRequest, sample_id: int) -> QualitySample:
    rows = QualitySample.objects.visible_to(current_user(request))
    rows = rows.select_related("agent", "call", "ticket", "sheet")
    found: QualitySample | None = rows.filter(pk=sample_id).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def sample_detail(request: HtmxHttpRequest, sample_id: int) -> HttpResponse:
    """Show a sample, its score and the note; who leads the desk writes the note."""
    sample, user = _sample(request, sample_id), current_user(request)
    may_lead = user.has_perm(LEAD)
    if request.method == "POST" and not may_lead:
        raise Http404
    form = NoteForm(request.POST or None, initial={"coach_note": sample.coach_note})
    if form.is_bound and form.is_valid():
        quality.keep_note(sample=sample, note=form.cleaned_data["coach_note"])
        return redirect("service:sample-detail", sample_id=sample.pk)
    context = {"sample": sample, "form": form, "may_lead": may_lead, "marks": marks_of(sample)}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "service/desk/sample.html", context, status=status)


@require_POST
@permission_required(LEAD, raise_exception=True)
@idempotent()
def sample_score(request: HtmxHttpRequest, sample_id: int) -> HttpResponse:
    """Open the score sheet of a sample."""
    sample, user = _sample(request, sample_id), current_user(request)
    sheet = quality.begin_score(sample=sample, actor=user, now=timezone.now())
    place = "sheet-detail" if sheet.is_complete or sheet.author_id != user.pk else "sheet-fill"
    return redirect(f"questionnaires:{place}", sheet_id=sheet.pk)


@require_safe
@permission_required(WORK, raise_exception=True)
def feedback_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show what customers told us, whichever way it came."""
    user = current_user(request)
    rows = Feedback.objects.visible_to(user).select_related("project", "author")
    return list_page(
        request,
        queryset=rows,
        listing=FEEDBACK,
        present=lambda page: with_sources(page, user),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def feedback_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write down feedback that was heard or received."""
    user = current_user(request)
    form = FeedbackForm(request.POST or None, user=user)

    def save(valid: FeedbackForm) -> str:
        words = dict(valid.cleaned_data)
        project, customer = words.pop("project"), words.pop("customer")
        whose = {"project_id": project.pk, "customer_id": customer.pk if customer else None}
        add_feedback(said=Said(at=timezone.now(), **whose, **words), actor=user)
        return reverse("service:feedback-list")

    context = {
        "title": _("Write feedback down"),
        "submit_label": _("Save"),
        "cancel_url": reverse("service:feedback-list"),
        "draft": "desk-feedback",
    }
    template = "service/desk/form.html"
    return form_page(request, form=form, template=template, save=save, context=context)
