"""The pages of repair insurance: the policies of a project, one with its claims."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, list_page
from crm_site.staff.current import current_user
from customers.insurance import choices, forms, services
from customers.insurance.models import RepairClaim, RepairPolicy
from customers.insurance.rules import BEFORE, ClaimState
from customers.property.project_views import FORM, get_project
from customers.property.views import VIEW
from customers.works.pages import service_form

KEEP = "customers.keep_insurance"
LIST, DETAIL = "customers/insurance/list.html", "customers/insurance/policy.html"
CLAIMS = Listing(
    template=DETAIL, sorts={"latest": ("-pk",)}, default_sort="latest", partial="claims"
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def policy_list(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Show the policies of a project with their totals."""
    project, user = get_project(request, project_id), current_user(request)
    rows = list(RepairPolicy.objects.filter(project=project).order_by("-covers_until", "pk"))
    totals = services.totals_by_policy(rows)
    context = {
        "project": project,
        "rows": [(row, totals[row.pk]) for row in rows],
        "may_keep": user.has_perm(KEEP),
    }
    return render_page(request, LIST, context, partial="policies")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def policy_add(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Write down a policy."""
    project, actor = get_project(request, project_id), current_user(request)

    def run(valid: Any) -> str:
        policy = valid.save(commit=False)
        return _url(services.save_policy(policy=policy, actor=actor, now=timezone.now()))

    return service_form(
        request,
        project=project,
        form=forms.PolicyForm(request.POST or None, instance=RepairPolicy(project=project)),
        title=_("Repair insurance"),
        back=reverse("customers:repair-policies", args=[project.pk]),
        run=run,
        done=_("The policy is saved."),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def policy_detail(request: HtmxHttpRequest, repair_policy_id: int) -> HttpResponse:
    """Show a policy: what it covers, totals, claims with their next steps."""
    policy, user = _policy(request, repair_policy_id), current_user(request)
    rows = RepairClaim.objects.filter(policy=policy).select_related("unit__building", "author")
    words = dict(choices.STATES)
    context = {
        "project": policy.project,
        "policy": policy,
        "totals": services.totals_of(policy),
        "may_keep": user.has_perm(KEEP),
    }

    def present(found: list[RepairClaim]) -> list[Any]:
        return [
            (claim, [(to.value, words[to.value]) for to in BEFORE if claim.state in BEFORE[to]])
            for claim in found
        ]

    return list_page(request, queryset=rows, listing=CLAIMS, present=present, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def policy_edit(request: HtmxHttpRequest, repair_policy_id: int) -> HttpResponse:
    """Change what a policy says."""
    policy, actor = _policy(request, repair_policy_id), current_user(request)

    def save(valid: Any) -> str:
        services.save_policy(policy=valid.save(commit=False), actor=actor, now=timezone.now())
        messages.success(request, _("The policy is saved."))
        return _url(policy)

    context = {"project": policy.project, "title": str(policy), "cancel_url": _url(policy)}
    return edit_page(
        request,
        edit=edit_of(policy, actor),
        form=lambda data: forms.PolicyForm(data, instance=_policy(request, repair_policy_id)),
        template=FORM,
        save=save,
        context=context,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def claim_add(request: HtmxHttpRequest, repair_policy_id: int) -> HttpResponse:
    """Claim the repair of a defect."""
    policy, actor = _policy(request, repair_policy_id), current_user(request)
    row = RepairClaim(policy=policy, author=actor)
    return service_form(
        request,
        project=policy.project,
        form=forms.RepairClaimForm(request.POST or None, instance=row),
        title=_("Claim on %(policy)s") % {"policy": policy},
        back=_url(policy),
        run=lambda valid: services.claim_repair(
            claim=valid.save(commit=False), actor=actor, now=timezone.now()
        ),
        done=_("The claim is on file."),
        lead=policy.covers,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def claim_next(request: HtmxHttpRequest, repair_claim_id: int, step: str) -> HttpResponse:
    """Take a claim one step along: assessed, rejected, paid, repaired."""
    if step not in {to.value for to in BEFORE}:
        raise Http404
    to, actor = ClaimState(step), current_user(request)
    rows = RepairClaim.objects.visible_to(actor).select_related("policy__project")
    claim: RepairClaim | None = rows.filter(pk=repair_claim_id).first()
    if claim is None:
        raise Http404
    with_amount = to is ClaimState.ASSESSED

    def run(valid: Any) -> None:
        given = {"amount": None} | valid.cleaned_data
        services.advance_claim(claim=claim, to=to, actor=actor, now=timezone.now(), **given)

    return service_form(
        request,
        project=claim.policy.project,
        form=forms.NextForm(
            request.POST if request.method == "POST" else None, with_amount=with_amount
        ),
        title=dict(choices.STATES)[to.value],
        back=_url(claim.policy),
        run=run,
        done=_("The claim is one step along."),
        lead=f"{claim.defect} · {claim.claimed}",
    )


def _policy(request: HtmxHttpRequest, repair_policy_id: int) -> RepairPolicy:
    rows = RepairPolicy.objects.visible_to(current_user(request)).select_related("project__node")
    found: RepairPolicy | None = rows.filter(pk=repair_policy_id).first()
    if found is None:
        raise Http404
    return found


def _url(policy: RepairPolicy) -> str:
    return reverse("customers:repair-policy", args=[policy.pk])
