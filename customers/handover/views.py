"""Batches of units to be handed over: list, plan, checklist, approval, times, roster, rates."""

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
from crm_site.staff.current import current_user
from customers.handover import forms, rates, selectors
from customers.handover.day_models import DeliveryDuty, DeliveryRiskGroup
from customers.handover.filters import BatchFilter
from customers.handover.models import DeliveryBatch, UnitDelivery
from customers.handover.services import batches, notices, slots
from customers.property.models import Unit

VIEW = "customers.view_units"
PLAN = "customers.plan_delivery"
BATCH, FORM = "customers/handover/batch.html", "customers/handover/form.html"
RATE = "customers/handover/rate.html"
LIST = Listing(
    template="customers/handover/list.html",
    sorts={"day": ("-planned_on", "-id")},
    default_sort="day",
    filter_class=BatchFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def delivery_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the batches of the projects one sees."""
    user = current_user(request)
    rows = DeliveryBatch.objects.visible_to(user).select_related("project", "approval")
    groups = DeliveryRiskGroup.objects.visible_to(user).filter(closed_at=None)
    context = {
        "may_plan": user.has_perm(PLAN),
        "groups": groups.select_related("project").order_by("first_on"),
    }
    return list_page(
        request, queryset=rows, listing=LIST, present=selectors.batch_rows, context=context
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def delivery_add(request: HtmxHttpRequest) -> HttpResponse:
    """Plan a batch."""
    user, now = current_user(request), timezone.now()
    initial = {"project": request.GET.get("project", "")}
    form = forms.NewBatchForm(request.POST or None, user=user, initial=initial)

    def save(valid: forms.NewBatchForm) -> str:
        project = valid.cleaned_data["project"]
        batch = as_form_error(
            lambda: batches.plan_batch(
                project=project,
                plan=valid.plan(),
                actor=user,
                now=now,
                today=timezone.localdate(now),
            )
        )
        messages.success(request, _("The batch is planned."))
        return url_of(batch)

    context = {"title": _("Plan a batch"), "cancel_url": reverse("customers:delivery-list")}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def delivery_edit(request: HtmxHttpRequest, batch_id: int) -> HttpResponse:
    """Change a batch, which grades it anew and voids its approval."""
    batch, user, now = get_batch(request, batch_id), current_user(request), timezone.now()

    def form(data: Any) -> forms.BatchForm:
        stored = DeliveryBatch.objects.get(pk=batch.pk)
        return forms.BatchForm(data, initial=forms.batch_initial(stored))

    def save(valid: forms.BatchForm) -> str:
        as_form_error(
            lambda: batches.replan_batch(
                batch=batch,
                plan=valid.plan(),
                actor=user,
                now=now,
                today=timezone.localdate(now),
            )
        )
        messages.success(request, _("The batch is graded anew and needs its approval."))
        return url_of(batch)

    return edit_page(
        request,
        edit=edit_of(batch, user),
        form=form,
        template=FORM,
        save=save,
        context=_about(batch, _("Change the batch")),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def delivery_batch(request: HtmxHttpRequest, batch_id: int) -> HttpResponse:
    """Show a batch: grade with its reasons, checklist, notices, times, roster, figures."""
    batch, user, now = get_batch(request, batch_id), current_user(request), timezone.now()
    rows = UnitDelivery.objects.filter(batch=batch)
    context = {
        "batch": batch,
        "areas": selectors.area_lines(batch),
        "checks": selectors.check_lines(batch),
        "line": rates.overall(rows, now=now, batch=batch.pk),
        "units": rows.count(),
        "notice_day": notices.notice_day(batch, now=now),
        "notice_blockers": notices.notice_blockers(batch, now=now),
        "slots": batch.slots.all(),
        "roster": selectors.roster_of(batch),
        "queue": selectors.queue_of(batch),
        "waits": selectors.waits_of(batch),
        "problems": selectors.problems_of(batch, user),
        "may_plan": user.has_perm(PLAN),
        "may_work": user.has_perm("customers.hand_over_unit"),
    }
    return render_page(request, BATCH, context, partial="batch")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def delivery_fill(request: HtmxHttpRequest, batch_id: int) -> HttpResponse:
    """Put units of buildings into a batch."""
    batch, user = get_batch(request, batch_id), current_user(request)
    form = forms.UnitsForm(request.POST or None, project=batch.project)

    def save(valid: forms.UnitsForm) -> str:
        found = valid.cleaned_data
        units = Unit.objects.filter(building__in=found["buildings"])
        if found["lowest"] is not None:
            units = units.filter(floor__gte=found["lowest"])
        if found["highest"] is not None:
            units = units.filter(floor__lte=found["highest"])
        number = as_form_error(
            lambda: batches.add_units(batch=batch, units=units, actor=user, now=timezone.now())
        )
        messages.success(request, _("%(count)s units added.") % {"count": number})
        return url_of(batch)

    context = _about(batch, _("Add units"))
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def delivery_check(request: HtmxHttpRequest, batch_id: int, check: str) -> HttpResponse:
    """Tick a line of the checklist with what shows it."""
    batch = get_batch(request, batch_id)
    note = request.POST.get("note", "")
    batches.tick_check(
        batch=batch, key=check, note=note, actor=current_user(request), now=timezone.now()
    )
    messages.success(request, _("The item is ticked."))
    return go_to(request, url_of(batch))


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def delivery_approval(request: HtmxHttpRequest, batch_id: int) -> HttpResponse:
    """Ask for the signatures that the grade of the batch wants."""
    batch = get_batch(request, batch_id)
    reason = request.POST.get("reason", "")
    batches.ask_approval(
        batch=batch, reason=reason, actor=current_user(request), now=timezone.now()
    )
    messages.success(request, _("Asked for signatures."))
    return go_to(request, url_of(batch))


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def delivery_notify(request: HtmxHttpRequest, batch_id: int) -> HttpResponse:
    """Write the notices that are due now; what keeps them back is said (409)."""
    batch = get_batch(request, batch_id)
    number = notices.send_notices(batch=batch, actor=current_user(request), now=timezone.now())
    messages.success(request, _("%(count)s notices are on their way.") % {"count": number})
    return go_to(request, url_of(batch))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def delivery_slots(request: HtmxHttpRequest, batch_id: int) -> HttpResponse:
    """Open the slots of a day."""
    batch, user = get_batch(request, batch_id), current_user(request)
    form = forms.SlotsForm(request.POST or None, initial={"day": batch.planned_on})

    def save(valid: forms.SlotsForm) -> str:
        number = as_form_error(
            lambda: slots.open_slots(batch=batch, plan=valid.plan(), actor=user, now=timezone.now())
        )
        messages.success(request, _("%(count)s slots opened.") % {"count": number})
        return url_of(batch)

    context = _about(batch, _("Open slots"))
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def delivery_roster(request: HtmxHttpRequest, batch_id: int) -> HttpResponse:
    """Put somebody on the roster of a day."""
    batch, user = get_batch(request, batch_id), current_user(request)
    day = request.GET.get("day", "") or batch.planned_on
    initial = {"day": day, "duty": request.GET.get("duty", "")}
    form = forms.DutyForm(request.POST or None, initial=initial)

    def save(valid: forms.DutyForm) -> str:
        as_form_error(lambda: slots.put_on_roster(batch=batch, actor=user, **valid.line()))
        messages.success(request, _("The roster is saved."))
        return url_of(batch)

    context = _about(batch, _("Put somebody on the roster"))
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def delivery_off_roster(request: HtmxHttpRequest, batch_id: int, duty_id: int) -> HttpResponse:
    """Take somebody off the roster."""
    batch = get_batch(request, batch_id)
    row = DeliveryDuty.objects.filter(batch=batch, pk=duty_id).first()
    if row is None:
        raise Http404
    row.delete()
    messages.success(request, _("The roster is saved."))
    return go_to(request, url_of(batch))


@require_safe
@permission_required(VIEW, raise_exception=True)
def delivery_rate(request: HtmxHttpRequest) -> HttpResponse:
    """Show the handover rate by batch and by day, with the reasons not taken."""
    user, now = current_user(request), timezone.now()
    rows = UnitDelivery.objects.visible_to(user)
    context = {
        "total": rates.overall(rows, now=now),
        "batches": rates.by_batch(rows, now=now),
        "days": rates.by_day(rows, now=now)[:60],
    }
    return render_page(request, RATE, context, partial="rates")


def get_batch(request: HtmxHttpRequest, batch_id: int) -> DeliveryBatch:
    """Return the batch; 404 when it is missing or of a project not for this user's eyes."""
    rows = DeliveryBatch.objects.visible_to(current_user(request))
    batch: DeliveryBatch | None = (
        rows.select_related("project", "approval").filter(pk=batch_id).first()
    )
    if batch is None:
        raise Http404
    return batch


def url_of(batch: DeliveryBatch) -> str:
    """Return the address of the page of a batch."""
    return reverse("customers:delivery-batch", args=[batch.pk])


def _about(batch: DeliveryBatch, title: str) -> dict[str, Any]:
    return {"batch": batch, "title": title, "cancel_url": url_of(batch)}


def as_form_error(run: Any) -> Any:
    """Run a service; what it refuses is an error of the form."""
    try:
        return run()
    except RefusedError as refusal:
        raise ValidationError(str(refusal)) from refusal
