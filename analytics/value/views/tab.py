"""The tab of the record: value with its working, what the customer gets, the next contact."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from analytics.value import choices, words
from analytics.value.models import VIEW_CUSTOMER, BasketRule, CustomerValue, PurchaseIntent
from analytics.value.rules.baskets import Found, recommended
from analytics.value.rules.talking import Basis
from analytics.value.selectors.relation import value_for_customer
from analytics.value.selectors.talks import NextContact, next_contact
from analytics.value.selectors.working import steps_of
from analytics.value.services.mining import wishes_of
from crm_site.common.htmx import HtmxHttpRequest
from customers import choices as customer_choices
from customers.models import Customer
from customers.record_tabs import render_tab
from customers.rules.consent import Purpose
from customers.services.consents import has_withdrawn
from customers.views.customer_record import get_customer

TEMPLATE = "analytics/value/tab.html"
TAB = "value"
STOPS = {
    "refused": gettext_lazy("The customer does not want to be contacted."),
    "unknown": gettext_lazy("No attempt is known yet, here or with others of the project."),
}
MOST_RULES = 5


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
@permission_required(VIEW_CUSTOMER, raise_exception=True)
def value_tab(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show what both sides get from the relation, and what to do next (ANA-09, ANA-57, ANA-54)."""
    customer, now = get_customer(request, customer_id), timezone.now()
    is_refused = has_withdrawn(customer, Purpose.PROFILING)
    row = None
    if not is_refused:
        rows = CustomerValue.objects.select_related("model")
        row = rows.filter(customer=customer).first()
    gets = value_for_customer(customer, now=now)
    context: dict[str, Any] = {
        "is_refused": is_refused,
        "value": row,
        "intent": None if is_refused else PurchaseIntent.objects.filter(pk=customer.pk).first(),
        "steps": steps_of(row) if row else [],
        "cells": _cells(row) if row else [],
        "costs": list(customer.cost_shares.select_related("pool").order_by("-pk")[:5]),
        "gets": gets,
        "parts": [(words.DRIVERS[part.driver], part) for part in gets.parts] if gets else [],
        "rules": [] if is_refused else _recommended(customer),
    }
    context |= {} if is_refused else _contact(next_contact(customer, now=now))
    return render_tab(request, customer, key=TAB, template=TEMPLATE, context=context)


def _cells(row: CustomerValue) -> list[tuple[Any, Any]]:
    return [
        (label, dict(cells)[getattr(row, f"by_{key}")])
        for key, (label, cells) in choices.METHODS.items()
    ]


def _recommended(customer: Customer) -> list[dict[str, Any]]:
    rules = [
        Found(
            given=tuple(rule.given),
            then=(rule.then,),
            support=float(rule.support),
            confidence=float(rule.confidence),
            lift=float(rule.lift),
            conviction=0.0,
            count=rule.count,
            baskets=rule.baskets,
        )
        for rule in BasketRule.objects.filter(state=choices.APPROVED).order_by("-lift")
    ]
    if not rules:
        return []
    found = recommended(wishes_of(customer.pk), rules)[:MOST_RULES]
    return [
        {"then": words.wishes(rule.then), "given": words.wishes(rule.given), "rule": rule}
        for rule in found
    ]


def _contact(found: NextContact) -> dict[str, Any]:
    if found.suggested is None:
        return {"stop": STOPS[found.stop]}
    one = found.suggested
    begins, ends = one.slot
    basis = (
        _("%(answered)s of %(tried)s own attempts answered")
        if one.basis is Basis.OWN
        else _("%(answered)s of %(tried)s attempts with others of the project answered")
    )
    return {
        "contact": {
            "channel": dict(customer_choices.CONTACT_CHANNELS)[one.channel],
            "hours": f"{begins:02d}:00–{ends:02d}:00",
            "is_weekend": one.is_weekend,
            "chance": one.chance,
            "at": found.at,
            "basis": basis % {"answered": one.answered, "tried": one.tried},
        }
    }
