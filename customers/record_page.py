"""What stands around every part of a customer's record: head, facts, next step, side columns."""

from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from crm_site.audit.services import record as audit
from crm_site.common.addresses import client_ip
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.staff.current import current_user
from customers.forms import AssignForm, PostponeForm, RevealForm
from customers.lead_forms import ClassForm, ReturnForm
from customers.masking import may_see_phone, phone_for
from customers.models import Customer
from customers.open_items import open_items
from customers.selectors.neighbours import neighbours
from customers.selectors.record import read_record
from customers.services.pool import may_take

PAGE = "customers/customer_detail.html"


def around(request: HtmxHttpRequest, customer: Customer, *, now: datetime) -> dict[str, Any]:
    """Return what the page of ``customer`` shows beside the part that is open.

    The customer comes from ``selectors.record.find``; the same few queries for any length.
    """
    user = current_user(request)
    return {
        "customer": customer,
        "record": read_record(customer, now=now),
        "now": now,
        "phone": phone_for(user, customer),
        "phone_is_masked": not may_see_phone(user, customer),
        "may_reveal": user.has_perm("customers.reveal_phone") and bool(customer.phone),
        "may_edit": user.has_perm("customers.change_customer"),
        "may_assign": user.has_perm("customers.assign_customer"),
        "may_log": user.has_perm("customers.log_interaction"),
        "may_lock": user.has_perm("customers.lock_grade"),
        "may_enquire": user.has_perm("customers.add_customer"),
        "reveal_form": SimpleLazyObject(RevealForm),
        "assign_form": SimpleLazyObject(partial(AssignForm, request=request)),
        "postpone_form": SimpleLazyObject(PostponeForm),
        "may_take": may_take(user, customer),
        "neighbours": neighbours(user, customer, request.GET.get("in", "")),
        "open_items": open_items(customer, user=user, now=now),
        "take_url": reverse("customers:customer-take", args=[customer.pk]),
        "may_return": user.has_perm("customers.assign_customer") and bool(customer.owner_id),
        "may_override": user.has_perm("customers.override_class"),
        "return_form": SimpleLazyObject(partial(ReturnForm, auto_id="return_%s")),
        "class_form": SimpleLazyObject(partial(ClassForm, customer=customer, auto_id="class_%s")),
    }


def note_look(request: HttpRequest, customer: Customer, *, now: datetime) -> None:
    """Audit that the user looked at the record of ``customer``, page or API (PLT-03, A-62)."""
    audit(
        kind="customer.viewed",
        actor=current_user(request),
        subject=("customer", customer.pk),
        ip=client_ip(request),
        now=now,
    )
