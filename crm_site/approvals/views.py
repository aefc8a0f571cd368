"""The inbox of approvals: what waits for me, what I asked for, and one request in full."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_site.approvals import services
from crm_site.approvals.forms import RefuseForm, SignForm
from crm_site.approvals.models import Approval
from crm_site.approvals.registry import known_kind, may_sign_anything, takes_part
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import UNPROCESSABLE, Listing, list_page
from crm_site.common.refusals import NotAllowedError
from crm_site.common.subjects import references
from crm_site.staff.confirmation import critical
from crm_site.staff.current import current_user

LIST = "approvals/approval_list.html"
DETAIL = "approvals/approval_detail.html"
LISTING = Listing(template=LIST, sorts={"latest": ("-pk",)}, default_sort="latest")


@require_safe
def approval_list(request: HtmxHttpRequest) -> HttpResponse:
    """List what waits for the user's signature, or with ``?view=mine`` what the user asked for."""
    user, now = current_user(request), timezone.now()
    if not takes_part(user):
        raise NotAllowedError(_("Your role neither asks for approvals nor gives them."))
    signs = may_sign_anything(user)
    views = ["sign", "mine", "all"] if signs else ["mine"]
    chosen = request.GET.get("view", "")
    view = chosen if chosen in views else views[0]
    rows = {
        "sign": Approval.objects.to_sign_by(user, now=now),
        "mine": Approval.objects.filter(requester=user),
        "all": Approval.objects.visible_to(user),
    }[view]
    return list_page(
        request,
        queryset=rows.select_related("requester"),
        listing=LISTING,
        present=lambda page: [(row, _label(row)) for row in page],
        context={"views": _tabs(views), "view": view},
    )


@require_safe
def approval_detail(request: HtmxHttpRequest, approval_id: int) -> HttpResponse:
    """Show what is asked, who has signed, and the user's own part in it."""
    return _detail(request, _approval(request, approval_id))


@require_POST
@critical()
@idempotent()
def approval_sign(request: HtmxHttpRequest, approval_id: int) -> HttpResponse:
    """Sign what was read; a request that was changed since is refused."""
    approval = _approval(request, approval_id, signing=True)
    form = SignForm(request.POST)
    if not form.is_valid():
        return _detail(request, approval, status=UNPROCESSABLE)
    digest, user = form.cleaned_data["digest"], current_user(request)
    services.sign(approval_id=approval.pk, digest=digest, signer=user, now=timezone.now())
    messages.success(request, _("Signed."))
    return go_to(request, _url(approval))


@require_POST
@idempotent()
def approval_refuse(request: HtmxHttpRequest, approval_id: int) -> HttpResponse:
    """Refuse with a reason."""
    approval = _approval(request, approval_id, signing=True)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _detail(request, approval, form=form, status=UNPROCESSABLE)
    reason, user = form.cleaned_data["reason"], current_user(request)
    services.refuse(approval_id=approval.pk, reason=reason, signer=user, now=timezone.now())
    messages.success(request, _("Refused. Who asked reads your reason."))
    return go_to(request, _url(approval))


@require_POST
@idempotent()
def approval_withdraw(request: HtmxHttpRequest, approval_id: int) -> HttpResponse:
    """Take one's own request back."""
    approval = _approval(request, approval_id)
    user = current_user(request)
    if approval.requester_id != user.pk:
        raise Http404
    services.withdraw(approval_id=approval.pk, requester=user, now=timezone.now())
    messages.success(request, _("The request is withdrawn."))
    return go_to(request, _url(approval))


def _approval(request: HtmxHttpRequest, approval_id: int, *, signing: bool = False) -> Approval:
    user = current_user(request)
    if signing and not may_sign_anything(user):
        raise NotAllowedError(_("Your role does not sign approvals."), code="approval")
    rows = Approval.objects.visible_to(user).select_related("requester")
    found = rows.filter(pk=approval_id).first()
    if found is None:
        raise Http404
    return found


def _detail(
    request: HtmxHttpRequest,
    approval: Approval,
    *,
    form: RefuseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user, now = current_user(request), timezone.now()
    kind = known_kind(approval.kind)
    pair = (approval.subject_kind, approval.subject_id)
    context: dict[str, Any] = {
        "approval": approval,
        "label": _label(approval),
        "content": kind.describe(approval.content) if kind else [],
        "about": references([pair], user).get(pair) if approval.subject_kind else None,
        "signatures": approval.signatures.select_related("signer").order_by("at", "pk"),
        "missing": len(approval.steps) - approval.signatures.standing().count(),
        "may_sign": services.may_sign_now(approval, user, now=now),
        "may_withdraw": approval.requester_id == user.pk
        and approval.state in (Approval.State.WAITING, Approval.State.APPROVED),
        "is_late": approval.is_waiting and approval.expires_at <= now,
        "form": form or RefuseForm(),
    }
    return render_page(request, DETAIL, context, partial="body", status=status)


def _label(approval: Approval) -> str:
    kind = known_kind(approval.kind)
    return str(kind.label) if kind else approval.kind


def _tabs(keys: list[str]) -> list[tuple[str, str]]:
    words = {"sign": _("To sign"), "mine": _("My requests"), "all": _("All I may see")}
    return [(key, words[key]) for key in keys]


def _url(approval: Approval) -> str:
    return reverse("approvals:approval-detail", args=[approval.pk])
