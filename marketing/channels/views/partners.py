"""Partners: the list, the page, contract, breaches, staff, access, commission."""

from typing import Any

import django_filters as filters
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm, Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.staff.current import current_user
from marketing.channels import choices
from marketing.channels.conduct import SERVICE, checks_of
from marketing.channels.forms import (
    BreachForm,
    MoveForm,
    PartnerForm,
    PayForm,
    PortalForm,
    StaffForm,
)
from marketing.channels.models import Commission, CommissionEntry, Partner
from marketing.channels.querysets import PARTNERS, PAY, SEE_COMMISSION
from marketing.channels.rules.commission import Pot
from marketing.channels.rules.kinds import PartnerState
from marketing.channels.services import partners as services
from marketing.channels.services.commission import (
    balances,
    ledger_of,
    pay_out,
    recomputed,
)
from marketing.channels.services.gate import BARS, bar_for
from marketing.channels.views.common import FORM, found_or_404


class PartnerFilter(filters.FilterSet):
    """By state."""

    state = filters.MultipleChoiceFilter(
        label=gettext_lazy("State"), choices=choices.PARTNER_STATES
    )

    class Meta:
        model = Partner
        fields = ["state"]


LISTING = Listing(
    template="marketing/channels/partners.html",
    sorts={"name": ("name", "id"), "end": ("ends_on", "id")},
    default_sort="name",
    filter_class=PartnerFilter,
)
DEALS = Listing(
    template="marketing/channels/commissions.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
)


def get_partner(request: HtmxHttpRequest, key: int) -> Partner:
    """Return the partner; 404 where it is missing or works elsewhere."""
    rows = Partner.objects.visible_to(current_user(request)).select_related("channel", "owner")
    found: Partner = found_or_404(rows, key)
    return found


@require_safe
@permission_required(SEE_COMMISSION, raise_exception=True)
def partners(request: HtmxHttpRequest) -> HttpResponse:
    """Show the partners with contract and what they have earned."""
    user, today = current_user(request), timezone.localdate()

    def present(rows: list[Any]) -> list[Any]:
        money = balances(rows)
        return [
            {
                "partner": row,
                "is_expired": bool(row.ends_on and row.ends_on < today),
                "payable": money.get(row.pk, {}).get(Pot.PAYABLE.value, 0),
            }
            for row in rows
        ]

    rows = Partner.objects.visible_to(user).select_related("channel")
    context = {"may_keep": user.has_perm(PARTNERS)}
    return list_page(request, queryset=rows, listing=LISTING, present=present, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PARTNERS, raise_exception=True)
@idempotent()
def partner_add(request: HtmxHttpRequest) -> HttpResponse:
    """Enter a partner; it is in selection until the co-operation begins."""
    user = current_user(request)
    form = PartnerForm(request.POST or None, user=user)

    def save(valid: PartnerForm) -> str:
        row = services.add_partner(values=valid.cleaned_data, actor=user, now=timezone.now())
        return row.get_absolute_url()

    context = {"title": _("New partner"), "cancel_url": reverse("marketing:partners")}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(SEE_COMMISSION, raise_exception=True)
def partner(request: HtmxHttpRequest, partner_id: int) -> HttpResponse:
    """Show a partner: contract, people, breaches, checks, grades, commission, what happened."""
    row, user, now = get_partner(request, partner_id), current_user(request), timezone.now()
    bar = bar_for(row, None, now=now)
    context = {
        "partner": row,
        "bar": BARS[bar] if bar is not None else "",
        "territory": row.territory.order_by("code"),
        "staff": row.staff.order_by("left_on", "name")[:100],
        "breaches": row.breaches.select_related("staff", "actor").order_by("-on", "-pk")[:50],
        "checks": checks_of(row, now=now),
        "grades": row.appraisals.order_by("-quarter")[:8],
        "events": row.events.select_related("actor").order_by("-at", "-pk")[:50],
        "accounts": row.users.filter(is_active=True).select_related("user").order_by("pk"),
        "pots": _pots(row),
        "sheet": SERVICE,
        "may_keep": user.has_perm(PARTNERS),
        "may_pay": user.has_perm(PAY),
        "may_move": user.has_perm(PARTNERS) and row.state != PartnerState.ENDED,
    }
    return render(request, "marketing/channels/partner.html", context)


def _pots(row: Partner) -> list[tuple[Any, Any]]:
    money = balances([row]).get(row.pk, {})
    return [(label, money.get(pot, 0)) for pot, label in choices.POTS]


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PARTNERS, raise_exception=True)
@idempotent()
def partner_edit(request: HtmxHttpRequest, partner_id: int) -> HttpResponse:
    """Change contract, territory, licence and contacts."""
    row, user = get_partner(request, partner_id), current_user(request)

    def form(data: Any) -> BaseForm:
        return PartnerForm(data, user=user, partner=get_partner(request, row.pk))

    def save(valid: PartnerForm) -> str:
        services.change_partner(
            partner=row, values=valid.cleaned_data, actor=user, now=timezone.now()
        )
        return row.get_absolute_url()

    context = {"title": row.name, "cancel_url": row.get_absolute_url()}
    return edit_page(
        request, edit=edit_of(row, user), form=form, template=FORM, save=save, context=context
    )


