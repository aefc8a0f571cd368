"""Claims on customers: the cases, a report, what happened, the decision and appeals."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user
from customers.arbitration import selectors
from customers.arbitration.filters import CaseFilter
from customers.arbitration.forms import EventForm, ReportForm, VerdictForm
from customers.arbitration.models import ClaimCase
from customers.arbitration.rules import EventKind, Outcome
from customers.arbitration.services import deciding, events

VIEW, REPORT = "customers.view_claims", "customers.report_claims"
DECIDE = "customers.decide_claims"
FORM = "customers/arbitration/form.html"
CASES = Listing(
    template="customers/arbitration/list.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
    filter_class=CaseFilter,
)


def get_case(request: HtmxHttpRequest, case_id: int) -> ClaimCase:
    """Return the case; 404 where it is missing or its customer is out of scope."""
    rows = ClaimCase.objects.visible_to(current_user(request))
    found: ClaimCase | None = rows.select_related("project", "customer").filter(pk=case_id).first()
    if found is None:
        raise Http404
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def claim_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the households that somebody claims, one line each."""
    rows = ClaimCase.objects.visible_to(current_user(request)).with_latest()
    context = {"may_report": current_user(request).has_perm(REPORT)}
    return list_page(
        request,
        queryset=rows.select_related("project", "customer"),
        listing=CASES,
        present=_with_parties,
        context=context,
    )


def _with_parties(cases: list[Any]) -> list[Any]:
    parties = selectors.parties_of(cases)
    return [{"case": case, "parties": parties[case.pk]} for case in cases]


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(REPORT, raise_exception=True)
@idempotent()
def claim_report(request: HtmxHttpRequest) -> HttpResponse:
    """Write down who brings whom; the moment is that of the server."""
    user = current_user(request)
    form = ReportForm(request.POST or None, user=user)

    def save(valid: ReportForm) -> str:
        cases = _tried(lambda: events.report(given=valid.given(), actor=user, now=timezone.now()))
        if len(cases) == 1:
            return reverse("customers:claim-detail", args=[cases[0].pk])
        words = ngettext(
            "The number fits %(count)s person; a person decides.",
            "The number fits %(count)s people; a person decides.",
            len(cases),
        )
        messages.warning(request, words % {"count": len(cases)})
        return reverse("customers:claim-list")

    context = {
        "title": _("Report a customer"),
        "submit_label": _("Report"),
        "cancel_url": reverse("customers:claim-list"),
        "draft": "claim",
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def claim_detail(request: HtmxHttpRequest, case_id: int) -> HttpResponse:
    """Show what happened, every decision with the rules that fired, and what the rules say now."""
    case, user = get_case(request, case_id), current_user(request)
    rows = list(selectors.events_of(case))
    moments = {row.pk: row.at for row in rows}
    decisions = list(case.decisions.select_related("decided_by").order_by("-number"))
    heard = selectors.hear(case)
    latest = decisions[0] if decisions else None
    by_rules = heard.decision
    context = {
        "case": case,
        "events": rows,
        "decisions": [
            {
                "decision": each,
                "fired": selectors.rule_lines(each.fired, moments),
                "losing": selectors.rule_lines(each.losing, moments),
            }
            for each in decisions
        ],
        "latest": latest,
        "by_rules": by_rules,
        "differs": latest is not None
        and (latest.outcome, latest.party) != (by_rules.outcome.value, by_rules.party),
        "may_report": user.has_perm(REPORT),
        "may_decide": user.has_perm(DECIDE) and _may_decide(latest, user.pk),
        "is_appeal": latest is not None and latest.outcome != Outcome.UNDECIDED,
    }
    return render(request, "customers/arbitration/case.html", context)


def _may_decide(latest: Any, user_id: int) -> bool:
    return latest is not None and latest.decided_by_id != user_id


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(REPORT, raise_exception=True)
@idempotent()
def claim_event(request: HtmxHttpRequest, case_id: int) -> HttpResponse:
    """Note that a report was verified or repeated, or that the customer is here."""
    case, user = get_case(request, case_id), current_user(request)
    here = reverse("customers:claim-detail", args=[case.pk])
    form = EventForm(request.POST or None, parties=selectors.parties_of([case])[case.pk])

    def save(valid: EventForm) -> str:
        _tried(
            lambda: events.note_event(
                case=case,
                kind=EventKind(valid.cleaned_data["kind"]),
                party=valid.cleaned_data["party"],
                actor=user,
                now=timezone.now(),
            )
        )
        return here

    context = {
        "title": _("What happened to %(case)s") % {"case": case},
        "submit_label": _("Note it now"),
        "cancel_url": here,
        "draft": f"claim-{case.pk}",
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required(VIEW, raise_exception=True)
@idempotent()
def claim_judge(request: HtmxHttpRequest, case_id: int) -> HttpResponse:
    """Ask the rules again; the same events give the same decision."""
    case = get_case(request, case_id)
    before = selectors.latest_decision(case)
    after = deciding.judge(case=case, now=timezone.now())
    if before is not None and before.pk == after.pk:
        messages.info(request, _("Nothing new: the decision stands."))
    else:
        messages.success(request, _("Decided anew."))
    return go_to(request, reverse("customers:claim-detail", args=[case.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(DECIDE, raise_exception=True)
@idempotent()
def claim_decide(request: HtmxHttpRequest, case_id: int) -> HttpResponse:
    """Decide what the rules leave open, or decide anew on an appeal."""
    case, user = get_case(request, case_id), current_user(request)
    here = reverse("customers:claim-detail", args=[case.pk])
    latest = selectors.latest_decision(case)
    is_appeal = latest is not None and latest.outcome != Outcome.UNDECIDED
    form = VerdictForm(request.POST or None, parties=selectors.parties_of([case])[case.pk])

    def save(valid: VerdictForm) -> str:
        verdict, now = valid.verdict(), timezone.now()
        if latest is not None and is_appeal:
            deciding.appeal(decision=latest, verdict=verdict, actor=user, now=now)
        else:
            _tried(lambda: deciding.settle(case=case, verdict=verdict, actor=user, now=now))
        return here

    context = {
        "title": _("Decide on an appeal") if is_appeal else _("Decide"),
        "submit_label": _("Decide"),
        "cancel_url": here,
        "draft": f"verdict-{case.pk}",
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


def _tried(act: Any) -> Any:
    """Return what ``act`` returns; a refusal becomes an error of the form."""
    try:
        return act()
    except RefusedError as refusal:
        raise ValidationError(str(refusal)) from refusal
