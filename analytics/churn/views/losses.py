"""Lost customers: the list, writing a loss down, its reasons, what became of it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from analytics.churn.filters import LossFilter
from analytics.churn.forms import EndForm, LossForm, ReasonsForm
from analytics.churn.models import LOSSES, RECORD, ChurnLoss
from analytics.churn.rules.reasons import Reason
from analytics.churn.rules.words import LossState
from analytics.churn.services.losses import (
    LossRefusedError,
    end_loss,
    record_loss,
    tell_reasons,
)
from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.staff.current import current_user
from customers.views.customer_record import get_customer

FORM = "analytics/churn/form.html"
LIST = Listing(
    template="analytics/churn/losses.html",
    sorts={"latest": ("-on", "-id"), "money": ("-money", "-id")},
    default_sort="latest",
    filter_class=LossFilter,
)
SEE = (LOSSES, "customers.view_customer")
WRITE = (RECORD, "customers.view_customer")


def get_loss(request: HtmxHttpRequest, churn_loss_id: int) -> ChurnLoss:
    """Return the loss; 404 where it is missing or of a customer out of scope."""
    rows = ChurnLoss.objects.visible_to(current_user(request)).select_related("customer")
    found: ChurnLoss | None = rows.filter(pk=churn_loss_id).first()
    if found is None:
        raise Http404
    return found


@require_safe
@permission_required(SEE, raise_exception=True)
def loss_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the lost customers one sees, the latest first; those without a reason are counted."""
    user = current_user(request)
    seen = ChurnLoss.objects.visible_to(user)
    rows = seen.select_related("customer", "project", "consultant").prefetch_related("reasons")
    unknown = seen.standing().filter(main_reason=Reason.UNKNOWN.value)
    context = {"unknown": unknown.count(), "may_record": user.has_perm(RECORD)}
    return list_page(request, queryset=rows, listing=LIST, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WRITE, raise_exception=True)
@idempotent()
def loss_add(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Write down that a customer is lost; the main reason is asked for (CUS-108)."""
    customer, user = get_customer(request, customer_id), current_user(request)
    form = LossForm(request.POST or None, initial={"on": timezone.localdate()})
    back = reverse("analytics:churn-customer", args=[customer.pk])

    def save(valid: LossForm) -> str:
        values = valid.cleaned_data
        _or_fault(
            lambda: record_loss(
                customer=customer,
                rule=values["rule"],
                on=values["on"],
                told=valid.told(),
                actor=user,
                now=timezone.now(),
            )
        )
        messages.success(request, _("Written down. The record stays readable for winning back."))
        return back

    context = {
        "title": _("The customer is lost"),
        "lead": str(customer),
        "submit_label": _("Write down"),
        "cancel_url": back,
        "draft": f"churn-loss-of-{customer.pk}",
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WRITE, raise_exception=True)
@idempotent()
def loss_reasons(request: HtmxHttpRequest, churn_loss_id: int) -> HttpResponse:
    """Show and change why a customer left, never over a change unseen."""
    loss, user = get_loss(request, churn_loss_id), current_user(request)
    back = reverse("analytics:churn-customer", args=[loss.customer_id])

    def form(data: Any) -> ReasonsForm:
        return ReasonsForm(data, instance=ChurnLoss.objects.get(pk=loss.pk))

    def save(valid: ReasonsForm) -> str:
        told = valid.told()
        _or_fault(lambda: tell_reasons(loss=loss, told=told, actor=user, now=timezone.now()))
        messages.success(request, _("The reasons are kept."))
        return back

    context = {
        "title": _("Why %(customer)s left") % {"customer": loss.customer},
        "lead": loss.get_rule_display(),
        "submit_label": _("Save"),
        "cancel_url": back,
        "draft": f"churn-loss-{loss.pk}",
    }
    return edit_page(
        request, edit=edit_of(loss, user), form=form, template=FORM, save=save, context=context
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WRITE, raise_exception=True)
@idempotent()
def loss_end(request: HtmxHttpRequest, churn_loss_id: int) -> HttpResponse:
    """Say that a customer was won back, or that the loss was never true (CUS-97)."""
    loss, user = get_loss(request, churn_loss_id), current_user(request)
    back = reverse("analytics:churn-customer", args=[loss.customer_id])
    form = EndForm(request.POST or None, initial={"as_": LossState.RECOVERED.value})

    def save(valid: EndForm) -> str:
        values = valid.cleaned_data
        _or_fault(
            lambda: end_loss(
                loss=loss,
                as_=LossState(values["as_"]),
                why=values["why"],
                actor=user,
                now=timezone.now(),
            )
        )
        messages.success(request, _("Kept. The loss stays in the history."))
        return back

    context = {
        "title": _("%(customer)s is not lost") % {"customer": loss.customer},
        "lead": loss.get_rule_display(),
        "submit_label": _("Save"),
        "cancel_url": back,
        "draft": f"churn-loss-end-{loss.pk}",
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


def _or_fault(work: Callable[[], object]) -> None:
    """Do ``work``; a refusal becomes an error of the form."""
    try:
        work()
    except LossRefusedError as refusal:
        raise ValidationError(str(refusal)) from refusal
