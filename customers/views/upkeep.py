"""Plans of regular care (CUS-55)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.staff.current import current_user
from customers.care_forms import UpkeepForm
from customers.models import UpkeepPlan
from customers.selectors.upkeep import visible_plans
from customers.services.upkeep import save_plan

PLAN = "customers.plan_meetings"
FORM = "customers/care_form.html"
LISTING = Listing(
    template="customers/upkeep_list.html", sorts={"new": ("-pk",)}, default_sort="new"
)


@require_safe
@permission_required(PLAN, raise_exception=True)
def upkeep_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the plans: who, where, when, which area, and when the next visit is due."""
    plans = visible_plans(current_user(request)).select_related("person", "customer")
    return list_page(request, queryset=plans, listing=LISTING)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def upkeep_add(request: HtmxHttpRequest) -> HttpResponse:
    """Make a plan; its visits of the next thirty days are made at once."""
    initial = {"customer": request.GET.get("customer", ""), "person": current_user(request).pk}
    initial["starts_on"] = str(timezone.localdate())
    return _form(request, UpkeepPlan(), title=_("New upkeep plan"), initial=initial)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def upkeep_edit(request: HtmxHttpRequest, plan_id: int) -> HttpResponse:
    """Change a plan, or take it out of use; visits still ahead are made anew."""
    plan = visible_plans(current_user(request)).filter(pk=plan_id).first()
    if plan is None:
        raise Http404
    return _form(request, plan, title=plan.title, initial={})


def _form(
    request: HtmxHttpRequest, plan: UpkeepPlan, *, title: str, initial: dict[str, Any]
) -> HttpResponse:
    user = current_user(request)

    def form(data: Any) -> UpkeepForm:
        return UpkeepForm(data, instance=plan, user=user, initial=initial)

    def save(valid: UpkeepForm) -> str:
        save_plan(plan=plan, values=valid.cleaned_data, actor=user, now=timezone.now())
        messages.success(request, _("The plan is saved, its visits are in the calendar."))
        return reverse("customers:upkeep-list")

    context = {"title": title, "cancel_url": reverse("customers:upkeep-list")}
    if plan.pk is None:
        new = form(request.POST or None)
        return form_page(request, form=new, template=FORM, save=save, context=context)
    edit = edit_of(plan, user)
    return edit_page(request, edit=edit, form=form, template=FORM, save=save, context=context)