def _form(
    request: HtmxHttpRequest, row: Partner, form: Form, save: Any, title: str
) -> HttpResponse:
    context = {
        "title": f"{title}: {row.name}",
        "cancel_url": row.get_absolute_url(),
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PARTNERS, raise_exception=True)
@idempotent()
def partner_move(request: HtmxHttpRequest, partner_id: int) -> HttpResponse:
    """Begin, suspend, take up again or end the co-operation."""
    row, user = get_partner(request, partner_id), current_user(request)

    def save(valid: MoveForm) -> str:
        data = valid.cleaned_data
        to = PartnerState(data["to"])
        services.move_partner(partner=row, to=to, note=data["note"], actor=user, now=timezone.now())
        return row.get_absolute_url()

    form = MoveForm(request.POST or None, partner=row)
    return _form(request, row, form, save, _("Co-operation"))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PARTNERS, raise_exception=True)
@idempotent()
def partner_breach(request: HtmxHttpRequest, partner_id: int) -> HttpResponse:
    """Write a breach of the rules down; the second one suspends the partner (MKT-72)."""
    row, user = get_partner(request, partner_id), current_user(request)

    def save(valid: BreachForm) -> str:
        sent = request.POST.get("idempotency_key") or get_random_string(24)
        key = f"{row.pk}:{user.pk}:{sent}"[:80]
        written = services.note_breach(
            partner=row, breach=valid.breach(key), actor=user, now=timezone.now()
        )
        if written.suspended:
            messages.warning(request, _("The partner is suspended; its leads are refused."))
        return row.get_absolute_url()

    form = BreachForm(request.POST or None, partner=row)
    return _form(request, row, form, save, _("Breach of the rules"))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PARTNERS, raise_exception=True)
@idempotent()
def partner_staff_add(request: HtmxHttpRequest, partner_id: int) -> HttpResponse:
    """Put a person on the staff list."""
    row, user = get_partner(request, partner_id), current_user(request)

    def save(valid: StaffForm) -> str:
        services.add_staff(partner=row, values=valid.cleaned_data, actor=user, now=timezone.now())
        return row.get_absolute_url()

    return _form(request, row, StaffForm(request.POST or None), save, _("Staff"))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PARTNERS, raise_exception=True)
@idempotent()
def partner_access(request: HtmxHttpRequest, partner_id: int) -> HttpResponse:
    """Let an account of the role partner register leads for this partner (PLT-46)."""
    row, user = get_partner(request, partner_id), current_user(request)

    def save(valid: PortalForm) -> str:
        account = valid.cleaned_data["user"]
        services.open_portal(partner=row, user=account, actor=user, now=timezone.now())
        return row.get_absolute_url()

    return _form(request, row, PortalForm(request.POST or None), save, _("Partner portal"))


@require_POST
@permission_required(PARTNERS, raise_exception=True)
@idempotent()
def partner_staff_leave(
    request: HtmxHttpRequest, partner_id: int, partner_staff_id: int
) -> HttpResponse:
    """Write that a person left the agency; breaches of the person stay."""
    row = get_partner(request, partner_id)
    person = found_or_404(row.staff.select_related("partner"), partner_staff_id)
    services.leave(staff=person, actor=current_user(request), now=timezone.now())
    return go_to(request, row.get_absolute_url())


@require_POST
@permission_required(PARTNERS, raise_exception=True)
@idempotent()
def partner_access_close(
    request: HtmxHttpRequest, partner_id: int, partner_login_id: int
) -> HttpResponse:
    """Take the access to the portal from an account (PLT-46)."""
    row = get_partner(request, partner_id)
    login = found_or_404(row.users.select_related("partner", "user"), partner_login_id)
    services.close_portal(login=login, actor=current_user(request), now=timezone.now())
    messages.success(request, _("This account sees the portal no longer."))
    return go_to(request, row.get_absolute_url())


@require_safe
@permission_required(SEE_COMMISSION, raise_exception=True)
def partner_commission(request: HtmxHttpRequest, partner_id: int) -> HttpResponse:
    """Show the ledger of a partner beside what the deals say (MKT-68)."""
    row = get_partner(request, partner_id)
    entries = CommissionEntry.objects.filter(account__partner=row)
    entries = entries.select_related("account", "commission__purchase__unit", "actor")
    ledger, deals = ledger_of(row), recomputed(row)
    context = {
        "partner": row,
        "pots": _pots(row),
        "deals": row.commissions.select_related("purchase__unit", "project").order_by("-pk")[:50],
        "entries": entries.order_by("-pk")[:100],
        "ledger": ledger,
        "recomputed": deals,
        "agrees": ledger == deals,
        "may_pay": current_user(request).has_perm(PAY),
    }
    return render(request, "marketing/channels/ledger.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PAY, raise_exception=True)
@idempotent()
def partner_pay(request: HtmxHttpRequest, partner_id: int) -> HttpResponse:
    """Book that commission was paid."""
    row, user = get_partner(request, partner_id), current_user(request)

    def save(valid: PayForm) -> str:
        pay_out(partner=row, actor=user, now=timezone.now(), **valid.cleaned_data)
        return reverse("marketing:partner-commission", args=[row.pk])

    return _form(request, row, PayForm(request.POST or None), save, _("Pay commission"))


@require_safe
@permission_required(SEE_COMMISSION, raise_exception=True)
def commissions(request: HtmxHttpRequest) -> HttpResponse:
    """Show the deals that earn commission, the latest first."""
    rows = Commission.objects.visible_to(current_user(request))
    rows = rows.select_related("partner", "project", "purchase__unit", "case")
    return list_page(request, queryset=rows, listing=DEALS)
