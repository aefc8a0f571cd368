"""The pages of the upkeep of older estates: plans with owner and money, their items (SVC-101)."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, list_page
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from crm_site.staff.selectors import colleagues_of
from customers.models import Project
from customers.property.forms import day_input
from service.repairs.filters import UpkeepFilter
from service.repairs.forms import long_text
from service.repairs.models import UpkeepItem, UpkeepPlan
from service.repairs.pages import FORM, Sheet, found_or_404, run_form, saver
from service.repairs.services.upkeep import save_item, save_plan
from service.repairs.views import FORM_METHODS, VIEW

KEEP = "service.keep_upkeep"
KEEPERS = ("specialist", "service_manager", "executive", "engineering")
PLANS = Listing(
    template="service/repairs/upkeep.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
    filter_class=UpkeepFilter,
)


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]
    """A plan with who answers for it."""

    class Meta:
        model = UpkeepPlan
        fields = ["project", "name", "owner", "goal"]
        widgets = {"goal": long_text()}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        projects: Any = self.fields["project"]
        projects.queryset = Project.objects.visible_to(user)
        people: Any = self.fields["owner"]
        standing = self.instance.owner_id
        near = colleagues_of(user, also=standing)
        people.queryset = near.filter(Q(role__in=KEEPERS) | Q(pk=standing))


class ItemForm(forms.ModelForm):  # type: ignore[type-arg]
    """One thing that is kept up."""

    class Meta:
        model = UpkeepItem
        fields = ["title", "part", "asked_by", "cost", "due_on", "state", "spent", "result"]
        widgets = {"due_on": day_input(), "result": long_text()}


def _plans(user: User) -> Any:
    return UpkeepPlan.objects.visible_to(user).select_related("project", "owner")


def _items(user: User) -> Any:
    seen = UpkeepPlan.objects.visible_to(user)
    return UpkeepItem.objects.filter(plan__in=seen).select_related("plan__project")


def _url(plan: UpkeepPlan) -> str:
    return reverse("service:upkeep-plan", args=[plan.pk])


@require_safe
@permission_required(VIEW, raise_exception=True)
def upkeep_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the plans with owner, items done, money and last day."""
    user = current_user(request)
    context = {"may_keep": user.has_perm(KEEP)}
    return list_page(request, queryset=_plans(user).with_totals(), listing=PLANS, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def upkeep_plan(request: HtmxHttpRequest, upkeep_id: int) -> HttpResponse:
    """Show a plan with its items and what came of them."""
    user = current_user(request)
    plan = found_or_404(_plans(user).with_totals(), upkeep_id)
    context = {
        "plan": plan,
        "items": plan.items.all(),
        "today": timezone.localdate(),
        "may_keep": user.has_perm(KEEP),
    }
    return render_page(request, "service/repairs/upkeep_plan.html", context)


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def upkeep_add(request: HtmxHttpRequest) -> HttpResponse:
    """Make a plan for an estate."""
    user = current_user(request)
    form = PlanForm(request.POST or None, user=user, initial={"owner": user.pk})
    sheet = _sheet(_("Plan the upkeep of an estate"))
    return run_form(
        request,
        form=form,
        sheet=sheet,
        run=lambda valid: _url(save_plan(valid.save(commit=False), actor=user, now=timezone.now())),
    )


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def upkeep_edit(request: HtmxHttpRequest, upkeep_id: int) -> HttpResponse:
    """Change a plan."""
    user = current_user(request)
    plan = found_or_404(_plans(user), upkeep_id)
    sheet = _sheet(_("Edit"), plan)
    save = saver(
        request,
        sheet,
        lambda valid: _url(save_plan(valid.save(commit=False), actor=user, now=timezone.now())),
    )
    return edit_page(
        request,
        edit=edit_of(plan, user),
        form=lambda data: PlanForm(data, user=user, instance=found_or_404(_plans(user), upkeep_id)),
        template=FORM,
        save=save,
        context=sheet.context(),
    )


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def upkeep_item_add(request: HtmxHttpRequest, upkeep_id: int) -> HttpResponse:
    """Add a thing to a plan."""
    user = current_user(request)
    plan = found_or_404(_plans(user), upkeep_id)
    form = ItemForm(request.POST or None, instance=UpkeepItem(plan=plan))

    def run(valid: Any) -> None:
        save_item(valid.save(commit=False), actor=user, now=timezone.now())

    return run_form(request, form=form, sheet=_sheet(_("Add an item"), plan), run=run)


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def upkeep_item_edit(request: HtmxHttpRequest, upkeep_item_id: int) -> HttpResponse:
    """Change a thing of a plan, note its cost and result."""
    user = current_user(request)
    item = found_or_404(_items(user), upkeep_item_id)
    sheet = _sheet(item.title, item.plan)

    def run(valid: Any) -> None:
        save_item(valid.save(commit=False), actor=user, now=timezone.now())

    return edit_page(
        request,
        edit=edit_of(item, user),
        form=lambda data: ItemForm(data, instance=found_or_404(_items(user), upkeep_item_id)),
        template=FORM,
        save=saver(request, sheet, run),
        context=sheet.context(),
    )


def _sheet(title: Any, plan: UpkeepPlan | None = None) -> Sheet:
    up = (
        (_("Upkeep of older estates"), reverse("service:upkeep-list"))
        if plan is None
        else (str(plan), _url(plan))
    )
    return Sheet(
        title=title, up=up, submit=_("Save"), done=pgettext("upkeep", "The plan is saved.")
    )
