"""The import wizard: choose a file, match its columns, try it dry, write it, read the result."""

from typing import Any

from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.audit.services import record
from crm_site.common.addresses import client_ip
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import UNPROCESSABLE, Listing, read_page
from crm_site.common.refusals import NotAllowedError
from crm_site.exchange.errors import NO_ROOM, ExchangeError, is_full
from crm_site.exchange.forms import MappingForm, UploadForm
from crm_site.exchange.models import ImportJob
from crm_site.exchange.registry import importers_for
from crm_site.exchange.services import download, jobs, reverting
from crm_site.exchange.services.report import describe, reverted_counts, samples_of
from crm_site.exchange.services.upload import upload
from crm_site.staff.confirmation import critical
from crm_site.staff.current import current_user

START = "exchange/import_start.html"
DETAIL = "exchange/import_detail.html"
LISTING = Listing(template=START, sorts={"latest": ("pk",)}, default_sort="-latest")
STEPS = {
    ImportJob.State.WRITING: 3,
    ImportJob.State.DONE: 4,
    ImportJob.State.REVERTING: 4,
    ImportJob.State.REVERTED: 4,
}
TYPES = {
    "csv": ("text/csv; charset=utf-8", download.as_csv),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        download.as_workbook,
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent(required=True)
def import_start(request: HtmxHttpRequest) -> HttpResponse:
    """Show the form and one's earlier imports; take a file in and try it dry at once."""
    user = current_user(request)
    offered = importers_for(user)
    if not offered:
        raise NotAllowedError(_("Your role does not include imports."))
    form = UploadForm(request.POST or None, request.FILES or None, importers=offered)
    if request.method == "POST" and form.is_valid():
        file, now = form.cleaned_data["file"], timezone.now()
        try:
            job = upload(
                kind=form.cleaned_data["kind"],
                stream=file,
                file_name=file.name,
                actor=user,
                now=now,
            )
        except ExchangeError as error:
            form.add_error("file", str(error))
        except OperationalError as error:
            if not is_full(error):
                raise
            form.add_error("file", str(NO_ROOM))
        else:
            _try_dry(job)
            return go_to(request, _detail_url(job))
    page = read_page(request, queryset=ImportJob.objects.visible_to(user), listing=LISTING)
    status = UNPROCESSABLE if form.is_bound else 200
    context = {"form": form, "page": page, "steps": _steps(), "step": 1}
    return render_page(request, START, context, partial="form", status=status)


@require_safe
def import_detail(request: HtmxHttpRequest, job_id: int) -> HttpResponse:
    """Show where one import stands: its columns and trial run, its progress, or its result."""
    return _detail(request, get_job(request, job_id))


@require_POST
@idempotent()
def import_check(request: HtmxHttpRequest, job_id: int) -> HttpResponse:
    """Keep the columns and options; try again dry, or write when nothing has changed since."""
    job, now = get_job(request, job_id), timezone.now()
    form = MappingForm(request.POST, job=job, samples=samples_of(job))
    if not form.is_valid():
        return _detail(request, job, form=form, status=UNPROCESSABLE)
    wants_write = request.POST.get("action") == "write" and job.state == ImportJob.State.CHECKED
    try:
        if wants_write and not form.differs:
            jobs.start_writing(job=job, now=now)
        else:
            jobs.set_mapping(
                job=job, mapping=form.mapping, options=form.answers, actor=current_user(request)
            )
            jobs.start_check(job=job, now=now)
    except ExchangeError as error:
        form.add_error(None, str(error))
        return _detail(request, job, form=form, status=UNPROCESSABLE)
    return go_to(request, _detail_url(job))


@require_safe
def import_progress(request: HtmxHttpRequest, job_id: int) -> HttpResponse:
    """Draw the progress of an import at work; once it is over, send the browser to the page."""
    job = get_job(request, job_id)
    if not job.is_working:
        return go_to(request, _detail_url(job))
    return render_page(request, DETAIL, _context(job), partial="progress")


@require_POST
@idempotent()
def import_cancel(request: HtmxHttpRequest, job_id: int) -> HttpResponse:
    """Give an import up and drop its rows."""
    jobs.cancel(job=get_job(request, job_id), now=timezone.now())
    return go_to(request, reverse("exchange:import-start"))


@require_POST
@idempotent()
def import_resume(request: HtmxHttpRequest, job_id: int) -> HttpResponse:
    """Go on with an import that stopped."""
    job = get_job(request, job_id)
    jobs.resume(job=job, now=timezone.now())
    return go_to(request, _detail_url(job))


@require_safe
@critical("GET", "HEAD")
def import_errors(request: HtmxHttpRequest, job_id: int, kind: str) -> HttpResponse:
    """Hand back the rows that were not imported, each with its reason."""
    job = get_job(request, job_id)
    if kind not in TYPES or not job.parts.exists():
        raise Http404
    content_type, make = TYPES[kind]
    record(
        kind="import.rows_handed_back",
        actor=current_user(request),
        subject=("import", job.pk),
        facts={"rows": job.counts.get("bad", 0), "type": kind},
        ip=client_ip(request),
        now=timezone.now(),
    )
    response = HttpResponse(make(job), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="import-{job.pk}-errors.{kind}"'
    return response


def get_job(request: HtmxHttpRequest, job_id: int) -> ImportJob:
    """Return an import of the person's own; 404 for others', 403 without the right to import."""
    user = current_user(request)
    found = ImportJob.objects.visible_to(user).select_related("author").filter(pk=job_id).first()
    if found is None:
        raise Http404
    if found.kind not in {offered.key for offered in importers_for(user)}:
        raise NotAllowedError(_("Your role does not include this import."))
    return found


def _try_dry(job: ImportJob) -> None:
    """Start the trial run; where a question is open the page asks it first."""
    try:
        jobs.start_check(job=job, now=job.created_at)
    except ExchangeError:
        return


def _detail(
    request: HtmxHttpRequest, job: ImportJob, *, form: MappingForm | None = None, status: int = 200
) -> HttpResponse:
    context = _context(job)
    if job.state in (ImportJob.State.UPLOADED, ImportJob.State.CHECKED):
        context["form"] = form or MappingForm(job=job, samples=samples_of(job))
        context["question"] = _question(job)
    return render_page(request, DETAIL, context, partial="body", status=status)


def _question(job: ImportJob) -> str:
    try:
        jobs.require_answers(job)
        jobs.check_mapping(job)
    except ExchangeError as error:
        return str(error)
    return ""


def _context(job: ImportJob) -> dict[str, Any]:
    now, traces = timezone.now(), job.traces.count()
    return {
        "job": job,
        "steps": _steps(),
        "step": STEPS.get(ImportJob.State(job.state), 2),
        "report": describe(job),
        "traces": traces,
        "revert_until": reverting.revert_until(job, now=now) if traces else None,
        "reverted": reverted_counts(job) if job.parts_reverted else [],
        "has_rows": job.parts.exists(),
        "stalled": ImportJob.objects.stalled(now=now).filter(pk=job.pk).exists(),
    }


def _steps() -> list[str]:
    return [_("Choose file"), _("Columns and trial run"), _("Import"), _("Result")]


def _detail_url(job: ImportJob) -> str:
    return reverse("exchange:import-detail", args=[job.pk])
