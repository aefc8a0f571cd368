"""The portal of partners: register leads, see how they stand and what they earn (PLT-46)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.common.refusals import TooManyError
from crm_site.staff.current import current_user
from customers.arbitration.models import ClaimDecision
from customers.errors import EntryError
from marketing.channels import choices
from marketing.channels.forms import RegisterForm
from marketing.channels.models import Commission, LeadIntake, Partner, PartnerUser
from marketing.channels.policies import conduct_rules
from marketing.channels.querysets import PORTAL
from marketing.channels.rules.kinds import Way
from marketing.channels.services.commission import balances
from marketing.channels.services.gate import BARS, bar_for
from marketing.channels.services.intake import Arrival, take_lead, words_of
from marketing.channels.views.common import FORM

LEADS = Listing(
    template="marketing/channels/portal.html", sorts={"latest": ("-id",)}, default_sort="latest"
)


def own_partner(request: HtmxHttpRequest) -> Partner:
    """Return the partner the account works for; 403 where there is none."""
    rows = PartnerUser.objects.filter(user=current_user(request), is_active=True)
    found = rows.select_related("partner__channel").first()
    if found is None:
        raise PermissionDenied
    return found.partner


@require_safe
@permission_required(PORTAL, raise_exception=True)
def partner_portal(request: HtmxHttpRequest) -> HttpResponse:
    """Show the own leads with their state, and the own commission; of others nothing."""
    partner, now = own_partner(request), timezone.now()
    latest = ClaimDecision.objects.filter(case=OuterRef("case")).order_by("-number")
    rows = LeadIntake.objects.filter(partner=partner).annotate(
        outcome=Subquery(latest.values("outcome")[:1]), party=Subquery(latest.values("party")[:1])
    )
    bar = bar_for(partner, None, now=now)
    money = balances([partner]).get(partner.pk, {})
    deals = Commission.objects.filter(partner=partner)
    context = {
        "partner": partner,
        "bar": BARS[bar] if bar is not None else "",
        "pots": [(label, money.get(pot, 0)) for pot, label in choices.POTS],
        "deals": deals.select_related("project").order_by("-pk")[:50],
    }
    return list_page(
        request,
        queryset=rows.select_related("project", "lead", "customer"),
        listing=LEADS,
        present=lambda found: [_line(row, partner) for row in found],
        context=context,
    )


def _line(row: Any, partner: Partner) -> dict[str, Any]:
    """Return a lead as its partner may see it: never whose the customer is instead."""
    return {
        "intake": row,
        "name": f"{row.customer.name[:1]}**",
        "is_own": row.outcome != "claim" or row.party == partner.name,
        "state": row.lead.get_state_display() if row.lead is not None and not row.flag else "",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PORTAL, raise_exception=True)
@idempotent()
def partner_register(request: HtmxHttpRequest) -> HttpResponse:
    """Register a lead; the same form twice is one lead."""
    partner, user = own_partner(request), current_user(request)
    form = RegisterForm(request.POST or None, partner=partner)

    def save(valid: RegisterForm) -> str:
        now = timezone.now()
        _spend(partner, now)
        arrival = Arrival(
            way=Way.PORTAL,
            source=f"portal:{user.pk}",
            key=request.POST.get("idempotency_key", "")[:80] or f"{now.timestamp()}",
            partner=partner,
            **valid.cleaned_data,
        )
        try:
            taken = take_lead(arrival, actor=user, now=now)
        except EntryError as error:
            raise ValidationError(words_of(error)) from error
        if taken.intake.flag:
            messages.warning(request, _("Registered, but somebody else stands before you."))
        else:
            messages.success(request, _("Registered. The protection has begun."))
        return reverse("marketing:partner-portal")

    context = {
        "title": _("Register a customer"),
        "submit_label": pgettext("partner", "Register"),
        "cancel_url": reverse("marketing:partner-portal"),
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


def _spend(partner: Partner, now: Any) -> None:
    """Refuse more leads on a day than the rules allow; each is a question who is known."""
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    count = LeadIntake.objects.filter(partner=partner, way=Way.PORTAL.value, at__gte=start).count()
    if count >= conduct_rules(now).daily_leads:
        raise TooManyError(_("No more leads can be registered today."), retry_after=3600)
