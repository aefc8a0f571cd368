"""Handing over the work of somebody who leaves, and the briefing for the new consultants."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.errors import EntryError
from customers.handover_forms import HandoverForm
from customers.masking import phone_for
from customers.selectors.handing_over import briefing, handovers_visible_to, leavers, proposals
from customers.services.handing_over import hand_over as carry_out
from customers.services.handing_over import open_work
from customers.services.ownership import within_reach

HAND_OVER = "customers.hand_over"


@require_safe
@permission_required(HAND_OVER, raise_exception=True)
def hand_over_list(request: HtmxHttpRequest) -> HttpResponse:
    """List the people in reach with open work; closed accounts, which must not keep any, first."""
    rows = leavers(current_user(request))
    context = {"gone": [row for row in rows if row.is_gone], "rows": rows}
    return render(request, "customers/hand_over_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(HAND_OVER, raise_exception=True)
@idempotent()
def hand_over(request: HtmxHttpRequest, user_id: int) -> HttpResponse:
    """Show what a person leaves behind, and give it to others as planned (CUS-50)."""
    user, now = current_user(request), timezone.now()
    people = within_reach(User.objects.exclude(pk=user.pk), user)
    leaver = get_object_or_404(people, pk=user_id)
    proposed = proposals(leaver=leaver, actor=user, now=now)
    form = HandoverForm(request.POST or None, proposals=proposed)
    if form.is_bound and form.is_valid():
        try:
            row = carry_out(
                leaver=leaver,
                plan=form.plan(),
                reason=form.cleaned_data["reason"],
                over_cap=form.cleaned_data["over_cap"],
                actor=user,
                now=now,
            )
        except EntryError as error:
            form.add_error(None, error.as_validation_error())
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            done = ngettext(
                "%(count)s customer has a new consultant.",
                "%(count)s customers have a new consultant.",
                row.counts.get("customers", 0),
            )
            messages.success(request, done % {"count": row.counts.get("customers", 0)})
            return go_to(request, reverse("customers:handover-briefing", args=[row.pk]))
    status = 422 if form.is_bound else 200
    work = open_work(leaver)
    context: dict[str, Any] = {"leaver": leaver, "work": work, "form": form}
    context["total"] = sum(one.count for one in work)
    return render(request, "customers/hand_over.html", context, status=status)


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def handover_briefing(request: HtmxHttpRequest, handover_id: int) -> HttpResponse:
    """Show what the new consultants have to know about each customer; made to be printed."""
    user, now = current_user(request), timezone.now()
    row = get_object_or_404(handovers_visible_to(user), pk=handover_id)
    lines = [
        {"row": line, "phone": phone_for(user, line.customer)} for line in briefing(row, user=user)
    ]
    words = {
        "customers": _("Customers"),
        "leads": _("Open leads"),
        "tasks": _("Open tasks"),
        "meetings": _("Planned meetings"),
        "upkeep": _("Upkeep plans"),
        "backups": _("Customers as backup"),
        "promises": _("Open promises"),
    }
    counts = [(words.get(key, key), number) for key, number in row.counts.items() if number]
    context = {"handover": row, "lines": lines, "counts": counts, "now": now}
    return render(request, "customers/handover_briefing.html", context)
