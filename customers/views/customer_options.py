"""Customers offered while somebody types in a box that wants one."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.search_groups import LONGEST, is_long_enough
from crm_site.staff.current import current_user
from customers.masking import phone_for
from customers.models import Customer
from customers.services.lookups import note_phone_search

OFFERED = 8


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def customer_options(request: HtmxHttpRequest) -> HttpResponse:
    """Return the first customers in scope that ``q`` names; phone numbers count (A-24)."""
    user, asked = current_user(request), request.GET.get("q", "").strip()[:LONGEST]
    rows = []
    if is_long_enough(asked):
        note_phone_search(text=asked, actor=user, now=timezone.now())
        found = Customer.objects.visible_to(user).search(asked).for_table()
        rows = [
            {
                "pk": each.pk,
                "name": each.name,
                "phone": phone_for(user, each),
                "note": " · ".join(one.name for one in (each.project, each.owner) if one),
            }
            for each in found.order_by("sort_key", "pk")[:OFFERED]
        ]
    return render(request, "customers/_options.html", {"rows": rows})
