"""Where one customer stands: stage, phase, activity, value, group and strata."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import as_seen, carry_base, edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import edit_page
from crm_site.policies.services import in_force
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers import choices
from customers.axis_forms import BuyingStageForm, GroupForm
from customers.data_categories import may_see_sensitive
from customers.errors import EntryError
from customers.models import Customer
from customers.record_tabs import render_tab
from customers.rules.axes import BuyingStage, CustomerClass, Nature, Phase
from customers.rules.consent import Purpose
from customers.rules.derived import base_of, process_view, tenure_view
from customers.rules.groups import needs_of
from customers.rules.lifecycle import days_by_stage, service_phase_of
from customers.selectors.standing import activity_of, held_standing, stage_history, strata_of
from customers.services.consents import has_withdrawn
from customers.services.customers import update_customer
from customers.services.stages import change_stage
from customers.standing_policy import ACTIVITY, VALUE, ValuePolicy
from customers.views.customer_record import get_customer

TAB = "customers/tabs/standing.html"
FORM = "customers/group_form.html"
CHANGE = "customers.change_customer"


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def standing_tab(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show the tab of the record with the days in each stage and all the axes (CUS-20, CUS-26)."""
    return _tab(request, get_customer(request, customer_id))


def _tab(
    request: HtmxHttpRequest,
    customer: Customer,
    *,
    form: BuyingStageForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user, now = current_user(request), timezone.now()
    spans, events = stage_history(customer, now=now)
    days = days_by_stage(spans)
    words = dict(choices.BUYING_STAGES)
    sees = may_see_sensitive(user, customer)
    is_refused = has_withdrawn(customer, Purpose.PROFILING)
    strata = [row for row in strata_of(customer) if sees or not row.credit_status]
    context: dict[str, Any] = {
        "stages": [(key, label, days.get(BuyingStage(key))) for key, label in words.items()],
        "spans": [(words[span.stage.value], span) for span in reversed(spans)],
        "losses": [event for event in events if event.from_stage == event.to_stage],
        "is_refused": is_refused,
        "activity": None
        if is_refused
        else activity_of(customer.pk, weights=in_force(ACTIVITY, at=now).value.weights, now=now),
        "value_rows": []
        if is_refused
        else _value_rows(customer, in_force(VALUE, at=now).value, sees=sees),
        "strata": strata,
        "needs": [
            (choices.NEED_FIELDS[key], customer.needs.get(key, ""))
            for key in needs_of(customer.nature)
        ],
        "sees_sensitive": sees,
        "may_change": user.has_perm(CHANGE),
        "stage_form": form or BuyingStageForm(customer=customer),
    }
    context |= _words(customer)
    return render_tab(
        request, customer, key="standing", template=TAB, context=context, status=status
    )


def _words(customer: Customer) -> dict[str, Any]:
    """Return the derived views of the customer in words (CUS-17, CUS-18, CUS-21)."""
    owned, phase = CustomerClass(customer.customer_class), Phase(customer.phase)
    service = service_phase_of(BuyingStage(customer.buying_stage), phase)
    base = base_of(owned, customer.managed_estate)
    return {
        "service_phase": dict(choices.SERVICE_PHASES)[service.value],
        "process": dict(choices.PROCESS_VIEWS)[process_view(owned).value],
        "tenure": dict(choices.TENURE_VIEWS)[tenure_view(owned, phase).value],
        "base": dict(choices.BASES)[base.value] if base else "",
    }


def _value_rows(
    customer: Customer, policy: ValuePolicy, *, sees: bool
) -> list[tuple[str, int, int, bool]]:
    """Return (name, score, limit, passed) of the three tests, empty before the first run.

    Purchasing power is left out for those who may not see the income it is made of.
    """
    held = held_standing(customer)
    if held is None:
        return []
    rows = (
        (_("Purchasing power"), held.power, policy.power),
        (_("Willingness for long cooperation"), held.willingness, policy.willingness),
        (_("Loyalty"), held.loyalty, policy.loyalty),
    )
    shown = rows if sees else rows[1:]
    return [(name, score, limit, score >= limit) for name, score, limit in shown]


@require_POST
@permission_required(CHANGE, raise_exception=True)
@idempotent()
def customer_stage(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Move the customer to another buying stage by hand, from a day on (CUS-20)."""
    customer = get_customer(request, customer_id)
    form = BuyingStageForm(request.POST, customer=customer)
    if form.is_valid():
        data, actor, now = form.cleaned_data, current_user(request), timezone.now()
        try:
            with as_seen(request, customer, "buying_stage"):
                change_stage(customer=customer, manual=True, actor=actor, now=now, **data)
        except EntryError as error:
            form.add_error(None, error.as_validation_error())
    if form.errors:
        return _tab(request, customer, form=form, status=422)
    stage = dict(choices.BUYING_STAGES)[form.cleaned_data["to"]]
    words = {"name": customer.name, "stage": stage}
    messages.success(request, _("%(name)s is now at: %(stage)s") % words)
    return go_to(request, _next(request, customer))


def _next(request: HtmxHttpRequest, customer: Customer) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return reverse("customers:standing-tab", args=[customer.pk])


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(CHANGE, raise_exception=True)
@idempotent()
def customer_group(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Change group, needs, estate, payment and credit; the group decides the fields (CUS-07)."""
    customer, user = get_customer(request, customer_id), current_user(request)
    nature = _nature(request.POST.get("nature") if request.POST else customer.nature)
    context = {
        "title": _("Group and needs of %(name)s") % {"name": customer.name},
        "customer": customer,
        "fields_url": reverse("customers:group-fields", args=[customer.pk]),
        "cancel_url": reverse("customers:standing-tab", args=[customer.pk]),
    }
    edit = edit_of(customer, user, "group")
    if "switch" in request.POST:
        form = _group_form(request, customer, user, nature, keeps=False)
        carry_base(form, request)
        return render_page(request, FORM, context | {"form": form}, partial="form")

    def save(valid: GroupForm) -> str:
        try:
            update_customer(
                customer=customer,
                changes=valid.changes(),
                version=valid.cleaned_data["version"],
                actor=user,
                now=timezone.now(),
            )
        except EntryError as error:
            raise _by_field(valid, error) from error
        messages.success(request, _("Group and needs are saved."))
        return reverse("customers:standing-tab", args=[customer.pk])

    return edit_page(
        request,
        edit=edit,
        form=lambda data: _group_form(
            request, customer, user, nature, keeps=True, shows=data is None
        ),
        template=FORM,
        save=save,
        context=context,
    )


def _by_field(form: Form, error: EntryError) -> Exception:
    """Return the faults for the form; those of fields it does not have as general ones."""
    if set(error.faults) <= set(form.fields):
        return error.as_validation_error()
    return ValidationError([text for texts in error.messages.values() for text in texts])


def _group_form(
    request: HtmxHttpRequest,
    customer: Customer,
    user: User,
    nature: str,
    *,
    keeps: bool,
    shows: bool = False,
) -> GroupForm:
    """Return the form, bound when it is to be saved; a switch keeps what was typed as a start."""
    initial = GroupForm.initial_of(customer)
    if not keeps:
        typed = {name: request.POST[name] for name in initial if name in request.POST}
        initial |= typed
    return GroupForm(
        request.POST if keeps and not shows and request.method == "POST" else None,
        nature=nature,
        sees_sensitive=may_see_sensitive(user, customer),
        initial=initial,
    )


@require_safe
@permission_required(CHANGE, raise_exception=True)
def group_fields(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Return the need fields of the group in the query, for the form to swap in (CUS-07)."""
    customer, user = get_customer(request, customer_id), current_user(request)
    nature = _nature(request.GET.get("nature", ""))
    form = _group_form(request, customer, user, nature, keeps=True)
    return render(request, "customers/_group_fields.html", {"form": form})


def _nature(text: str | None) -> str:
    """Return the group if there is one of this name, else none; the form refuses the rest."""
    return text if text in set(Nature) else ""
