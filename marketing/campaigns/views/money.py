"""The budget tree, its moves, and the cost desk (MKT-55, MKT-75)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Sum
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.staff.current import current_user
from customers.vocabulary import labels
from marketing.campaigns import trees
from marketing.campaigns.filters import CostFilter
from marketing.campaigns.models import BudgetMove, BudgetNode, Campaign, CostItem
from marketing.campaigns.money_forms import (
    FORMS_OF_KIND,
    AllocateForm,
    BudgetChangeForm,
    CostAskForm,
    MoveForm,
    PayForm,
)
from marketing.campaigns.querysets import ASK_COST, PAY_COST, SEE_MONEY, SET_BUDGET
from marketing.campaigns.rules.states import BudgetKind, CostState
from marketing.campaigns.selectors import approval_with
from marketing.campaigns.services import budgets as services
from marketing.campaigns.services import costs as cost_services
from marketing.campaigns.services.moving import MoveDraft, ask_move
from marketing.campaigns.views.common import FORM, found_or_404, number_asked, year_asked

COSTS = Listing(
    template="marketing/campaigns/costs.html",
    sorts={"day": ("-on", "-id"), "amount": ("-amount", "-id")},
    default_sort="day",
    filter_class=CostFilter,
)
# what can be opened below what
BELOW = {None: BudgetKind.COMPANY, "company": BudgetKind.PROJECT, "campaign": BudgetKind.CHANNEL}
RELATED = ("project", "region", "campaign")


def _nodes(request: HtmxHttpRequest) -> Any:
    rows = BudgetNode.objects.visible_to(current_user(request))
    return rows.select_related(*RELATED)


@require_safe
@permission_required(SEE_MONEY, raise_exception=True)
def budgets(request: HtmxHttpRequest) -> HttpResponse:
    """Show the budgets of a year as a tree, advice to move money, moves that wait."""
    user, now, year = current_user(request), timezone.now(), year_asked(request)
    found = trees.branches(_nodes(request).filter(year=year))
    moves = BudgetMove.objects.visible_to(user).filter(source__year=year)
    moves = moves.select_related(
        *(f"{end}__{name}" for end in ("source", "target") for name in ("project", "campaign")),
        "asked_by",
    )
    company = next((one for one in found if one.node.kind == BudgetKind.COMPANY), None)
    context = {
        "year": year,
        "branches": found,
        "company": company,
        "advice": trees.advice(found, now=now),
        "moves": moves.order_by("-pk")[:20],
        "unallocated": _unallocated(user, year),
        "may_set": user.has_perm(SET_BUDGET),
        "may_ask": user.has_perm(ASK_COST),
        "below": {kind: to.value for kind, to in BELOW.items() if kind},
    }
    return render(request, "marketing/campaigns/budgets.html", context)


def _unallocated(user: Any, year: int) -> Any:
    rows = CostItem.objects.visible_to(user).committed().unallocated().filter(on__year=year)
    return rows.aggregate(found=Sum("amount"))["found"]


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(SET_BUDGET, raise_exception=True)
@idempotent()
def budget_add(request: HtmxHttpRequest) -> HttpResponse:
    """Open the budget of the company, or one below ``?parent=``."""
    user = current_user(request)
    key = number_asked(request, "parent")
    parent: BudgetNode | None = found_or_404(_nodes(request), key) if key else None
    kind = BELOW.get(parent.kind if parent else None)
    if kind is None:
        raise Http404
    extra: dict[str, Any] = {"initial": {"year": year_asked(request)}} if not parent else {}
    form_class = FORMS_OF_KIND[kind]
    if parent:
        extra["user"] = user
    form = form_class(request.POST or None, **extra)

    def save(valid: BaseForm) -> str:
        new = services.NewNode(
            kind=kind,
            parent=parent,
            campaign=parent.campaign if parent else None,
            **valid.cleaned_data,
        )
        made = services.set_budget(new=new, actor=user, now=timezone.now())
        return f"{reverse('marketing:budgets')}?year={made.year}"

    title = _("New budget below %(parent)s") % {"parent": parent} if parent else _("New budget")
    context = {"title": title, "cancel_url": reverse("marketing:budgets")}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(SEE_MONEY, raise_exception=True)
def budget(request: HtmxHttpRequest, budget_id: int) -> HttpResponse:
    """Show a budget: what is left, what lies below it, what was charged, its trail."""
    node, user = found_or_404(_nodes(request), budget_id), current_user(request)
    below = trees.branches([node, *_nodes(request).filter(parent=node)])
    costs = CostItem.objects.visible_to(user).filter(node=node)
    context = {
        "node": node,
        "branch": below[0],
        "children": below[1:],
        "costs": costs.order_by("-on", "-pk")[:20],
        "events": node.events.select_related("actor", "move").order_by("-pk")[:50],
        "may_set": user.has_perm(SET_BUDGET),
        "may_ask": user.has_perm(ASK_COST),
        "may_open": user.has_perm(SET_BUDGET) and node.kind in BELOW,
    }
    return render(request, "marketing/campaigns/budget.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(SET_BUDGET, raise_exception=True)
@idempotent()
def budget_edit(request: HtmxHttpRequest, budget_id: int) -> HttpResponse:
    """Set another amount, with a reason."""
    node, user = found_or_404(_nodes(request), budget_id), current_user(request)

    initial = {"amount": node.amount, "was": node.amount}
    form = BudgetChangeForm(request.POST if request.method == "POST" else None, initial=initial)

    def save(valid: BudgetChangeForm) -> str:
        change = services.Change(**valid.cleaned_data)
        services.change_budget(node=node, change=change, actor=user, now=timezone.now())
        return str(node.get_absolute_url())

    title = _("Change the budget: %(budget)s") % {"budget": node}
    context = {"title": title, "cancel_url": node.get_absolute_url()}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ASK_COST, raise_exception=True)
@idempotent()
def budget_move(request: HtmxHttpRequest) -> HttpResponse:
    """Ask for a move between budgets; ``?source=``, ``?target=`` and ``?amount=`` fill it in."""
    user, now, year = current_user(request), timezone.now(), year_asked(request)
    names = ("source", "target", "amount")
    initial: dict[str, Any] = {name: request.GET[name] for name in names if request.GET.get(name)}
    advised = None
    if "source" in initial and "target" in initial:
        pair = (number_asked(request, "source"), number_asked(request, "target"))
        found = trees.advice(trees.branches(_nodes(request).filter(year=year)), now=now)
        advised = next((one for one in found if (one.source.key, one.target.key) == pair), None)
    if advised is not None:
        initial["reason"] = _("A contract costs clearly less there")
    form = MoveForm(request.POST or None, user=user, year=year, initial=initial)

    def save(valid: MoveForm) -> str:
        given = valid.cleaned_data
        pair = (given["source"].pk, given["target"].pk)
        kept = advised and (advised.source.key, advised.target.key) == pair
        evidence = trees.evidence_of(advised) if advised and kept else {}
        ask_move(draft=MoveDraft(**given, evidence=evidence), actor=user, now=now)
        messages.success(request, _("The approval is asked for."))
        return f"{reverse('marketing:budgets')}?year={year}"

    context = {"title": _("Move budget"), "cancel_url": reverse("marketing:budgets")}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(SEE_MONEY, raise_exception=True)
def costs(request: HtmxHttpRequest) -> HttpResponse:
    """Show the cost desk: what is requested, approved, paid, and what is charged nowhere."""
    user = current_user(request)
    seen = CostItem.objects.visible_to(user)
    context = {
        "may_ask": user.has_perm(ASK_COST),
        "may_pay": user.has_perm(PAY_COST),
        "unallocated": seen.committed().unallocated().count(),
        "without_budget": seen.without_budget().count(),
        "to_pay": seen.filter(state=CostState.APPROVED.value).count(),
    }
    rows = seen.select_related("project", "campaign", "requested_by")
    return list_page(request, queryset=rows, listing=COSTS, present=_with_channels, context=context)


def _with_channels(page: list[Any]) -> list[Any]:
    words = labels("source")
    for row in page:
        row.channel_name = words.get(row.channel_code, row.channel_code)
    return page


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ASK_COST, raise_exception=True)
@idempotent()
def cost_add(request: HtmxHttpRequest) -> HttpResponse:
    """Request cost; ``?campaign=`` and ``?placement=`` fill in what it is charged to."""
    user = current_user(request)
    initial: dict[str, Any] = {"on": timezone.localdate()}
    key = number_asked(request, "campaign")
    if key:
        campaign = found_or_404(Campaign.objects.visible_to(user), key)
        initial |= {"campaign": campaign.pk, "project": campaign.project_id}
    if placement := number_asked(request, "placement"):
        initial["placement"] = placement
    form = CostAskForm(request.POST or None, user=user, initial=initial)

    def save(valid: CostAskForm) -> str:
        made = cost_services.request_cost(draft=valid.draft(), actor=user, now=timezone.now())
        messages.success(request, _("The cost is requested; its approval is asked for."))
        return made.get_absolute_url()

    context = {"title": _("Request cost"), "cancel_url": reverse("marketing:costs")}
    return form_page(request, form=form, template=FORM, save=save, context=context)


def get_cost(request: HtmxHttpRequest, key: int) -> CostItem:
    """Return the item; 404 where it is missing or of another place."""
    rows = CostItem.objects.visible_to(current_user(request))
    related = ("project", "campaign", "placement", "node__project", "node__campaign")
    found: CostItem = found_or_404(rows.select_related(*related, "requested_by"), key)
    return found


@require_safe
@permission_required(SEE_MONEY, raise_exception=True)
def cost(request: HtmxHttpRequest, cost_id: int) -> HttpResponse:
    """Show an item of cost with its steps."""
    row, user = get_cost(request, cost_id), current_user(request)
    may_pay = user.has_perm(PAY_COST)
    context = {
        "cost": row,
        "channel": labels("source").get(row.channel_code, row.channel_code),
        "events": row.events.select_related("actor").order_by("-pk"),
        "approval": approval_with(row.approval_id),
        "may_pay": may_pay and row.state == CostState.APPROVED,
        "may_allocate": may_pay and row.state != CostState.REFUSED,
    }
    return render(request, "marketing/campaigns/cost.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PAY_COST, raise_exception=True)
@idempotent()
def cost_pay(request: HtmxHttpRequest, cost_id: int) -> HttpResponse:
    """Note that an approved item was paid."""
    row, user = get_cost(request, cost_id), current_user(request)
    form = PayForm(request.POST or None, initial={"paid_on": timezone.localdate()})

    def save(valid: PayForm) -> str:
        given = valid.cleaned_data
        return cost_services.pay(
            cost=row, **given, actor=user, now=timezone.now()
        ).get_absolute_url()

    context = {"title": _("Pay: %(what)s") % {"what": row}, "cancel_url": row.get_absolute_url()}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PAY_COST, raise_exception=True)
@idempotent()
def cost_allocate(request: HtmxHttpRequest, cost_id: int) -> HttpResponse:
    """Charge an item to a project, a campaign or a channel."""
    row, user = get_cost(request, cost_id), current_user(request)

    def form(data: Any) -> BaseForm:
        return AllocateForm(data, user=user, cost=get_cost(request, row.pk))

    def save(valid: AllocateForm) -> str:
        reason = valid.cleaned_data["reason"]
        now = timezone.now()
        made = cost_services.allocate(
            cost=row, charge=valid.charge(), reason=reason, actor=user, now=now
        )
        return made.get_absolute_url()

    title = _("Allocate: %(what)s") % {"what": row}
    context = {"title": title, "cancel_url": row.get_absolute_url()}
    return edit_page(
        request, edit=edit_of(row, user), form=form, template=FORM, save=save, context=context
    )
