"""The list of projects, the page of one, and the forms of its parts (MKT-07, MKT-61, MKT-62)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.staff.current import current_user
from customers.models import AdverseFactor, Building, Certificate, Project, ProjectPhase, Unit
from customers.property import forms
from customers.property.editing import TwiceError, end_factor, save_part, save_project, save_unit
from customers.property.filters import ProjectFilter
from customers.property.project_page import project_page, project_rows
from customers.property.views import VIEW, get_unit

EDIT = "customers.edit_units"
DETAIL, FORM = "customers/projects/project.html", "customers/projects/form.html"
LIST = Listing(
    template="customers/projects/list.html",
    sorts={"code": ("code",), "name": ("name", "code"), "launch": ("launch_on", "code")},
    default_sort="code",
    filter_class=ProjectFilter,
)


@dataclass(frozen=True, slots=True)
class Part:
    """What a project consists of, as a form keeps it."""

    model: type[Any]
    form: type[Any]
    title: Any
    saved: Any


PARTS: dict[str, Part] = {
    "phases": Part(
        ProjectPhase, forms.PhaseForm, gettext_lazy("Phase"), gettext_lazy("The phase is saved.")
    ),
    "certificates": Part(
        Certificate,
        forms.CertificateForm,
        gettext_lazy("Certificate"),
        gettext_lazy("The certificate is saved."),
    ),
    "buildings": Part(
        Building,
        forms.BuildingForm,
        gettext_lazy("Building"),
        gettext_lazy("The building is saved."),
    ),
    "factors": Part(
        AdverseFactor,
        forms.FactorForm,
        gettext_lazy("Adverse factor"),
        gettext_lazy("The adverse factor is saved."),
    ),
}


@require_safe
@permission_required(VIEW, raise_exception=True)
def project_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the projects one sees, each with its launch, its units and its certificates."""
    rows = Project.objects.visible_to(current_user(request)).select_related("node", "launch")
    return list_page(request, queryset=rows, listing=LIST, present=project_rows)


def get_project(request: HtmxHttpRequest, project_id: int) -> Project:
    """Return the project; 404 when it is missing or not for this user's eyes."""
    rows = Project.objects.visible_to(current_user(request)).select_related("node", "specialist")
    try:
        project: Project = rows.get(pk=project_id)
    except Project.DoesNotExist as error:
        raise Http404 from error
    return project


def url_of(project: Project) -> str:
    """Return the address of a project's page."""
    return reverse("customers:project-detail", args=[project.pk])


@require_safe
@permission_required(VIEW, raise_exception=True)
def project_detail(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Show a project: facts, phases with plan and actual, certificates, buildings, factors."""
    project = get_project(request, project_id)
    context = project_page(project, user=current_user(request), now=timezone.now())
    return render_page(request, DETAIL, context, partial="project")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def project_edit(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Change the facts of a project."""
    project, user = get_project(request, project_id), current_user(request)

    def save(valid: Any) -> str:
        save_project(project=valid.save(commit=False), actor=user, now=timezone.now())
        messages.success(request, _("The project is saved."))
        return url_of(project)

    return edit_page(
        request,
        edit=edit_of(project, user),
        form=lambda data: forms.ProjectForm(data, instance=project),
        template=FORM,
        save=save,
        context=_context(project, _("Facts of the project")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def part_add(request: HtmxHttpRequest, project_id: int, part: str) -> HttpResponse:
    """Add a phase, certificate, building or adverse factor."""
    project, kind = get_project(request, project_id), _part(part)
    form = kind.form(request.POST or None, instance=kind.model(project=project))
    return form_page(
        request,
        form=form,
        template=FORM,
        save=_saver(request, project, kind),
        context=_context(project, kind.title),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def part_edit(request: HtmxHttpRequest, project_id: int, part: str, row_id: int) -> HttpResponse:
    """Change a phase, certificate, building or adverse factor."""
    project, kind = get_project(request, project_id), _part(part)
    row = kind.model.objects.filter(project=project, pk=row_id).first()
    if row is None:
        raise Http404
    return edit_page(
        request,
        edit=edit_of(row, current_user(request)),
        form=lambda data: kind.form(data, instance=row),
        template=FORM,
        save=_saver(request, project, kind),
        context=_context(project, kind.title),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def factor_end(request: HtmxHttpRequest, project_id: int, factor_id: int) -> HttpResponse:
    """Say that an adverse factor is gone."""
    project = get_project(request, project_id)
    factor = AdverseFactor.objects.filter(project=project, pk=factor_id).first()
    if factor is None:
        raise Http404
    form = forms.EndForm(request.POST or None, since=factor.since)

    def save(valid: forms.EndForm) -> str:
        end_factor(
            factor=factor,
            on=valid.cleaned_data["on"],
            actor=current_user(request),
            now=timezone.now(),
        )
        messages.success(request, _("The adverse factor is ended."))
        return url_of(project)

    context = _context(project, _("End of an adverse factor")) | {"lead": factor.text}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def unit_edit(request: HtmxHttpRequest, unit_id: int) -> HttpResponse:
    """Change what a unit is."""
    unit, user = get_unit(request, unit_id), current_user(request)
    here = reverse("customers:unit-detail", args=[unit.pk])

    def save(valid: Any) -> str:
        changed = list(valid.changed_data)
        _saved(
            lambda: save_unit(
                unit=valid.save(commit=False), changed=changed, actor=user, now=timezone.now()
            )
        )
        messages.success(request, _("The unit is saved."))
        return here

    def form(data: Any) -> forms.UnitForm:
        return forms.UnitForm(data, instance=Unit.objects.get(pk=unit.pk))

    context = _context(unit.project, _("Edit %(name)s") % {"name": unit}) | {"cancel_url": here}
    edit = edit_of(unit, user)
    return edit_page(request, edit=edit, form=form, template=FORM, save=save, context=context)


def _part(key: str) -> Part:
    if key not in PARTS:
        raise Http404
    return PARTS[key]


def _context(project: Project, title: Any) -> dict[str, Any]:
    return {"project": project, "title": title, "cancel_url": url_of(project)}


def _saver(request: HtmxHttpRequest, project: Project, kind: Part) -> Callable[[Any], str]:
    def save(valid: Any) -> str:
        row = valid.save(commit=False)
        _saved(lambda: save_part(row=row, actor=current_user(request), now=timezone.now()))
        messages.success(request, kind.saved)
        return url_of(project)

    return save


def _saved(run: Callable[[], Any]) -> None:
    """Run a service; one like it that exists already is an error of the form."""
    try:
        run()
    except TwiceError as refusal:
        raise ValidationError(str(refusal)) from refusal
