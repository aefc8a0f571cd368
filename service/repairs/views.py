"""The pages of repairs: the list, one repair, its steps, its photos (SVC-99)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.property.launching import picture_of
from service.repairs import forms, selectors
from service.repairs.filters import OrderFilter
from service.repairs.models import RepairOrder, RepairPhoto
from service.repairs.pages import Sheet, found_or_404, run_form
from service.repairs.rules.steps import OPEN, Stage, Step, may_step
from service.repairs.services import accepting, orders

VIEW, WORK = "service.view_repairs", "service.work_repairs"
CHARGE = "service.charge_contractors"
FORM_METHODS = ["GET", "HEAD", "POST"]
ORDERS = Listing(
    template="service/repairs/list.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
    filter_class=OrderFilter,
)


def get_order(request: HtmxHttpRequest, repair_id: int) -> RepairOrder:
    """Return the repair; 404 where it is missing or out of scope."""
    order: RepairOrder = found_or_404(selectors.orders_for_list(current_user(request)), repair_id)
    return order


def order_url(order: RepairOrder) -> str:
    """Return the address of a repair."""
    return reverse("service:repair-detail", args=[order.pk])


@require_safe
@permission_required(VIEW, raise_exception=True)
def repair_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the repairs of the asker's projects."""
    user = current_user(request)
    context = {"may_work": user.has_perm(WORK)}
    rows = selectors.orders_for_list(user)
    return list_page(request, queryset=rows, listing=ORDERS, context=context)


