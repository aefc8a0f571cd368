"""The promises of one customer, as a tab of the record (CUS-60)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm_site.common.form_errors import add_errors
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.refusals import NotAllowedError
from crm_site.registers.forms import CloseForm, EntryForm
from crm_site.registers.selectors import lines
from crm_site.registers.services import add_entry, close_entry
from crm_site.staff.current import current_user
from customers.models import Customer
from customers.promises import DEFINITION, PROMISES, promises_of
from customers.record_tabs import render_tab
from customers.views.customer_record import get_customer

VIEW = "customers.view_customer"
TEMPLATE = "customers/tabs/promises.html"
SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@idempotent()
def promise_list(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show the promises and tries of a customer, and add one."""
    customer = get_customer(request, customer_id)
    if request.method != "POST":
        return _tab(request, customer)
    user = current_user(request)
    if not user.has_perm(DEFINITION.edit_permission):
        raise NotAllowedError(_("Your role does not keep this register."), code="register")
    form = EntryForm(request.POST, definition=DEFINITION, user=user, subject_id=customer.pk)
    if form.is_valid():
        try:
            add_entry(register=PROMISES, draft=form.draft(), actor=user, now=timezone.now())
        except ValidationError as error:
            add_errors(form, error)
    if form.errors:
        return _tab(request, customer, form=form, status=422)
    messages.success(request, _("It is in the register."))
    return go_to(request, reverse("customers:promise-list", args=[customer.pk]))


@require_POST
@permission_required(DEFINITION.edit_permission, raise_exception=True)
@idempotent()
def promise_close(request: HtmxHttpRequest, customer_id: int, entry_id: int) -> HttpResponse:
    """End a promise: kept with evidence, or broken with a reason."""
    customer = get_customer(request, customer_id)
    entry = promises_of(customer).filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    form = CloseForm(request.POST, definition=DEFINITION, auto_id=f"close_{entry.pk}_%s")
    if form.is_valid():
        actor = current_user(request)
        close_entry(entry=entry, actor=actor, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The promise is closed."))
        return go_to(request, reverse("customers:promise-list", args=[customer.pk]))
    return _tab(request, customer, closing=(entry.pk, form), status=422)


def _tab(
    request: HtmxHttpRequest,
    customer: Customer,
    *,
    form: EntryForm | None = None,
    closing: tuple[int, CloseForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    user, now = current_user(request), timezone.now()
    may_edit = user.has_perm(DEFINITION.edit_permission)
    if form is None and may_edit:
        form = EntryForm(definition=DEFINITION, user=user, subject_id=customer.pk)
    bound = dict([closing]) if closing else {}
    rows: list[tuple[Any, CloseForm | None]] = []
    for line in lines(promises_of(customer)[:SHOWN], user=user, now=now):
        key = line.entry.pk
        own = bound.get(key) or CloseForm(definition=DEFINITION, auto_id=f"close_{key}_%s")
        rows.append((line, own if may_edit and line.entry.is_open else None))
    context = {"definition": DEFINITION, "rows": rows, "form": form, "now": now}
    return render_tab(
        request, customer, key=PROMISES, template=TEMPLATE, context=context, status=status
    )
