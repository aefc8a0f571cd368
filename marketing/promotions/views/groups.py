"""Group purchases: the list, the page, a new one, leaving, refunds."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.staff.current import current_user
from customers.models import Customer
from marketing.promotions.filters import GroupFilter
from marketing.promotions.forms import GroupForm, RefundForm
from marketing.promotions.models import GroupBuyer, GroupPurchase
from marketing.promotions.querysets import APPLY, KEEP, REFUND, VIEW
from marketing.promotions.selectors import with_size
from marketing.promotions.services import groups

FORM = "marketing/promotions/form.html"
LISTING = Listing(
    template="marketing/promotions/groups.html",
    sorts={"deadline": ("-deadline", "-pk")},
    default_sort="deadline",
    filter_class=GroupFilter,
)


def get_group(request: HtmxHttpRequest, group_purchase_id: int) -> GroupPurchase:
    """Return the group with its size; 404 where its project is out of scope."""
    rows = with_size(GroupPurchase.objects.visible_to(current_user(request)))
    found: GroupPurchase | None = rows.filter(pk=group_purchase_id).first()
    if found is None:
        raise Http404
    return found


def get_buyer(request: HtmxHttpRequest, group_purchase_id: int, buyer_id: int) -> GroupBuyer:
    """Return a household of a group; 404 where the customer is out of sight."""
    group = get_group(request, group_purchase_id)
    seen = Customer.objects.visible_to(current_user(request)).order_by().values("pk")
    rows = group.members.filter(customer__in=seen).select_related("group", "customer")
    found: GroupBuyer | None = rows.filter(pk=buyer_id).first()
    if found is None:
        raise Http404
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def group_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the group purchases with how many households are in each."""
    user = current_user(request)
    rows = with_size(GroupPurchase.objects.visible_to(user))
    context = {"may_keep": user.has_perm(KEEP)}
    return list_page(request, queryset=rows, listing=LISTING, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def group_add(request: HtmxHttpRequest) -> HttpResponse:
    """Open a group for an approved promotion."""
    user = current_user(request)
    form = GroupForm(request.POST or None, user=user)

    def save(valid: GroupForm) -> str:
        group = groups.open_group(group=valid.instance, actor=user, now=timezone.now())
        return reverse("marketing:group-purchase", args=[group.pk])

    context = {"title": _("New group purchase"), "cancel_url": reverse("marketing:group-purchases")}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def group_detail(request: HtmxHttpRequest, group_purchase_id: int) -> HttpResponse:
    """Show a group: who joined, who got the discount, whose money is due back."""
    group, user = get_group(request, group_purchase_id), current_user(request)
    seen = Customer.objects.visible_to(user).order_by().values("pk")
    members = group.members.filter(customer__in=seen).select_related(
        "customer", "unit__building", "use__discount", "refunded_by"
    )
    context = {
        "group": group,
        "members": members.order_by("joined_at", "pk"),
        "may_apply": user.has_perm(APPLY) and group.state == "open",
        "may_refund": user.has_perm(REFUND),
    }
    return render(request, "marketing/promotions/group.html", context)


@require_POST
@permission_required(APPLY, raise_exception=True)
@idempotent()
def group_leave(request: HtmxHttpRequest, group_purchase_id: int, buyer_id: int) -> HttpResponse:
    """Take a household out of a group that still gathers."""
    member = get_buyer(request, group_purchase_id, buyer_id)
    groups.leave_group(member=member, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The household left the group."))
    return go_to(request, reverse("marketing:group-purchase", args=[group_purchase_id]))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(REFUND, raise_exception=True)
@idempotent()
def group_refund(request: HtmxHttpRequest, group_purchase_id: int, buyer_id: int) -> HttpResponse:
    """Note that a household got its money back."""
    member, user = get_buyer(request, group_purchase_id, buyer_id), current_user(request)
    here = reverse("marketing:group-purchase", args=[group_purchase_id])

    def save(valid: RefundForm) -> str:
        note = valid.cleaned_data["note"]
        groups.note_refund(member=member, note=note, actor=user, now=timezone.now())
        return here

    context = {
        "title": _("Refund to %(customer)s") % {"customer": member.customer.name},
        "submit_label": _("Paid back"),
        "cancel_url": here,
    }
    form = RefundForm(request.POST if request.method == "POST" else None)
    return form_page(request, form=form, template=FORM, save=save, context=context)