@require_http_methods(FORM_METHODS)
@permission_required(WORK, raise_exception=True)
@idempotent()
def repair_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a repair down as the owner reports it."""
    user = current_user(request)
    form = forms.RepairForm(request.POST or None, user=user)

    def run(valid: forms.RepairForm) -> str:
        data = valid.cleaned_data
        order = orders.open_repair(
            draft=valid.draft(),
            part=data["part"],
            trade=data["trade"],
            actor=user,
            now=timezone.now(),
        )
        return order_url(order)

    sheet = Sheet(
        title=_("Report a repair"),
        up=(_("Repairs"), reverse("service:repair-list")),
        submit=_("Report the repair"),
        done=_("The repair is reported."),
    )
    return run_form(request, form=form, sheet=sheet, run=run)


@require_safe
@permission_required(VIEW, raise_exception=True)
def repair_detail(request: HtmxHttpRequest, repair_id: int) -> HttpResponse:
    """Show a repair: warranty and why, the rounds with their photos, money, what happened."""
    order, user = get_order(request, repair_id), current_user(request)
    unit = order.ticket.unit
    parts = selectors.warranties_of(unit, timezone.localdate()) if unit else []
    may_work, jobs = user.has_perm(WORK), selectors.jobs_of(order)
    stage = Stage(order.stage)
    context = {
        "order": order,
        "jobs": jobs,
        "events": selectors.events_of(order),
        "charges": order.charges.select_related("contractor", "claimed_by").order_by("-pk"),
        "warranty": [(each, each.part.value == order.part) for each in parts],
        "actions": [one for one in BUTTONS if may_work and may_step(stage, one.step)],
        "may_charge": user.has_perm(CHARGE) and order.is_owed and bool(jobs),
        "is_open": stage in OPEN,
    }
    return render_page(request, "service/repairs/repair.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def repair_photo(request: HtmxHttpRequest, repair_photo_id: int) -> HttpResponse:
    """Send a photo of a repair."""
    seen = RepairOrder.objects.visible_to(current_user(request))
    rows = RepairPhoto.objects.filter(job__order__in=seen).select_related("photo")
    photo = found_or_404(rows, repair_photo_id).photo
    answer = HttpResponse(picture_of(photo), content_type=photo.media_type)
    answer["Content-Disposition"] = f'inline; filename="repair-{repair_photo_id}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@dataclass(frozen=True, slots=True)
class Act:
    """A step people take on a repair: its form, what runs, its words."""

    step: Step
    label: Any
    done: Any
    form: Callable[[HtmxHttpRequest, RepairOrder], BaseForm]
    run: Callable[[RepairOrder, Any, User, Any], Any]
    has_file: bool = False

    @property
    def url_name(self) -> str:
        """The name of its address."""
        return f"service:repair-{self.step.value}"


def _plain(form: Any) -> Callable[[HtmxHttpRequest, RepairOrder], BaseForm]:
    def make(request: HtmxHttpRequest, _order: RepairOrder) -> BaseForm:
        made: BaseForm = form(request.POST or None, request.FILES or None)
        return made

    return make


def _class_form(request: HtmxHttpRequest, order: RepairOrder) -> BaseForm:
    initial = {"part": order.part, "trade": order.trade}
    return forms.ClassForm(request.POST or None, initial=initial)


def _dispatch_form(request: HtmxHttpRequest, order: RepairOrder) -> BaseForm:
    return forms.DispatchForm(request.POST or None, order=order)


ACTS: dict[str, Act] = {
    act.step.value: act
    for act in (
        Act(
            Step.CLASSIFY,
            gettext_lazy("Name part and trade"),
            gettext_lazy("Part and trade are named, the warranty is decided."),
            _class_form,
            lambda order, form, user, now: orders.classify(
                order=order, actor=user, now=now, **form.cleaned_data
            ),
        ),
        Act(
            Step.DISPATCH,
            gettext_lazy("Send a contractor"),
            gettext_lazy("The visit is agreed."),
            _dispatch_form,
            lambda order, form, user, now: orders.dispatch(
                order=order, sending=form.sending(), actor=user, now=now
            ),
        ),
        Act(
            Step.VISIT,
            gettext_lazy("Note the visit and the plan"),
            gettext_lazy("Visit and plan are noted."),
            _plain(forms.VisitForm),
            lambda order, form, user, now: orders.visit(
                order=order, seen=form.visit(), actor=user, now=now
            ),
            has_file=True,
        ),
        Act(
            Step.REPAIR,
            gettext_lazy("Note the repair"),
            gettext_lazy("The repair is noted; the owner decides on it."),
            _plain(forms.WorkForm),
            lambda order, form, user, now: orders.repair(
                order=order,
                work=form.cleaned_data["work"],
                photos=form.photos(),
                actor=user,
                now=now,
            ),
            has_file=True,
        ),
        Act(
            Step.ACCEPT,
            gettext_lazy("The owner accepts"),
            gettext_lazy("The owner has accepted the repair."),
            _plain(forms.AcceptForm),
            lambda order, form, user, now: accepting.accept(
                order=order, actor=user, now=now, **form.cleaned_data
            ),
        ),
        Act(
            Step.REFUSE,
            gettext_lazy("The owner refuses"),
            gettext_lazy("The repair goes back; send a contractor again."),
            _plain(forms.RemarkForm),
            lambda order, form, user, now: accepting.refuse(
                order=order, actor=user, now=now, **form.cleaned_data
            ),
        ),
        Act(
            Step.REOPEN,
            gettext_lazy("It came back"),
            gettext_lazy("The repair is taken up again."),
            _plain(forms.RemarkForm),
            lambda order, form, user, now: accepting.reopen(
                order=order, actor=user, now=now, **form.cleaned_data
            ),
        ),
    )
}
BUTTONS = tuple(ACTS.values())


@require_http_methods(FORM_METHODS)
@permission_required(WORK, raise_exception=True)
@idempotent()
def repair_act(request: HtmxHttpRequest, repair_id: int, act: str) -> HttpResponse:
    """Take a step of a repair."""
    order, user, chosen = get_order(request, repair_id), current_user(request), ACTS[act]
    sheet = Sheet(
        title=chosen.label,
        up=(str(order), order_url(order)),
        submit=chosen.label,
        done=chosen.done,
        has_file=chosen.has_file,
    )
    return run_form(
        request,
        form=chosen.form(request, order),
        sheet=sheet,
        run=lambda valid: chosen.run(order, valid, user, timezone.now()),
    )
