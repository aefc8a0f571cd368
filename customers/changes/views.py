"""The pages of individual changes of one purchase."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.files import hand_out
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.policies.services import in_force
from crm_site.staff.current import current_user
from customers.changes import forms, individual
from customers.changes.models import ChangeNotice, IndividualChange
from customers.changes.policies import CHANGES
from customers.changes.rules import BEFORE, ChangeState
from customers.property.views import VIEW
from customers.purchase.models import Purchase
from customers.purchase.views import get_purchase
from customers.works.pages import service_form

PAGE = "customers/changes/individual.html"
ACTIONS = {"sign": ChangeState.SIGNED, "execute": ChangeState.EXECUTED}
NEXT = {before.value: to for to, before in BEFORE.items()}


@require_safe
@permission_required(VIEW, raise_exception=True)
def purchase_changes(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Show what a buyer asked to have changed, and the changes the buyer has to be told of."""
    purchase, user = get_purchase(request, purchase_id), current_user(request)
    rows = IndividualChange.objects.filter(purchase=purchase)
    notices = ChangeNotice.objects.filter(purchase=purchase).select_related("change")
    context = {
        "purchase": purchase,
        "changes": rows.select_related("node__building", "asked_by").order_by("-pk"),
        "notices": notices.order_by("-change__decided_on", "-pk"),
        "rules": in_force(CHANGES, at=timezone.now()).value,
        "may_ask": user.has_perm(individual.ASK) and purchase.state in individual.OPEN_TO,
        "may_advance": user.has_perm(individual.ASK),
    }
    return render_page(request, PAGE, context, partial="changes")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(individual.ASK, raise_exception=True)
@idempotent()
def change_add(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Ask for an individual change; refused after the cut-off of its building node."""
    purchase, actor = get_purchase(request, purchase_id), current_user(request)
    form = forms.ChangeForm(
        request.POST or None, request.FILES or None, nodes=forms.nodes_for(purchase)
    )
    return service_form(
        request,
        project=purchase.project,
        form=form,
        title=_("Individual change"),
        back=_url(purchase),
        run=lambda valid: individual.ask_change(
            purchase=purchase,
            wish=valid.asked(),
            drawing=valid.cleaned_data["drawing"],
            actor=actor,
            now=timezone.now(),
        ),
        done=_("Design, engineering and cost are asked for their signatures."),
        lead=str(purchase.unit or ""),
        has_file=True,
    )


@require_POST
@permission_required(individual.ASK, raise_exception=True)
@idempotent()
def change_advance(request: HtmxHttpRequest, individual_id: int, step: str) -> HttpResponse:
    """Note that the customer signed a change, or that it was carried out."""
    change = _change(request, individual_id)
    if step not in ACTIONS:
        raise Http404
    individual.advance_change(
        change=change,
        to=ACTIONS[step],
        findings="",
        actor=current_user(request),
        now=timezone.now(),
    )
    messages.success(request, _("The change is noted."))
    return go_to(request, _url(change.purchase))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(individual.ASK, raise_exception=True)
@idempotent()
def change_check(request: HtmxHttpRequest, individual_id: int) -> HttpResponse:
    """Note what the check of a change found."""
    change, actor = _change(request, individual_id), current_user(request)

    def run(valid: Any) -> None:
        individual.advance_change(
            change=change,
            to=ChangeState.CHECKED,
            actor=actor,
            now=timezone.now(),
            **valid.cleaned_data,
        )

    return service_form(
        request,
        project=change.purchase.project,
        form=forms.FindingsForm(request.POST or None),
        title=_("Check of “%(item)s”") % {"item": change.item},
        back=_url(change.purchase),
        run=run,
        done=_("The check is on file."),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def change_drawing(request: HtmxHttpRequest, individual_id: int) -> HttpResponse:
    """Hand out the drawing of a change."""
    return hand_out(_change(request, individual_id).drawing)


def _change(request: HtmxHttpRequest, individual_id: int) -> IndividualChange:
    rows = IndividualChange.objects.visible_to(current_user(request))
    rows = rows.select_related("purchase__project", "node")
    found: IndividualChange | None = rows.filter(pk=individual_id).first()
    if found is None:
        raise Http404
    return found


def _url(purchase: Purchase) -> str:
    return reverse("customers:purchase-changes", args=[purchase.pk])
