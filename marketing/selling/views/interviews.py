"""Depth interviews: programmes, the sample, one interview, its findings (CUS-58)."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.common.subjects import references
from crm_site.questionnaires.models import AnswerSheet
from crm_site.questionnaires.services import ensure_default
from crm_site.staff.current import current_user
from marketing.selling.check_forms import HeldForm, InterviewProgrammeForm, LinkForm, WhyForm
from marketing.selling.customer_models import (
    DepthInterview,
    InterviewFinding,
    InterviewProgramme,
)
from marketing.selling.pages import change_form, found_in, short_form, working
from marketing.selling.querysets import INTERVIEW, SEE_INTERVIEWS
from marketing.selling.services import interviews as services
from marketing.selling.sheets import GUIDE

PROGRAMMES = Listing(
    template="marketing/selling/programmes.html",
    sorts={"latest": ("-starts_on", "-id")},
    default_sort="latest",
)


@require_safe
@permission_required(SEE_INTERVIEWS, raise_exception=True)
def interview_programmes(request: HtmxHttpRequest) -> HttpResponse:
    """Show the programmes with how far they are."""
    user = current_user(request)
    findings = InterviewFinding.objects.filter(interview__programme=OuterRef("pk"))
    rows = InterviewProgramme.objects.visible_to(user).select_related("project", "owner")
    rows = rows.annotate(
        held=Count("interviews", filter=Q(interviews__state="held")),
        has_open=Exists(findings.filter(item_id__isnull=True)),
    )
    context = {"may_keep": user.has_perm(INTERVIEW)}
    return list_page(request, queryset=rows, listing=PROGRAMMES, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(INTERVIEW, raise_exception=True)
@idempotent()
def interview_programme_add(request: HtmxHttpRequest) -> HttpResponse:
    """Plan depth interviews."""
    return short_form(
        request,
        form=InterviewProgrammeForm(request.POST or None, user=current_user(request)),
        run=lambda data: services.keep_programme(
            programme=None, draft=services.ProgrammeDraft(**data), **working(request)
        ),
        title=_("Plan depth interviews"),
        back=reverse("marketing:interview-programmes"),
    )


@require_safe
@permission_required(SEE_INTERVIEWS, raise_exception=True)
def interview_programme(request: HtmxHttpRequest, interview_programme_id: int) -> HttpResponse:
    """Show a programme: its sample and its findings with their improvement items."""
    programme, user = get_programme(request, interview_programme_id), current_user(request)
    rows = DepthInterview.objects.visible_to(user).filter(programme=programme)
    findings = list(
        InterviewFinding.objects.filter(interview__in=rows)
        .select_related("interview__customer")
        .order_by("tag", "pk")
    )
    context = {
        "programme": programme,
        "interviews": rows.select_related("customer", "interviewer").order_by("state", "pk")[:200],
        "findings": with_items(findings, request),
        "may_keep": user.has_perm(INTERVIEW),
    }
    return render(request, "marketing/selling/programme.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(INTERVIEW, raise_exception=True)
@idempotent()
def interview_programme_edit(request: HtmxHttpRequest, interview_programme_id: int) -> HttpResponse:
    """Change a programme."""
    programme, user = get_programme(request, interview_programme_id), current_user(request)
    return change_form(
        request,
        row=programme,
        form=lambda data: InterviewProgrammeForm(data, user=user, programme=programme),
        run=lambda valid: services.keep_programme(
            programme=programme,
            draft=services.ProgrammeDraft(**valid.cleaned_data),
            **working(request),
        ),
    )


@require_POST
@permission_required(INTERVIEW, raise_exception=True)
@idempotent()
def interview_programme_draw(request: HtmxHttpRequest, interview_programme_id: int) -> HttpResponse:
    """Draw customers until the sample is full."""
    programme = get_programme(request, interview_programme_id)
    n = services.draw_sample(programme=programme, **working(request))
    words = ngettext("%(n)s customer was drawn.", "%(n)s customers were drawn.", n) % {"n": n}
    messages.success(request, words)
    return go_to(request, programme.get_absolute_url())


@require_safe
@permission_required(SEE_INTERVIEWS, raise_exception=True)
def depth_interview(request: HtmxHttpRequest, depth_interview_id: int) -> HttpResponse:
    """Show an interview: guide, summary, findings."""
    row, user = get_interview(request, depth_interview_id), current_user(request)
    ensure_default(GUIDE)
    sheets = AnswerSheet.objects.visible_to(user).about("depth-interview", row.pk).complete()
    context = {
        "interview": row,
        "guide": GUIDE,
        "sheets": sheets.order_by("-completed_at"),
        "findings": with_items(list(row.findings.order_by("pk")), request),
        "may_hold": user.has_perm(INTERVIEW) and row.state == "planned",
        "may_link": user.has_perm(INTERVIEW),
    }
    return render(request, "marketing/selling/interview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(INTERVIEW, raise_exception=True)
@idempotent()
def depth_interview_hold(request: HtmxHttpRequest, depth_interview_id: int) -> HttpResponse:
    """Write down an interview with its findings."""
    row = get_interview(request, depth_interview_id)
    form = HeldForm(request.POST or None)
    return short_form(
        request,
        form=form,
        run=lambda data: services.hold_interview(
            interview=row, summary=data["summary"], findings=form.findings(), **working(request)
        ),
        title=_("Write down the interview"),
        back=row.get_absolute_url(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(INTERVIEW, raise_exception=True)
@idempotent()
def depth_interview_drop(request: HtmxHttpRequest, depth_interview_id: int) -> HttpResponse:
    """Note that an interview is not held."""
    row = get_interview(request, depth_interview_id)
    return short_form(
        request,
        form=WhyForm(request.POST or None),
        run=lambda data: services.drop_interview(
            interview=row, reason=data["reason"], **working(request)
        ),
        title=_("The interview is not held"),
        back=row.get_absolute_url(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(INTERVIEW, raise_exception=True)
@idempotent()
def interview_finding_link(
    request: HtmxHttpRequest, depth_interview_id: int, interview_finding_id: int
) -> HttpResponse:
    """Let a finding lead to an improvement item."""
    row = get_interview(request, depth_interview_id)
    finding = row.findings.filter(pk=interview_finding_id).first()
    if finding is None:
        raise Http404

    def run(data: dict[str, int]) -> DepthInterview:
        services.link_finding(finding=finding, item_id=data["item"], **working(request))
        return row

    return short_form(
        request,
        form=LinkForm(request.POST or None, user=current_user(request)),
        run=run,
        title=_("Link to an improvement item"),
        back=row.get_absolute_url(),
    )


def with_items(
    findings: list[InterviewFinding], request: HtmxHttpRequest
) -> list[tuple[InterviewFinding, object]]:
    """Return findings with the items they lead to, as the asker may see them."""
    pairs = [(services.ITEM, one.item_id) for one in findings if one.item_id is not None]
    known = references(pairs, current_user(request))
    return [(one, known.get((services.ITEM, str(one.item_id)))) for one in findings]


def get_programme(request: HtmxHttpRequest, key: int) -> InterviewProgramme:
    """Return the programme; 404 where it is missing or of a project one does not see."""
    found: InterviewProgramme = found_in(
        InterviewProgramme.objects, request, key, "project", "owner"
    )
    return found


def get_interview(request: HtmxHttpRequest, key: int) -> DepthInterview:
    """Return the interview; 404 where programme or customer are not for the asker's eyes."""
    found: DepthInterview = found_in(
        DepthInterview.objects, request, key, "programme", "customer", "interviewer"
    )
    return found
