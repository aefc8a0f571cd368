"""The launch page of a project with its checklist, and the areas of its units."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.common.refusals import RefusedError
from crm_site.policies.services import in_force
from crm_site.staff.current import current_user
from customers.models import Disclosure, Project, Unit
from customers.property import choices
from customers.property.filters import AreaFilter
from customers.property.forms import AreaForm, OnSaleForm, TickForm
from customers.property.gates import WARM_WELCOME, gate_states
from customers.property.launching import (
    LaunchRefusedError,
    launch_project,
    note_earlier_launch,
    picture_of,
    tick_disclosure,
    withdraw_disclosure,
)
from customers.property.measuring import AreaRefusedError, measure_unit, over_limit
from customers.property.phases import HALL, is_open
from customers.property.policies import PROPERTY
from customers.property.project_views import EDIT, get_project
from customers.property.rules import area_difference
from customers.property.views import VIEW, get_unit

DISCLOSE = "customers.disclose_project"
NOTE_LAUNCH = "customers.note_launch"
LAUNCH, FORM = "customers/projects/launch.html", "customers/projects/form.html"
REFUSED = 409
AREAS = Listing(
    template="customers/projects/areas.html",
    sorts={"place": ("building__sort_key", "building_id", "number", "id")},
    default_sort="place",
    filter_class=AreaFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def project_launch(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Show the checklist of the sales hall and what keeps the project from its launch."""
    return _launch_page(request, get_project(request, project_id))


def _launch_page(request: HtmxHttpRequest, project: Project, status: int = 200) -> HttpResponse:
    user, today = current_user(request), timezone.localdate()
    standing = Disclosure.objects.filter(project=project, withdrawn_at=None).defer("photo__content")
    ticked = {row.kind: row for row in standing.select_related("photo", "ticked_by")}
    states = gate_states(project, today=today)
    context = {
        "project": project,
        "launch": getattr(project, "launch", None),
        "items": [(kind, label, ticked.get(kind)) for kind, label in choices.DISCLOSURES],
        "welcome": [state for state in states if state.gate.key in WARM_WELCOME],
        "states": [state for state in states if state.gate.key not in WARM_WELCOME],
        "is_blocked": any(state.blockers for state in states),
        "is_refused": status == REFUSED,
        "may_tick": user.has_perm(DISCLOSE) and is_open(HALL, project),
        "may_launch": user.has_perm(EDIT),
        "may_note": user.has_perm(NOTE_LAUNCH),
    }
    return render_page(request, LAUNCH, context, partial="launch", status=status)


@require_POST
@permission_required(EDIT, raise_exception=True)
@idempotent()
def project_start(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Launch the project; while something is open the page says what (409), nothing is written."""
    project = get_project(request, project_id)
    try:
        launch_project(project=project, actor=current_user(request), now=timezone.now())
    except LaunchRefusedError:
        return _launch_page(request, project, REFUSED)
    messages.success(request, _("The project is launched."))
    return go_to(request, reverse("customers:project-launch", args=[project.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(NOTE_LAUNCH, raise_exception=True)
@idempotent()
def project_on_sale(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Note that the project was on sale before it was kept here."""
    project = get_project(request, project_id)
    back = reverse("customers:project-launch", args=[project.pk])
    form = OnSaleForm(request.POST or None)

    def save(valid: OnSaleForm) -> str:
        actor, now = current_user(request), timezone.now()
        try:
            note_earlier_launch(project=project, actor=actor, now=now, **valid.cleaned_data)
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("The project is on sale."))
        return back

    context = {"project": project, "title": _("On sale already"), "cancel_url": back}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(DISCLOSE, raise_exception=True)
@idempotent()
def disclosure_tick(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Tick an item of the checklist with a photo."""
    project = get_project(request, project_id)
    back = reverse("customers:project-launch", args=[project.pk])
    form = TickForm(
        request.POST or None,
        request.FILES or None,
        initial={"kind": request.GET.get("item", "")},
    )

    def save(valid: TickForm) -> str:
        found = valid.cleaned_data
        try:
            tick_disclosure(
                project=project,
                kind=found["kind"],
                photo=found["photo"].read(),
                note=found["note"],
                actor=current_user(request),
                now=timezone.now(),
            )
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("The item is ticked."))
        return back

    context = {
        "project": project,
        "title": _("Tick an item with a photo"),
        "cancel_url": back,
        "has_file": True,
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required(DISCLOSE, raise_exception=True)
@idempotent()
def disclosure_withdraw(
    request: HtmxHttpRequest, project_id: int, disclosure_id: int
) -> HttpResponse:
    """Take a tick back, with a reason."""
    row = _disclosure(request, project_id, disclosure_id)
    withdraw_disclosure(
        disclosure=row,
        reason=request.POST.get("reason", ""),
        actor=current_user(request),
        now=timezone.now(),
    )
    messages.success(request, _("The item is taken back."))
    return go_to(request, reverse("customers:project-launch", args=[project_id]))


@require_safe
@permission_required(VIEW, raise_exception=True)
def disclosure_photo(request: HtmxHttpRequest, project_id: int, disclosure_id: int) -> HttpResponse:
    """Send the photo of an item."""
    row = _disclosure(request, project_id, disclosure_id)
    answer = HttpResponse(picture_of(row.photo), content_type=row.photo.media_type)
    answer["Content-Disposition"] = f'inline; filename="{row.kind}-{row.pk}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _disclosure(request: HtmxHttpRequest, project_id: int, disclosure_id: int) -> Disclosure:
    rows = Disclosure.objects.visible_to(current_user(request)).select_related("photo")
    row: Disclosure | None = rows.filter(project=project_id, pk=disclosure_id).first()
    if row is None:
        raise Http404
    return row


@require_safe
@permission_required(VIEW, raise_exception=True)
def project_areas(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Show forecast and measured area of every unit, flagged over the limit (MKT-52)."""
    project, user = get_project(request, project_id), current_user(request)
    rules = in_force(PROPERTY, at=timezone.now()).value
    units = Unit.objects.filter(project=project).select_related("building", "layout")

    def present(rows: list[Unit]) -> list[Any]:
        return [
            (
                unit,
                area_difference(
                    forecast=unit.forecast_area,
                    measured=unit.measured_area,
                    limit=rules.area_share,
                ),
            )
            for unit in rows
        ]

    context = {
        "project": project,
        "rules": rules,
        "flagged": over_limit(units, share=rules.area_share).count(),
        "may_edit": user.has_perm(EDIT),
    }
    return list_page(request, queryset=units, listing=AREAS, present=present, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def unit_measure(request: HtmxHttpRequest, unit_id: int) -> HttpResponse:
    """Enter the measured areas of a unit."""
    unit, user = get_unit(request, unit_id), current_user(request)
    back = reverse("customers:unit-detail", args=[unit.pk])

    def form(data: Any) -> AreaForm:
        now = Unit.objects.get(pk=unit.pk)
        names = ("measured_area", "inner_area", "shared_area")
        return AreaForm(data, initial={name: getattr(now, name) for name in names})

    def save(valid: AreaForm) -> str:
        try:
            measure_unit(unit=unit, areas=valid.areas(), actor=user, now=timezone.now())
        except AreaRefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("The areas are saved."))
        return back

    context = {
        "project": unit.project,
        "title": _("Measured areas of %(unit)s") % {"unit": unit},
        "cancel_url": back,
    }
    edit = edit_of(unit, user, "areas")
    return edit_page(request, edit=edit, form=form, template=FORM, save=save, context=context)
