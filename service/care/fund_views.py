"""Care funds: the balance with its statement, older projects, proposals."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, list_page
from crm_site.staff.current import current_user
from customers.journey.tried import tried
from service.care.filters import projects_of
from service.care.forms import AfterForm, DepositForm, FundForm, ProposalForm
from service.care.models import CareFund, FundProposal
from service.care.pages import (
    BOOK,
    FORM,
    PLAN,
    VIEW,
    act,
    context_of,
    found_in,
    service_form,
    to,
)
from service.care.services import funds, papers

STATEMENT = Listing(
    template="service/care/fund.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
)
FIELDS = ("title", "amount", "before", "votes_for", "votes_against")


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_funds(request: HtmxHttpRequest) -> HttpResponse:
    """Show the funds and the projects that are four years old."""
    user = current_user(request)
    rows = CareFund.objects.visible_to(user).select_related("project").order_by("project__name")
    context = {
        "funds": rows.annotate(proposed=Sum("proposals__amount")),
        "old": funds.old_projects(projects_of(request), today=timezone.localdate()),
        "may_book": user.has_perm(BOOK),
    }
    return render(request, "service/care/funds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(BOOK, raise_exception=True)
@idempotent()
def care_fund_open(request: HtmxHttpRequest) -> HttpResponse:
    """Open the fund of a project."""
    form = FundForm(request.POST or None, user=current_user(request))
    home = to("care-funds")
    return service_form(
        request,
        form=form,
        title=_("Open a fund"),
        crumb=(home, _("Care funds")),
        back=home,
        run=lambda valid: to("care-fund", funds.fund_of(valid.cleaned_data["project"]).pk),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_fund(request: HtmxHttpRequest, fund_id: int) -> HttpResponse:
    """Show a fund: balance, statement whose sum it is, proposals."""
    fund, user = _fund(request, fund_id), current_user(request)
    entries = fund.entries.select_related("actor", "proposal", "reversal")
    context = {
        "fund": fund,
        "sum": fund.entries.aggregate(sum=Sum("amount"))["sum"] or 0,
        "proposals": fund.proposals.order_by("-pk"),
        "may_book": user.has_perm(BOOK),
        "may_plan": user.has_perm(PLAN),
    }
    return list_page(request, queryset=entries, listing=STATEMENT, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(BOOK, raise_exception=True)
@idempotent()
def care_fund_deposit(request: HtmxHttpRequest, fund_id: int) -> HttpResponse:
    """Pay into a fund."""
    fund, user = _fund(request, fund_id), current_user(request)
    back = to("care-fund", fund.pk)
    key = request.POST.get("idempotency_key") or timezone.now().isoformat()

    def run(valid: DepositForm) -> None:
        found = valid.cleaned_data
        funds.deposit(fund=fund, **found, key=f"{user.pk}:{key}", actor=user, now=timezone.now())

    return service_form(
        request,
        form=DepositForm(request.POST or None),
        title=_("Pay in"),
        crumb=(back, fund),
        back=back,
        run=run,
    )


@require_POST
@permission_required(BOOK, raise_exception=True)
@idempotent()
def care_fund_reverse(request: HtmxHttpRequest, fund_id: int, fund_entry_id: int) -> HttpResponse:
    """Reverse an entry, with a reason."""
    fund = _fund(request, fund_id)
    entry = fund.entries.select_related("account").filter(pk=fund_entry_id).first()
    if entry is None:
        raise Http404
    return act(
        request,
        lambda: funds.take_back(
            entry=entry,
            reason=request.POST.get("reason", ""),
            actor=current_user(request),
            now=timezone.now(),
        ),
        back=to("care-fund", fund.pk),
        done=_("The entry is reversed."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_proposal_add(request: HtmxHttpRequest, fund_id: int) -> HttpResponse:
    """Propose what the fund renews."""
    fund, user = _fund(request, fund_id), current_user(request)
    back = to("care-fund", fund.pk)

    def run(valid: ProposalForm) -> str:
        row = funds.propose(
            fund=fund,
            given=valid.given(),
            actor=user,
            now=timezone.now(),
            today=timezone.localdate(),
        )
        return to("care-proposal", row.pk)

    return service_form(
        request,
        form=ProposalForm(request.POST or None),
        title=_("Propose a renewal"),
        crumb=(back, fund),
        back=back,
        run=run,
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_proposal(request: HtmxHttpRequest, proposal_id: int) -> HttpResponse:
    """Show a proposal: before, votes, approval, payment, after."""
    row, user = _proposal(request, proposal_id), current_user(request)
    context = {
        "proposal": row,
        "entries": row.entries.order_by("pk"),
        "is_covered": row.fund.balance >= row.amount,
        "may_plan": user.has_perm(PLAN),
        "may_book": user.has_perm(BOOK),
    }
    return render(request, "service/care/proposal.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_proposal_edit(request: HtmxHttpRequest, proposal_id: int) -> HttpResponse:
    """Change a draft."""
    row, user = _proposal(request, proposal_id), current_user(request)
    back = to("care-proposal", row.pk)

    def form(data: Any) -> ProposalForm:
        stored = FundProposal.objects.get(pk=row.pk)
        return ProposalForm(data, initial={name: getattr(stored, name) for name in FIELDS})

    def save(valid: ProposalForm) -> str:
        tried(lambda: funds.change_proposal(proposal=row, given=valid.given()))
        return back

    return edit_page(
        request,
        edit=edit_of(row, user),
        form=form,
        template=FORM,
        save=save,
        context=context_of(row.title, (to("care-fund", row.fund_id), row.fund), back),
    )


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_proposal_submit(request: HtmxHttpRequest, proposal_id: int) -> HttpResponse:
    """Ask for the signatures of a proposal for which the owners voted."""
    row = _proposal(request, proposal_id)
    return act(
        request,
        lambda: papers.submit(
            kind=papers.PROPOSAL, paper=row, actor=current_user(request), now=timezone.now()
        ),
        back=to("care-proposal", row.pk),
        done=_("It waits for signatures."),
    )


@require_POST
@permission_required(BOOK, raise_exception=True)
@idempotent()
def care_proposal_pay(request: HtmxHttpRequest, proposal_id: int) -> HttpResponse:
    """Pay an approved proposal from the fund."""
    row = _proposal(request, proposal_id)
    return act(
        request,
        lambda: funds.spend(proposal=row, actor=current_user(request), now=timezone.now()),
        back=to("care-proposal", row.pk),
        done=_("The proposal is paid."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_proposal_finish(request: HtmxHttpRequest, proposal_id: int) -> HttpResponse:
    """Say how it is after the renewal."""
    row = _proposal(request, proposal_id)
    back = to("care-proposal", row.pk)
    return service_form(
        request,
        form=AfterForm(request.POST or None),
        title=_("How it is afterwards"),
        crumb=(back, row),
        back=back,
        run=lambda valid: funds.finish(proposal=row, after=valid.cleaned_data["after"]),
    )


def _fund(request: HtmxHttpRequest, pk: int) -> CareFund:
    found: CareFund = found_in(CareFund.objects, request, pk, "project")
    return found


def _proposal(request: HtmxHttpRequest, pk: int) -> FundProposal:
    found: FundProposal = found_in(
        FundProposal.objects, request, pk, "fund__project", "approval", "proposed_by"
    )
    return found
