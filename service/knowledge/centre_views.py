"""The centre of customer relations: its units and their work by duty; the gap report (PLT-26)."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.audit.services import record
from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.documents.models import DocumentVersion
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.rules.axes import TaskKind
from customers.services.tasks import TaskEntry, create_task
from service.knowledge import choices, expectations
from service.knowledge.article_forms import people_who_may
from service.knowledge.centre_models import VIEW, CentreTask, CentreUnit, places_of

PLAN = "service.plan_centre"
CREDO = "service-credo"
FORM = "service/knowledge/form.html"
GAPS = Listing(
    template="service/knowledge/gaps.html", sorts={"latest": ("-id",)}, default_sort="latest"
)


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]
    """A unit of the centre."""

    class Meta:
        model = CentreUnit
        fields = ("function", "node", "lead", "charge")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["node"].queryset = places_of(user)
        fields["lead"].queryset = people_who_may(VIEW, user, self.instance.lead_id)


class WorkForm(forms.Form):
    """A task of a unit with the duty it belongs to."""

    title = forms.CharField(label=gettext_lazy("What to do"), max_length=200)
    duty = forms.ChoiceField(label=gettext_lazy("Duty"), choices=choices.DUTIES)
    owner = forms.ModelChoiceField(label=gettext_lazy("Who does it"), queryset=User.objects.none())
    due_on = forms.DateField(
        label=gettext_lazy("Due"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_who_may("customers.work_tasks", user)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]

    def clean_due_on(self) -> datetime:
        """Return the end of the working day; refuse one that is over."""
        day = self.cleaned_data["due_on"]
        due = timezone.make_aware(datetime.combine(day, time(18)))
        if due <= timezone.now():
            raise ValidationError(_("Choose a day that is not over yet."))
        return due


@require_safe
@permission_required(VIEW, raise_exception=True)
def centre_page(request: HtmxHttpRequest) -> HttpResponse:
    """Show the units of the centre by place with their leads and work by duty; what lacks."""
    user = current_user(request)
    rows = CentreUnit.objects.visible_to(user).select_related("node", "lead")
    counts = {
        key: Count("tasks", filter=Q(tasks__duty=key, tasks__task__state="open"))
        for key, _label in choices.DUTIES
    }
    units = list(rows.annotate(**counts).order_by("node__code", "function"))
    present = {unit.function for unit in units}
    context = {
        "units": [
            {"unit": unit, "counts": [getattr(unit, key) for key, _label in choices.DUTIES]}
            for unit in units
        ],
        "duties": choices.DUTIES,
        "lacking": [label for key, label in choices.FUNCTIONS if key not in present],
        "may_plan": user.has_perm(PLAN),
    }
    return render_page(request, "service/knowledge/centre.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def centre_unit_add(request: HtmxHttpRequest) -> HttpResponse:
    """Add a unit of the centre."""
    form = UnitForm(request.POST or None, user=current_user(request))
    title = _("Add a unit of the centre")
    return form_page(
        request, form=form, template=FORM, save=_saver(request), context=_context(title)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def centre_unit_edit(request: HtmxHttpRequest, centre_unit_id: int) -> HttpResponse:
    """Change who leads a unit and what it is in charge of."""
    unit, user = get_unit(request, centre_unit_id, to_plan=True), current_user(request)

    def form(data: Any) -> UnitForm:
        return UnitForm(data, user=user, instance=CentreUnit.objects.get(pk=unit.pk))

    return edit_page(
        request,
        edit=edit_of(unit, user),
        form=form,
        template=FORM,
        save=_saver(request),
        context=_context(str(unit)),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def centre_unit_detail(request: HtmxHttpRequest, centre_unit_id: int) -> HttpResponse:
    """Show a unit and its tasks by duty, open ones first."""
    unit, user = get_unit(request, centre_unit_id), current_user(request)
    tasks = CentreTask.objects.filter(unit=unit).select_related("task__owner")
    rows = list(tasks.order_by("-task__state", "task__due_at", "pk")[:200])
    context = {
        "unit": unit,
        "duties": [
            {"label": label, "rows": [row for row in rows if row.duty == key]}
            for key, label in choices.DUTIES
        ],
        "may_plan": user.has_perm(PLAN)
        and CentreUnit.objects.planned_by(user).filter(pk=unit.pk).exists(),
    }
    return render_page(request, "service/knowledge/centre_unit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def centre_work_add(request: HtmxHttpRequest, centre_unit_id: int) -> HttpResponse:
    """Give a task of a unit to somebody, with the duty it belongs to."""
    unit, user = get_unit(request, centre_unit_id, to_plan=True), current_user(request)
    here = reverse("service:centre-unit", args=[unit.pk])

    @transaction.atomic
    def save(valid: WorkForm) -> str:
        data = valid.cleaned_data
        entry = TaskEntry(
            title=data["title"], due_at=data["due_on"], owner=data["owner"], kind=TaskKind.OTHER
        )
        task = create_task(entry=entry, actor=user, now=timezone.now())
        CentreTask.objects.create(task=task, unit=unit, duty=data["duty"])
        messages.success(request, _("Given."))
        return here

    context = _context(_("Give a task")) | {"lead": str(unit), "cancel_url": here}
    form = WorkForm(request.POST or None, user=user)
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def gap_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the expectations that are not met, with the day of the handover (SVC-17)."""
    user = current_user(request)
    today = timezone.localdate()
    return list_page(
        request,
        queryset=expectations.unmet(user),
        listing=GAPS,
        present=lambda rows: expectations.lines(rows, user),
        context={"today": today},
    )


@require_safe
@login_not_required
@never_cache
def help_credo(request: HttpRequest) -> HttpResponse:
    """Show the service credo in force to everybody (SVC-18)."""
    today = timezone.localdate()
    rows = DocumentVersion.objects.in_force(today).filter(document__kind=CREDO)
    version = rows.order_by("-approved_at", "-pk").first()
    context = {"version": version}
    return render(request, "service/knowledge/help_credo.html", context)


def get_unit(request: HtmxHttpRequest, centre_unit_id: int, *, to_plan: bool = False) -> CentreUnit:
    """Return the unit; 404 where there is none, ``to_plan`` also where it is another area's."""
    user, units = current_user(request), CentreUnit.objects
    rows = units.planned_by(user) if to_plan else units.visible_to(user)
    found = rows.select_related("node", "lead").filter(pk=centre_unit_id).first()
    if found is None:
        raise Http404
    return found


def _saver(request: HtmxHttpRequest) -> Any:
    def save(valid: UnitForm) -> str:
        unit = valid.save()
        record(
            kind="centre.unit",
            actor=current_user(request),
            facts={"function": unit.function, "node": unit.node.code, "lead": unit.lead_id},
            now=timezone.now(),
        )
        return reverse("service:centre")

    return save


def _context(title: str) -> dict[str, Any]:
    return {"title": title, "submit_label": _("Save"), "cancel_url": reverse("service:centre")}
