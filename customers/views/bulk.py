"""Changes of many customers: ask, watch, read the reasons, take back (B4)."""

import csv
import io
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.keyset import count_up_to
from crm_site.common.refusals import NotAllowedError, RefusedError
from crm_site.exchange.rules.text import safe_for_spreadsheet
from crm_site.staff.confirmation import critical
from crm_site.staff.current import current_user
from customers.bulk_forms import FORMS, LABELS
from customers.models import BulkChange, Customer
from customers.selectors.listed import listed
from customers.services.bulk import ERRORS, RIGHT, counts, may, may_undo, start_bulk, undo_bulk
from customers.services.bulk_actions import FAILED, KEPT

MOST_IDS = 500


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(RIGHT, raise_exception=True)
@idempotent()
def bulk_start(request: HtmxHttpRequest) -> HttpResponse:
    """Ask what the change needs to know, then start it as a job."""
    data = request.POST if request.method == "POST" else request.GET
    user, action = current_user(request), data.get("action", "")
    if action and not may(user, action):
        raise NotAllowedError(_("Your role does not allow this change of many customers."))
    form = FORMS[action](request.POST or None, user=user) if action else None
    chosen = _chosen(request, data)
    problem, status = "", 200
    if request.method == "POST":
        status = 422
        if form is not None and form.is_valid():
            try:
                change = start_bulk(
                    action=action,
                    params=form.params(),
                    customers=chosen,
                    actor=user,
                    now=timezone.now(),
                )
            except NotAllowedError:
                raise
            except RefusedError as error:
                problem = str(error)
            else:
                return redirect("customers:bulk-detail", change.pk)
    context = {
        "form": form,
        "action": action,
        "title": LABELS.get(action, _("Change many customers")),
        "actions": [(key, LABELS[key]) for key in FORMS if may(user, key)],
        "number": count_up_to(chosen),
        "ids": ",".join(map(str, _ids(data))),
        "everybody": data.get("all", ""),
        "query": data.get("query", ""),
        "problem": problem,
    }
    return render_page(request, "customers/bulk_start.html", context, status=status)


def _chosen(request: HtmxHttpRequest, data: QueryDict) -> Any:
    """Return the customers that were ticked, or all that the list shows, as far as visible."""
    user = current_user(request)
    if data.get("all") == "1":
        found = listed(user, QueryDict(data.get("query", "")[:2000]))
        return Customer.objects.none() if found is None else found
    return Customer.objects.visible_to(user).filter(pk__in=_ids(data))


def _ids(data: QueryDict) -> list[int]:
    words = [word for value in data.getlist("ids") for word in value.split(",")]
    return [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 19][
        :MOST_IDS
    ]


@require_safe
@permission_required(RIGHT, raise_exception=True)
def bulk_detail(request: HtmxHttpRequest, change_id: int) -> HttpResponse:
    """Show how far a change is and what came of it."""
    change = _change(request, change_id)
    context = {
        "change": change,
        "label": LABELS[change.action],
        "counts": counts(change),
        "is_working": change.state in ("waiting", "running", "undoing"),
        "may_undo": may_undo(change, now=timezone.now()),
    }
    return render_page(request, "customers/bulk_detail.html", context, partial="progress")


@require_POST
@permission_required(RIGHT, raise_exception=True)
@idempotent()
def bulk_undo(request: HtmxHttpRequest, change_id: int) -> HttpResponse:
    """Take a change back."""
    change = _change(request, change_id)
    undo_bulk(change=change, now=timezone.now())
    messages.success(request, _("The change is being taken back."))
    return redirect("customers:bulk-detail", change.pk)


@require_safe
@critical("GET", "HEAD")
@permission_required(RIGHT, raise_exception=True)
def bulk_reasons(request: HtmxHttpRequest, change_id: int) -> HttpResponse:
    """Return the customers that were not changed, or not put back, with reasons, as CSV."""
    change = _change(request, change_id)
    items = change.items.filter(state__in=[FAILED, KEPT]).order_by("customer_id")
    found = list(items.values_list("customer_id", "error"))
    seen = Customer.objects.visible_to(request.user).filter(pk__in=[pk for pk, _error in found])
    names = dict(seen.values_list("pk", "name"))
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_("Number"), _("Customer"), _("Reason")])
    for pk, error in found:
        reason = str(ERRORS.get(error, error))
        writer.writerow([pk, safe_for_spreadsheet(names.get(pk, "")), safe_for_spreadsheet(reason)])
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="bulk-{change.pk}.csv"'
    return response


def _change(request: HtmxHttpRequest, change_id: int) -> BulkChange:
    change = BulkChange.objects.visible_to(request.user).filter(pk=change_id).first()
    if change is None:
        raise Http404
    return change
