"""The strata of customers: list, add, change, delete (CUS-15)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import edit_page, form_page
from crm_site.staff.current import current_user
from customers import choices
from customers.axis_forms import StratumForm
from customers.models import Customer, Stratum
from customers.selectors.standing import members
from customers.services.strata import delete_stratum, save_stratum

EDIT = "customers.edit_strata"
FORM = "customers/stratum_form.html"


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def strata(request: HtmxHttpRequest) -> HttpResponse:
    """List the strata with their criteria, strategy and the way to their members."""
    user = current_user(request)
    needs, credit = dict(choices.STRATUM_NEEDS), dict(choices.CREDIT_STATES)
    sees = user.has_perm("customers.view_sensitive")
    visible = Customer.objects.visible_to(user)
    rows = []
    for row in Stratum.objects.all():
        shown = row.is_active and (sees or not row.credit_status)
        count = members(row, among=visible, user=user).count() if shown else None
        rows.append((row, needs.get(row.need, ""), credit.get(row.credit_status, ""), count))
    context = {"rows": rows, "may_edit": user.has_perm(EDIT)}
    return render(request, "customers/strata.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def stratum_add(request: HtmxHttpRequest) -> HttpResponse:
    """Add a stratum."""
    return _edit(request, None, _("New stratum"))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def stratum_edit(request: HtmxHttpRequest, stratum_id: int) -> HttpResponse:
    """Change a stratum."""
    stratum = get_object_or_404(Stratum, pk=stratum_id)
    return _edit(request, stratum, _("Edit %(name)s") % {"name": stratum.name})


def _edit(request: HtmxHttpRequest, stratum: Stratum | None, title: str) -> HttpResponse:
    context: dict[str, Any] = {
        "title": title,
        "stratum": stratum,
        "cancel_url": reverse("customers:strata"),
    }

    def save(valid: StratumForm) -> str:
        saved = save_stratum(
            stratum=valid.save(commit=False), actor=current_user(request), now=timezone.now()
        )
        messages.success(request, _("The stratum “%(name)s” is saved.") % {"name": saved.name})
        return reverse("customers:strata")

    def form(data: Any) -> StratumForm:
        return StratumForm(data, instance=stratum)

    if stratum is None:
        new = form(request.POST or None)
        return form_page(request, form=new, template=FORM, save=save, context=context)
    edit = edit_of(stratum, current_user(request))
    return edit_page(request, edit=edit, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required(EDIT, raise_exception=True)
def stratum_delete(request: HtmxHttpRequest, stratum_id: int) -> HttpResponse:
    """Delete a stratum; its customers stay."""
    stratum = get_object_or_404(Stratum, pk=stratum_id)
    name = stratum.name
    delete_stratum(stratum=stratum, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The stratum “%(name)s” is deleted.") % {"name": name})
    return go_to(request, reverse("customers:strata"))
