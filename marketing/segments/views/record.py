"""The tab of a customer's record: actions, recommendations, opportunities, share of spend."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_site.common.form_errors import add_errors
from crm_site.common.htmx import HtmxHttpRequest, add_toast, go_to
from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers.models import Customer
from customers.record_tabs import render_tab
from customers.selectors.record import find_to_work_on
from customers.views.customer_record import get_customer
from marketing.segments import words
from marketing.segments.care_forms import ReactionForm, SpendDeclaredForm
from marketing.segments.models import Opportunity, Recommendation, ServiceUse
from marketing.segments.querysets import SEE_CHANCES, WORK_CHANCES
from marketing.segments.rules.relation import ACTIONS
from marketing.segments.selectors.spending import share_of
from marketing.segments.services.caring import declare_spend, relation_of, use_action
from marketing.segments.services.recommending import react, recommend, refused

LOGGED = 20


@require_safe
@permission_required(SEE_CHANCES, raise_exception=True)
def customer_chances(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show what can be done for this customer, by the age of the relation."""
    return _tab(request, get_customer(request, customer_id))


@require_POST
@permission_required(WORK_CHANCES, raise_exception=True)
@idempotent()
def action_use(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Use one of the three actions: it is logged and becomes a task."""
    customer = _to_work_on(request, customer_id)
    action = request.POST.get("action", "")
    use_action(customer=customer, action=action, **working_of(request))
    return _done(request, customer, _("Noted, and a task is made for it."))


@require_POST
@permission_required(WORK_CHANCES, raise_exception=True)
@idempotent()
def recommendations_make(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Look for new things to recommend."""
    customer = _to_work_on(request, customer_id)
    made = recommend(customer=customer, **working_of(request))
    words_ = _("New recommendations are below.") if made else _("There is nothing new to propose.")
    return _done(request, customer, words_)


@require_POST
@permission_required(WORK_CHANCES, raise_exception=True)
@idempotent()
def recommendation_react(request: HtmxHttpRequest, recommendation_id: int) -> HttpResponse:
    """Keep what the customer said to a recommendation."""
    rows = Recommendation.objects.visible_to(current_user(request)).select_related("customer")
    row = rows.filter(pk=recommendation_id).first()
    if row is None:
        raise Http404
    customer = _to_work_on(request, row.customer_id)
    form = ReactionForm(request.POST)
    if not form.is_valid():
        unanswered = {"pk": row.pk, "note": request.POST.get("note", "")}
        return _tab(request, get_customer(request, customer.pk), status=422, unanswered=unanswered)
    react(recommendation=row, **form.cleaned_data, **working_of(request))
    return _done(request, customer, _("The reaction is kept and counts in the next choice."))


@require_POST
@permission_required(WORK_CHANCES, raise_exception=True)
@idempotent()
def spend_declare(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Keep what the customer says to spend on housing."""
    customer = _to_work_on(request, customer_id)
    form = SpendDeclaredForm(request.POST)
    if form.is_valid():
        try:
            declare_spend(customer=customer, **form.cleaned_data, **working_of(request))
        except ValidationError as error:
            add_errors(form, error)
    if form.errors:
        return _tab(request, get_customer(request, customer.pk), status=422, spend_form=form)
    return _done(request, customer, _("The spend is kept."))


def working_of(request: HtmxHttpRequest) -> dict[str, Any]:
    """Return who works and when."""
    return {"actor": current_user(request), "now": timezone.now()}


def _to_work_on(request: HtmxHttpRequest, customer_id: int) -> Customer:
    customer = find_to_work_on(user=current_user(request), customer_id=customer_id)
    if customer is None:
        raise Http404
    return customer


def _done(request: HtmxHttpRequest, customer: Customer, words_: str) -> HttpResponse:
    if not request.htmx:
        return go_to(request, reverse("marketing:customer-chances", args=[customer.pk]))
    response = _tab(request, get_customer(request, customer.pk))
    add_toast(response, words_)
    return response


def _tab(
    request: HtmxHttpRequest, customer: Customer, *, status: int = 200, **more: Any
) -> HttpResponse:
    user, today = current_user(request), timezone.localdate()
    relation = relation_of(customer)
    labels = dict(words.ACTIONS)
    is_refused = refused(customer)
    rows = Recommendation.objects.filter(customer=customer).order_by("-made_at", "-score", "pk")
    context: dict[str, Any] = {
        "relation": dict(words.RELATIONS)[relation.value],
        "actions": [(key, labels[key]) for key in ACTIONS[relation]],
        "uses": ServiceUse.objects.filter(customer=customer)
        .select_related("by")
        .order_by("-at", "-pk")[:LOGGED],
        "is_refused": is_refused,
        "recommendations": [] if is_refused else rows[:LOGGED],
        "reactions": words.REACTIONS,
        "opportunities": Opportunity.objects.filter(customer=customer)
        .select_related("target")
        .order_by("-opened_at", "-pk")[:LOGGED],
        "share": share_of(customer, year=today.year),
        "spend_form": SpendDeclaredForm(initial={"year": today.year}, auto_id="spend_%s"),
        "may_work": user.has_perm(WORK_CHANCES),
        **more,
    }
    context["traps"] = [words.TRAPS[trap.value] for trap in context["share"].traps]
    template = "marketing/segments/tab.html"
    return render_tab(
        request, customer, key="chances", template=template, context=context, status=status
    )
