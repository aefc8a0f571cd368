"""The tab of ties: who belongs to this customer, and who buys together (CUS-37)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.refusals import NotAllowedError
from crm_site.staff.current import current_user
from customers import choices
from customers.duplicate_forms import RelationForm
from customers.errors import EntryError, fault
from customers.models import Customer, CustomerRelation
from customers.record_tabs import render_tab
from customers.rules.entry import CustomerEntry
from customers.selectors.consents import household_consents
from customers.selectors.relations import relations_of, sharing_a_number
from customers.services.customers import register_customer
from customers.services.households import (
    RelationRefusedError,
    add_relation,
    remove_relation,
)
from customers.views.customer_record import get_customer

CHANGE = "customers.change_customer"


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("customers.view_customer", raise_exception=True)
@idempotent()
def relation_list(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show the ties of a customer; a POST adds one, to a known customer or a new contact."""
    user = current_user(request)
    if request.method == "POST" and not user.has_perm(CHANGE):
        raise NotAllowedError
    customer = get_customer(request, customer_id)
    if request.method != "POST":
        return _tab(request, customer)
    form = RelationForm(request.POST, user=user)
    if form.is_valid() and _added(request, customer, form):
        return go_to(request, reverse("customers:relation-list", args=[customer.pk]))
    return _tab(request, customer, form=form, status=422)


@require_POST
@permission_required(CHANGE, raise_exception=True)
def relation_remove(request: HtmxHttpRequest, customer_id: int, relation_id: int) -> HttpResponse:
    """Take a tie away; the records stay."""
    customer = get_customer(request, customer_id)
    ties = CustomerRelation.objects.visible_to(current_user(request))
    mine = ties.filter(customer=customer) | ties.filter(other=customer)
    relation = get_object_or_404(mine, pk=relation_id)
    remove_relation(relation=relation, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The link is removed."))
    return go_to(request, reverse("customers:relation-list", args=[customer.pk]))


def _added(request: HtmxHttpRequest, customer: Customer, form: RelationForm) -> bool:
    """Write the tie; say on the form why not where it is refused."""
    data = form.cleaned_data
    try:
        with transaction.atomic():
            other = data["other"] or _new_contact(request, customer, data)
            add_relation(
                customer=customer,
                other=other,
                kind=data["kind"],
                role=data["role"],
                note=data["note"],
                actor=current_user(request),
                now=timezone.now(),
            )
    except EntryError as error:
        for name, found in error.messages.items():
            form.add_error(name if name in form.fields else None, found)
        return False
    except RelationRefusedError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("The link is saved."))
    return True


def _new_contact(request: HtmxHttpRequest, customer: Customer, data: dict[str, Any]) -> Customer:
    """Return the record of the contact person, captured at the desk for the customer's project.

    A number that belongs to somebody outside the scope is refused without saying to whom.
    """
    entry = CustomerEntry(
        capture_point="front_desk",
        name=data["name"],
        phone=data["phone"],
        source=customer.source,
        project=customer.project,
    )
    done = register_customer(entry=entry, actor=current_user(request), now=timezone.now())
    if done.is_hidden:
        raise fault("phone", "phone_taken")
    return done.customer


def _tab(
    request: HtmxHttpRequest,
    customer: Customer,
    *,
    form: RelationForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = current_user(request)
    may_change = user.has_perm(CHANGE)
    context = {
        "relations": relations_of(customer, user=user),
        "sharing": sharing_a_number(customer, user=user),
        "members": household_consents(customer, user=user, now=timezone.now()),
        "purposes": [label for _key, label in choices.PURPOSES],
        "form": form or (RelationForm(user=user) if may_change else None),
        "may_change": may_change,
    }
    return render_tab(
        request,
        customer,
        key="relations",
        template="customers/tabs/relations.html",
        context=context,
        status=status,
    )
