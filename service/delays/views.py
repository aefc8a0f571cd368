"""What will be late, the homes it affects, and the words prepared for it (SVC-43)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Sum
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
from crm_site.common.refusals import RefusedError
from crm_site.policies.services import in_force
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.models.project import Project
from customers.models.task import Task
from customers.purchase.models import Purchase
from customers.rules.axes import TaskState
from customers.works.models import ConstructionNode
from service.delays import forms, homes, papers
from service.delays.choices import OPEN
from service.delays.facilities import FACILITIES
from service.delays.filters import RiskFilter
from service.delays.models import KEEP, VIEW, DelayRisk, DeliveryTerm
from service.delays.policies import DELAYS, rules_at
from service.delays.rules import Node
from service.delays.services.notices import hand_on
from service.delays.services.terms import change_term
from service.delays.services.watching import SOURCE

DECIDE = "customers.decide_changes"
FORM = "service/delays/form.html"
RISKS = Listing(
    template="service/delays/list.html",
    sorts={"days": ("-days", "-id"), "latest": ("-opened_at", "-id")},
    default_sort="days",
    filter_class=RiskFilter,
)
HOMES = Listing(
    template="service/delays/homes.html",
    sorts={"forecast": ("-forecast_on", "-id")},
    default_sort="forecast",
)


def get_risk(request: HtmxHttpRequest, delay_risk_id: int) -> DelayRisk:
    """Return the risk; 404 where it is missing or of a project out of scope."""
    rows = DelayRisk.objects.visible_to(current_user(request)).for_list()
    found: DelayRisk | None = rows.filter(pk=delay_risk_id).first()
    if found is None:
        raise Http404
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def delay_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show what will be late, the longest delay first; what has ended only when asked for."""
    user = current_user(request)
    seen = DelayRisk.objects.visible_to(user)
    rows = seen if request.GET.get("state") else seen.open()
    context = {
        "totals": _totals(user),
        "without_day": _without_day(user),
        "register": FACILITIES,
        "may_keep": user.has_perm(KEEP),
        "is_open": request.GET.get("state") in (None, "", OPEN),
    }
    return list_page(request, queryset=rows.for_list(), listing=RISKS, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def delay_risk(request: HtmxHttpRequest, delay_risk_id: int) -> HttpResponse:
    """Show how a delay is worked out, what is owed for it and the words prepared for it."""
    risk, user, now = get_risk(request, delay_risk_id), current_user(request), timezone.now()
    rules, today = rules_at(now), timezone.localdate(now)
    tasks = Task.objects.filter(source=SOURCE, source_id__startswith=f"{risk.pk}-")
    context = {
        "risk": risk,
        "nodes": _nodes(risk, today),
        "rules": rules,
        "clause": papers.clause_words(rules),
        "version": in_force(DELAYS, at=now).version,
        "owed": homes.owed_for(risk, rules=rules),
        "affected": homes.homes_of(risk).count() if risk.building_id is not None else risk.homes,
        "notice": papers.notice_for(risk, rules=rules, today=today),
        "hotline": papers.hotline_for(risk, rules=rules, today=today),
        "steps": list(risk.steps.all()),
        "notices": list(risk.notices.select_related("change", "author")),
        "tasks": list(tasks.filter(state=TaskState.OPEN).select_related("owner").order_by("pk")),
        "may_decide": risk.is_open and user.has_perm(DECIDE),
        "may_write": user.has_perm(papers.WRITE),
        "may_keep": user.has_perm(KEEP),
    }
    return render(request, "service/delays/risk.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def delay_homes(request: HtmxHttpRequest, delay_risk_id: int) -> HttpResponse:
    """Show every late home of a risk with what is owed; the sum above is that of all rows."""
    risk, user = get_risk(request, delay_risk_id), current_user(request)
    if risk.building_id is None:
        raise Http404
    rules = rules_at(timezone.now())
    rows = homes.homes_of(risk).select_related("purchase__unit__building")
    context = {
        "risk": risk,
        "rules": rules,
        "clause": papers.clause_words(rules),
        "owed": homes.owed_for(risk, rules=rules),
        "affected": homes.homes_of(risk).count(),
        "may_keep": user.has_perm(KEEP),
    }
    return list_page(
        request,
        queryset=rows,
        listing=HOMES,
        present=lambda found: homes.lines(found, rules=rules, user=user),
        context=context,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@permission_required(DECIDE, raise_exception=True)
@idempotent()
def delay_notice(request: HtmxHttpRequest, delay_risk_id: int) -> HttpResponse:
    """Hand the prepared notice on as a change of sold homes, where who was told is kept."""
    risk, user, now = get_risk(request, delay_risk_id), current_user(request), timezone.now()
    text = papers.notice_for(risk, rules=rules_at(now), today=timezone.localdate(now)).text
    form = forms.NoticeForm(
        request.POST or None, initial={"title": papers.title_for(risk), "text": text}
    )

    def save(valid: forms.NoticeForm) -> str:
        try:
            notice = hand_on(risk=risk, **valid.cleaned_data, actor=user, now=timezone.now())
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("The notice is handed on. Tell the buyers from here."))
        return reverse("customers:home-change", args=[notice.change_id])

    context = {
        "title": _("Notice to buyers"),
        "lead": str(risk),
        "submit_label": _("Hand on"),
        "cancel_url": risk.get_absolute_url(),
        "back": risk,
        "draft": f"delay-notice-{risk.pk}",
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def delay_term(request: HtmxHttpRequest, delay_term_id: int) -> HttpResponse:
    """Write the day the contract of one home really promises."""
    user = current_user(request)
    rows = DeliveryTerm.objects.visible_to(user)
    term = rows.select_related("purchase__unit__building").filter(pk=delay_term_id).first()
    if term is None:
        raise Http404
    risk = DelayRisk.objects.visible_to(user).filter(building=term.building_id).last()
    back = reverse("service:delay-homes", args=[risk.pk]) if risk else reverse("service:delay-list")

    def form(data: Any) -> forms.TermForm:
        return forms.TermForm(data, instance=DeliveryTerm.objects.get(pk=term.pk))

    def save(valid: forms.TermForm) -> str:
        change_term(term=term, **valid.cleaned_data, actor=user, now=timezone.now())
        messages.success(request, _("Saved. The forecast is worked out anew tonight."))
        return back

    context = {
        "title": _("Promised day of %(unit)s") % {"unit": term.purchase.unit},
        "submit_label": _("Save"),
        "cancel_url": back,
        "draft": f"delay-term-{term.pk}",
    }
    return edit_page(
        request, edit=edit_of(term, user), form=form, template=FORM, save=save, context=context
    )


def _totals(user: User) -> dict[str, int]:
    """Return how many projects, homes and facilities are at risk, of those the user sees."""
    rows = DelayRisk.objects.visible_to(user).open()
    handovers = rows.filter(building__isnull=False)
    return {
        "projects": rows.aggregate(found=Count("project", distinct=True))["found"],
        "homes": handovers.aggregate(found=Sum("homes"))["found"] or 0,
        "facilities": rows.filter(facility__isnull=False).count(),
    }


def _without_day(user: User) -> int:
    """Return how many sold homes have no promised day, so that nothing is forecast for them."""
    rows = Purchase.objects.filter(state="signed", delivery_term__isnull=True, unit__isnull=False)
    rows = rows.filter(unit__building__handover_on__isnull=True)
    return rows.filter(project__in=Project.objects.visible_to(user).order_by().values("pk")).count()


def _nodes(risk: DelayRisk, today: Any) -> list[dict[str, Any]]:
    """Return the nodes a forecast rests on, each with the days it is late; none for a facility."""
    if risk.building_id is None:
        return []
    rows = ConstructionNode.objects.filter(project=risk.project_id)
    here = rows.filter(building=risk.building_id) | rows.filter(building=None)
    return [
        {"node": row, "late": Node(row.kind, row.planned_on, row.reached_on).days_late(today)}
        for row in here.select_related("building").order_by("planned_on", "pk")
    ]
