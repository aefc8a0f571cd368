"""Performance reports: opened, written, published, printed; and their measures."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.pages import change_form, done, found_in, short_form, working
from analytics.reviews import selectors
from analytics.reviews.figures import label_of
from analytics.reviews.filters import MeasureFilter, ReportFilter
from analytics.reviews.forms import MeasureForm, NotesForm, OpenReportForm, ResultForm
from analytics.reviews.meeting_models import ManagementReview
from analytics.reviews.querysets import KEEP, OWN, VIEW
from analytics.reviews.registers import levers_for
from analytics.reviews.report_models import Measure, PerformanceReport, ReportPaper
from analytics.reviews.rules.periods import span_of
from analytics.reviews.services.freezing import open_report
from analytics.reviews.services.measures import (
    MeasureDraft,
    add_measure,
    change_measure,
    finish_measure,
)
from analytics.reviews.services.publishing import (
    gap_words,
    gaps_of,
    publish_report,
    write_notes,
)
from crm_site.common.files import hand_out
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.staff.current import current_user

REPORTS = Listing(
    template="analytics/reviews/reports.html",
    sorts={"latest": ("-starts_on", "-id"), "number": ("number", "id")},
    default_sort="latest",
    filter_class=ReportFilter,
)
MEASURES = Listing(
    template="analytics/reviews/measures.html",
    sorts={"due": ("due_on", "id"), "latest": ("-id",)},
    default_sort="due",
    filter_class=MeasureFilter,
)


def get_report(request: HtmxHttpRequest, key: int) -> PerformanceReport:
    """Return the report; 404 where it is missing or of another region."""
    joined = ("region", "opened_by", "published_by")
    found: PerformanceReport = found_in(PerformanceReport.objects, request, key, *joined)
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def performance_reports(request: HtmxHttpRequest) -> HttpResponse:
    """Show the reports, with how many figures miss their target."""
    user = current_user(request)
    return list_page(
        request,
        queryset=PerformanceReport.objects.visible_to(user).select_related("region"),
        listing=REPORTS,
        present=selectors.report_lines,
        context={"may_keep": user.has_perm(KEEP)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def performance_report_open(request: HtmxHttpRequest) -> HttpResponse:
    """Open the report of a period that is over; its figures are frozen."""
    user = current_user(request)

    def run(data: dict[str, Any]) -> PerformanceReport:
        report, is_new = open_report(
            kind=data["kind"],
            span=span_of(data["kind"], data["day"]),
            region_id=data["region"].pk if data["region"] else None,
            **working(request),
        )
        if not is_new:
            messages.info(request, _("This report was opened before."))
        return report

    return short_form(
        request,
        form=OpenReportForm(request.POST or None, user=user),
        title=_("Open a report"),
        back=reverse("analytics:performance-reports"),
        submit=_("Freeze the figures"),
        run=run,
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def performance_report(request: HtmxHttpRequest, performance_report_id: int) -> HttpResponse:
    """Show a report: its four blocks, what it lacks, its measures."""
    report, user = get_report(request, performance_report_id), current_user(request)
    is_open = report.state == "open"
    blocks, measures = selectors.blocks_of(report), list(selectors.measures_in(report))
    context = {
        "report": report,
        "blocks": blocks,
        "lights": selectors.lights_of(blocks),
        "chart": selectors.attainment_chart(blocks),
        "measures": measures,
        "open_measures": sum(one.measure.done_on is None for one in measures),
        "gaps": [gap_words(one) for one in gaps_of(report, timezone.now())] if is_open else [],
        "may_keep": user.has_perm(KEEP) and is_open,
        "today": timezone.localdate(),
    }
    return render(request, "analytics/reviews/report.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def performance_report_edit(request: HtmxHttpRequest, performance_report_id: int) -> HttpResponse:
    """Write what was found in each block."""
    report = get_report(request, performance_report_id)

    def form(data: Any) -> BaseForm:
        return NotesForm(data, report=get_report(request, report.pk))

    return change_form(
        request,
        row=report,
        form=form,
        title=_("Problems and findings: %(number)s") % {"number": report.number},
        run=lambda data: write_notes(report=report, notes=data, **working(request)),
    )


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def performance_report_publish(
    request: HtmxHttpRequest, performance_report_id: int
) -> HttpResponse:
    """Publish a report that lacks nothing."""
    report = get_report(request, performance_report_id)
    publish_report(report=report, **working(request))
    return done(request, report, _("The report is published."))


@require_safe
@permission_required(VIEW, raise_exception=True)
def performance_report_pdf(request: HtmxHttpRequest, performance_report_id: int) -> HttpResponse:
    """Hand out the PDF of a published report."""
    report = get_report(request, performance_report_id)
    paper = ReportPaper.objects.filter(report=report).first()
    if paper is None:
        raise Http404
    return hand_out(paper)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def report_measure_add(
    request: HtmxHttpRequest, performance_report_id: int, figure_id: int
) -> HttpResponse:
    """Answer a figure with a measure; the library proposes some."""
    report = get_report(request, performance_report_id)
    figure = report.figures.filter(pk=figure_id).first()
    if figure is None:
        raise Http404
    return measure_add(request, report, figure.kpi, levers_for(figure.kpi, figure.group))


def measure_add(
    request: HtmxHttpRequest,
    source: PerformanceReport | ManagementReview,
    kpi: str,
    proposals: list[str],
) -> HttpResponse:
    """Show the form of a measure and write it under its report or review."""
    user = current_user(request)
    chosen = request.GET.get("what", "")
    initial = {"what": chosen} if chosen in proposals else {}
    form = MeasureForm(request.POST or None, user=user, initial=initial)

    def save(valid: MeasureForm) -> str:
        draft = MeasureDraft(**valid.cleaned_data)
        add_measure(source=source, kpi=kpi, draft=draft, actor=user, now=timezone.now())
        return source.get_absolute_url()

    title = _("Measure: %(what)s") % {"what": label_of(kpi) if kpi else str(source)}
    context = {"title": title, "cancel_url": source.get_absolute_url(), "proposals": proposals}
    return form_page(
        request,
        form=form,
        template="analytics/reviews/measure_form.html",
        save=save,
        context=context,
    )


@require_safe
@permission_required(OWN, raise_exception=True)
def measures(request: HtmxHttpRequest) -> HttpResponse:
    """Show the measures of one's region, or those one answers for."""
    user = current_user(request)
    rows = Measure.objects.visible_to(user).select_related("owner", "report", "review", "region")
    today = timezone.localdate()
    late = Measure.objects.visible_to(user).overdue(today=today).count()
    return list_page(
        request, queryset=rows, listing=MEASURES, context={"today": today, "late": late}
    )


