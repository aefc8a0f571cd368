"""The pages of contractors: the list with the scorecard, one of them, the rows behind a figure."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, list_page
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.models import Project
from customers.rules.phones import mask_phone, show_phone
from service.repairs import forms, scorecard, selectors
from service.repairs.filters import ContractorFilter
from service.repairs.models import BuiltBy, Contractor, RepairJob
from service.repairs.pages import FORM, Sheet, found_or_404, run_form, saver
from service.repairs.querysets import MEASURES
from service.repairs.services.contractors import save_built_by, save_contractor
from service.repairs.views import FORM_METHODS, VIEW, WORK

KEEP = "service.keep_contractors"
CONTRACTORS = Listing(
    template="service/repairs/contractors.html",
    sorts={"name": ("name", "id")},
    default_sort="name",
    filter_class=ContractorFilter,
)
JOBS = Listing(
    template="service/repairs/jobs.html", sorts={"latest": ("-id",)}, default_sort="latest"
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def contractor_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the contractors with their scorecards over the asker's projects."""
    user = current_user(request)

    def present(rows: list[Any]) -> list[Any]:
        return [scorecard.line(score) for score in selectors.scores(user, rows)]

    return list_page(
        request,
        queryset=Contractor.objects.all(),
        listing=CONTRACTORS,
        present=present,
        context={"may_keep": user.has_perm(KEEP), "heads": scorecard.heads()},
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def contractor_detail(request: HtmxHttpRequest, contractor_id: int) -> HttpResponse:
    """Show a contractor: the figures, each leading to its rows, and what it built."""
    user = current_user(request)
    contractor = found_or_404(Contractor.objects.all(), contractor_id)
    built = BuiltBy.objects.visible_to(user).filter(contractor=contractor)
    context = {
        "contractor": contractor,
        "score": scorecard.line(selectors.scores(user, [contractor])[0]),
        "built": built.select_related("project").order_by("project__code", "trade"),
        "phone": _phone(contractor, user),
        "may_keep": user.has_perm(KEEP),
    }
    return render_page(request, "service/repairs/contractor.html", context)


def _phone(contractor: Contractor, user: User) -> str:
    if not contractor.phone:
        return "--"
    number = str(contractor.phone)
    return show_phone(number) if user.has_perm(WORK) else mask_phone(number)


@require_safe
@permission_required(VIEW, raise_exception=True)
def contractor_jobs(request: HtmxHttpRequest, contractor_id: int, measure: str) -> HttpResponse:
    """List the jobs that a figure of the scorecard counts."""
    if measure not in MEASURES:
        raise Http404
    contractor = found_or_404(Contractor.objects.all(), contractor_id)
    rows = RepairJob.objects.visible_to(current_user(request)).filter(contractor=contractor)
    rows = rows.of_measure(measure).select_related(
        "order__ticket__project", "order__ticket__unit__building"
    )
    context = {
        "contractor": contractor,
        "title": scorecard.MEASURE_WORDS[measure],
        "total": rows.count(),
    }
    return list_page(request, queryset=rows, listing=JOBS, context=context)


def _sheet(title: Any, *, done: Any, up: tuple[Any, str] | None = None) -> Sheet:
    place = up or (_("Contractors"), reverse("service:contractor-list"))
    return Sheet(title=title, up=place, submit=_("Save"), done=done)


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def contractor_add(request: HtmxHttpRequest) -> HttpResponse:
    """Enter a contractor."""
    user = current_user(request)

    def run(valid: Any) -> str:
        row = save_contractor(valid.save(commit=False), actor=user, now=timezone.now())
        return reverse("service:contractor-detail", args=[row.pk])

    sheet = _sheet(_("Add a contractor"), done=_("The contractor is saved."))
    return run_form(request, form=forms.ContractorForm(request.POST or None), sheet=sheet, run=run)


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def contractor_edit(request: HtmxHttpRequest, contractor_id: int) -> HttpResponse:
    """Change a contractor."""
    user = current_user(request)
    contractor = found_or_404(Contractor.objects.all(), contractor_id)
    here = reverse("service:contractor-detail", args=[contractor.pk])
    sheet = _sheet(_("Edit"), done=_("The contractor is saved."), up=(str(contractor), here))
    save = saver(
        request,
        sheet,
        lambda valid: save_contractor(valid.save(commit=False), actor=user, now=timezone.now()),
    )
    return edit_page(
        request,
        edit=edit_of(contractor, user),
        form=lambda data: forms.ContractorForm(
            data, instance=found_or_404(Contractor.objects.all(), contractor_id)
        ),
        template=FORM,
        save=save,
        context=sheet.context(),
    )


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def built_by(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Say which contractor built which trade of a project."""
    user = current_user(request)
    project: Project = found_or_404(Project.objects.visible_to(user), project_id)
    sheet = _sheet(
        _("Who built %(project)s") % {"project": project},
        done=_("It is saved who built what."),
    )
    save = saver(
        request,
        sheet,
        lambda valid: save_built_by(project, valid.cleaned_data, actor=user, now=timezone.now()),
    )
    return edit_page(
        request,
        edit=edit_of(project, user, "built-by"),
        form=lambda data: forms.BuiltByForm(data, project=project),
        template=FORM,
        save=save,
        context=sheet.context(),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def built_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show for each project which trades have a contractor."""
    user = current_user(request)
    built: dict[int, list[BuiltBy]] = {}
    rows = BuiltBy.objects.visible_to(user).select_related("contractor").order_by("trade")
    for row in rows:
        built.setdefault(row.project_id, []).append(row)
    projects = Project.objects.visible_to(user)
    context = {
        "rows": [(project, built.get(project.pk, [])) for project in projects],
        "may_keep": user.has_perm(KEEP),
    }
    return render_page(request, "service/repairs/built.html", context)
