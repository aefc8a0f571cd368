"""Who looks after a buyer, and the first contacts with who is late (CUS-68, SVC-73)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.common.refusals import NotAllowedError
from crm_site.staff.current import current_user
from customers.journey.filters import ContactFilter
from customers.journey.forms import SpecialistForm
from customers.journey.specialists import (
    contacts_of,
    contacts_seen_by,
    late,
    name_specialist,
)
from customers.journey.tried import tried
from customers.models import Purchase, Task
from customers.property.views import VIEW
from customers.purchase.views import get_purchase

NAME = "customers.name_specialist"
LIST = Listing(
    template="customers/journey/contacts.html",
    sorts={"due": ("due_at", "id"), "latest": ("-due_at", "-id")},
    default_sort="latest",
    filter_class=ContactFilter,
)


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A first contact with the purchase it belongs to and by how many days it is late."""

    task: Task
    purchase: Purchase | None
    days_late: int


@require_safe
@permission_required(VIEW, raise_exception=True)
def contact_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the first contacts by specialists: due, made, late."""
    user, now = current_user(request), timezone.now()
    seen = contacts_seen_by(user)

    def present(tasks: list[Any]) -> list[ContactRow]:
        keys = [int(task.subject_id) for task in tasks]
        rows = Purchase.objects.visible_to(user).select_related("unit__building", "project")
        purchases = rows.in_bulk(keys)
        return [
            ContactRow(task, purchases.get(int(task.subject_id)), _days_late(task, now))
            for task in tasks
        ]

    context = {"late": seen.filter(late(now)).count(), "now": now}
    return list_page(request, queryset=seen, listing=LIST, present=present, context=context)


def _days_late(task: Task, now: datetime) -> int:
    """Return the days begun since the contact was due, 0 in time."""
    behind = (task.done_at or now) - task.due_at
    return behind.days + 1 if behind.total_seconds() > 0 else 0


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@idempotent()
def purchase_specialist(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Show who looks after the buyer; whoever may names somebody else."""
    user = current_user(request)
    if request.method == "POST" and not user.has_perm(NAME):
        raise NotAllowedError(_("Your role cannot name the customer specialist."))
    purchase = get_purchase(request, purchase_id)
    initial = {"person": purchase.specialist_id}
    form = SpecialistForm(request.POST or None, project=purchase.project, initial=initial)
    here = reverse("customers:purchase-detail", args=[purchase.pk])

    def save(valid: SpecialistForm) -> str:
        person = valid.cleaned_data["person"]
        tried(
            lambda: name_specialist(
                purchase=purchase, person=person, actor=user, now=timezone.now()
            )
        )
        messages.success(request, _("%(name)s looks after the buyer now.") % {"name": person.name})
        return here

    context = {
        "purchase": purchase,
        "contacts": contacts_of(purchase),
        "may_name": user.has_perm(NAME),
        "cancel_url": here,
        "now": timezone.now(),
    }
    template = "customers/journey/specialist.html"
    return form_page(request, form=form, template=template, save=save, context=context)
