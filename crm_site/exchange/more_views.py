"""Beside the wizard: mending single rows of a tried import, and taking a written one back."""

import re

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page, wants_partial
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import UNPROCESSABLE, Listing, read_page
from crm_site.exchange.errors import JobStateError
from crm_site.exchange.models import ImportJob
from crm_site.exchange.registry import importer
from crm_site.exchange.services import mending, reverting
from crm_site.exchange.services.report import kept_rows
from crm_site.exchange.views import get_job
from crm_site.staff.current import current_user

ROWS = "exchange/import_rows.html"
REVERT = "exchange/import_revert.html"
KEPT = "exchange/import_kept.html"
CELL = re.compile(r"cell-(\d{1,3})", re.ASCII)
ROW_LISTING = Listing(template=ROWS, sorts={"row": ("row",)}, default_sort="row")
KEPT_LISTING = Listing(template=KEPT, sorts={"row": ("pk",)}, default_sort="row")


@require_safe
def import_rows(request: HtmxHttpRequest, job_id: int) -> HttpResponse:
    """List the rows with problems of a tried import, their bad cells ready to be mended."""
    job = get_job(request, job_id)
    return _rows(request, job)


@require_POST
@idempotent()
def import_row(request: HtmxHttpRequest, job_id: int, number: int) -> HttpResponse:
    """Mend cells of one row: 422 with the reasons while it is still bad."""
    job = get_job(request, job_id)
    texts = {int(m[1]): request.POST[m[0]] for m in map(CELL.fullmatch, request.POST) if m}
    row = mending.mend(job=job, number=number, texts=texts, now=timezone.now())
    status = UNPROCESSABLE if row.is_bad else 200
    if wants_partial(request):
        context = {"job": job, "row": row, "is_tried": True}
        return render(request, "exchange/_bad_row.html", context, status=status)
    if row.is_bad:
        return _rows(request, job, tried=row, status=status)
    return go_to(request, reverse("exchange:import-rows", args=[job.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent()
def import_revert(request: HtmxHttpRequest, job_id: int) -> HttpResponse:
    """Say what a revert does and ask; then start it."""
    job, now = get_job(request, job_id), timezone.now()
    if request.method == "POST":
        reverting.start_revert(job=job, actor=current_user(request), now=now)
        return go_to(request, reverse("exchange:import-detail", args=[job.pk]))
    until = reverting.revert_until(job, now=now)
    if until is None:
        raise JobStateError(reverting.TOO_LATE)
    context = {"job": job, "until": until, "stays": importer(job.kind).stays}
    return render_page(request, REVERT, context)


@require_safe
def import_kept(request: HtmxHttpRequest, job_id: int) -> HttpResponse:
    """List the rows a revert left, each with its reason."""
    job = get_job(request, job_id)
    page = read_page(request, queryset=job.kept.all(), listing=KEPT_LISTING)
    rows = kept_rows(job, page.rows, current_user(request))
    return render_page(request, KEPT, {"job": job, "page": page, "rows": rows})


def _rows(
    request: HtmxHttpRequest,
    job: ImportJob,
    *,
    tried: mending.BadRow | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw the list; ``tried`` stands first with what was typed into it."""
    if job.state != ImportJob.State.CHECKED:
        raise JobStateError(mending.MOVED_ON)
    shown = request.GET.get("show", "errors")
    shown = shown if shown in mending.SHOWN else "errors"
    found = mending.rows_with_problems(job, shown=shown)
    page = read_page(request, queryset=found, listing=ROW_LISTING)
    rows = mending.bad_rows(job, [error.row for error in page.rows])
    if tried is not None:
        rows = [tried, *(row for row in rows if row.number != tried.number)]
    context = {"job": job, "page": page, "rows": rows, "shown": shown}
    return render_page(request, ROWS, context, status=status)
