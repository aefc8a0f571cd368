"""Whether somebody about to be recorded is known already, while the form is being filled in."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.staff.current import current_user
from customers.errors import EntryError
from customers.models import Customer
from customers.rules.names import is_full_name
from customers.rules.text import clean_name
from customers.services.customers import find_duplicate

SHOWN = 3


@require_POST
@permission_required("customers.add_customer", raise_exception=True)
def customer_known(request: HtmxHttpRequest) -> HttpResponse:
    """Warn of a known number and of the same name, with no more than the asker may see.

    A whole number only; each question counts against the limit, one that finds somebody is audited.
    Outside the asker's scope nothing is told but that the customer exists.
    """
    user = current_user(request)
    is_known, known = False, None
    try:
        phone = request.POST.get("phone", "")
        is_known, known = find_duplicate(phone=phone, actor=user, now=timezone.now())
    except EntryError:
        pass  # not a whole number yet
    name = clean_name(request.POST.get("name", ""))[:80]
    namesakes = Customer.objects.visible_to(user).filter(name=name).order_by("-pk")
    context = {
        "is_known": is_known,
        "known": known,
        "namesakes": list(namesakes[:SHOWN]) if not is_known and is_full_name(name) else [],
    }
    return render(request, "customers/_known.html", context)
