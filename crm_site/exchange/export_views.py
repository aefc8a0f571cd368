"""Taking a list out: the reason, the waiting, the file."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.edits import Edit
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import UNPROCESSABLE, Listing, edit_page, read_page
from crm_site.common.refusals import NotAllowedError, RefusedError, StaleError
from crm_site.exchange.export_forms import ExportForm
from crm_site.exchange.export_models import ExportJob
from crm_site.exchange.export_policy import EXPORT_RULES
from crm_site.exchange.exporters import (
    Exporter,
    ExportFilterError,
    exporter_of,
    exporter_or_none,
    may_export_anything,
)
from crm_site.exchange.services import exports
from crm_site.policies.services import in_force
from crm_site.staff.confirmation import critical
from crm_site.staff.current import current_user

START = "exchange/export_start.html"
DETAIL = "exchange/export_detail.html"
CHANGE = "exchange/export_change.html"
LIST = "exchange/export_list.html"
LISTING = Listing(template=LIST, sorts={"latest": ("-pk",)}, default_sort="latest")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def export_list(request: HtmxHttpRequest) -> HttpResponse:
    """List one's own exports."""
    user = current_user(request)
    _require_any(request)
    page = read_page(
        request, queryset=ExportJob.objects.visible_to(user).defer("file", "query"), listing=LISTING
    )
    rows = [(job, _label(job)) for job in page.rows]
    return render(request, LIST, {"page": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@critical()
@idempotent(required=True)
def export_start(request: HtmxHttpRequest, list_key: str) -> HttpResponse:
    """Ask for an export of the list as the query string narrows it: reason and columns."""
    _require_any(request)
    found, user, now = exporter_or_none(list_key), current_user(request), timezone.now()
    if found is None:
        raise Http404
    exports.require_right(found, user)
    query = _list_query(request)
    form = ExportForm(request.POST or None, columns=found.columns)
    rows, problem = 0, ""
    try:
        rows = exports.rows_of(found, user=user, query=query, now=now)
    except (RefusedError, ExportFilterError) as error:
        problem = str(error)
    if request.method == "POST" and form.is_valid() and not problem:
        job = exports.ask_export(
            kind=found.key,
            query=query,
            columns=form.cleaned_data["columns"],
            reason=form.cleaned_data["reason"],
            actor=user,
            now=now,
        )
        return go_to(request, _url(job))
    limit = in_force(EXPORT_RULES, at=now).value.rows_without_approval
    context = {
        "exporter": found,
        "form": form,
        "rows": rows,
        "problem": problem,
        "chosen": [] if problem else found.filters(user, query),
        "needs_approval": rows > limit,
        "back_url": f"{reverse(found.back_url_name)}?{query.urlencode()}",
    }
    status = UNPROCESSABLE if form.is_bound or problem else 200
    return render_page(request, START, context, partial="form", status=status)


@require_safe
def export_detail(request: HtmxHttpRequest, export_id: int) -> HttpResponse:
    """Show where one export stands."""
    return render_page(request, DETAIL, _context(_job(request, export_id)), partial="body")


@require_safe
def export_progress(request: HtmxHttpRequest, export_id: int) -> HttpResponse:
    """Draw the progress of an export at work; once it is over, send the browser to the page."""
    job = _job(request, export_id)
    if not job.is_working:
        return go_to(request, _url(job))
    return render_page(request, DETAIL, _context(job), partial="progress")


@require_http_methods(["GET", "HEAD", "POST"])
@critical()
@idempotent()
def export_change(request: HtmxHttpRequest, export_id: int) -> HttpResponse:
    """Change the reason or the columns of one's export while it waits; signatures are void."""
    job = _job(request, export_id)
    if job.state != ExportJob.State.WAITING:
        raise StaleError(_("This request is decided already."))
    found, user = exporter_of(job.kind), current_user(request)

    def form(data: QueryDict | None) -> ExportForm:
        job.refresh_from_db(fields=["reason", "columns"])
        standing = {"reason": job.reason, "columns": job.columns}
        return ExportForm(data, columns=found.columns, initial=standing)

    def save(valid: ExportForm) -> str:
        changed = exports.change_export(
            job=job, actor=user, now=timezone.now(), **valid.cleaned_data
        )
        if valid.has_changed():
            messages.success(request, _("The request is changed and waits to be signed anew."))
        return _url(changed)

    context = {"job": job, "exporter": found, "cancel_url": _url(job)}
    # No lock on the row itself: whoever signs locks the approval first, and so does ``save``.
    edit = Edit(f"exchange.exportjob:{job.pk}", user.pk)
    return edit_page(request, edit=edit, form=form, template=CHANGE, save=save, context=context)


@require_safe
@critical("GET", "HEAD")
def export_file(request: HtmxHttpRequest, export_id: int) -> HttpResponse:
    """Hand the file to its asker, with the rights of this moment."""
    job = _job(request, export_id)
    content = exports.open_file(job=job, user=current_user(request), now=timezone.now())
    response = HttpResponse(content, content_type=WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="{job.kind}-{job}.xlsx"'
    return response


def _list_query(request: HtmxHttpRequest) -> QueryDict:
    """Return the narrowing of the list, without where its reader stood in it."""
    query = request.GET.copy()
    for key in ("after", "before", "page_size", "order"):
        query.pop(key, None)
    return query


def _require_any(request: HtmxHttpRequest) -> None:
    if not may_export_anything(current_user(request)):
        raise NotAllowedError(_("Your role does not include exports."), code="export")


def _job(request: HtmxHttpRequest, export_id: int) -> ExportJob:
    _require_any(request)
    user = current_user(request)
    rows = ExportJob.objects.visible_to(user).select_related("author", "approval")
    found = rows.filter(pk=export_id).first()
    if found is None:
        raise Http404
    exports.require_right(exporter_of(found.kind), user)
    return found


def _context(job: ExportJob) -> dict[str, Any]:
    found: Exporter = exporter_of(job.kind)
    is_dead = job.expires_at is not None and job.expires_at <= timezone.now()
    return {
        "job": job,
        "label": found.label,
        "columns": found.chosen(job.columns),
        "chosen": found.filters(job.author, QueryDict(str(job.query))),
        "is_ready": job.state == ExportJob.State.DONE and not is_dead,
        "is_dead": is_dead or job.state == ExportJob.State.EXPIRED,
    }


def _label(job: ExportJob) -> str:
    found = exporter_or_none(job.kind)
    return str(found.label) if found else job.kind


def _url(job: ExportJob) -> str:
    return reverse("exports:export-detail", args=[job.pk])