def get_measure(request: HtmxHttpRequest, key: int) -> Measure:
    """Return the measure; 404 where it is missing or of another region."""
    joined = ("owner", "report", "review", "region", "created_by")
    found: Measure = found_in(Measure.objects, request, key, *joined)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(OWN, raise_exception=True)
@idempotent()
def measure(request: HtmxHttpRequest, measure_id: int) -> HttpResponse:
    """Show a measure; a post reports it done with a result."""
    row, user = get_measure(request, measure_id), current_user(request)
    form = ResultForm(request.POST or None)

    def save(valid: ResultForm) -> str:
        result = valid.cleaned_data["result"]
        finish_measure(measure=row, result=result, actor=user, now=timezone.now())
        return row.get_absolute_url()

    may_finish = row.done_on is None and (user.has_perm(KEEP) or user.pk == row.owner_id)
    context = {
        "measure": row,
        "label": label_of(row.kpi) if row.kpi else "",
        "reports": row.entries.select_related("report").order_by("pk"),
        "may_finish": may_finish,
        "may_keep": user.has_perm(KEEP) and row.done_on is None,
        "may_view": user.has_perm(VIEW),
        "today": timezone.localdate(),
    }
    return form_page(
        request, form=form, template="analytics/reviews/measure.html", save=save, context=context
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def measure_edit(request: HtmxHttpRequest, measure_id: int) -> HttpResponse:
    """Change a measure that is not done."""
    row, user = get_measure(request, measure_id), current_user(request)

    def form(data: Any) -> BaseForm:
        return MeasureForm(data, user=user, measure=get_measure(request, row.pk))

    return change_form(
        request,
        row=row,
        form=form,
        title=_("Change the measure"),
        run=lambda data: change_measure(
            measure=row, draft=MeasureDraft(**data), **working(request)
        ),
    )
