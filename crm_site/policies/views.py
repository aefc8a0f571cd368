"""The pages of the policies: what is in force, what it was, a proposal and its way."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import Edit
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import edit_page
from crm_site.policies import services
from crm_site.policies.errors import UnknownPolicyError
from crm_site.policies.forms import PolicyForm, ReasonForm
from crm_site.policies.leaves import leaves_of
from crm_site.policies.models import PolicyVersion
from crm_site.policies.registry import PolicyArea, PolicyKind, policy_kind
from crm_site.policies.selectors import changes, current, history, open_proposal, overviews
from crm_site.staff.confirmation import critical
from crm_site.staff.current import current_user

VIEW = "policies.view_policy"


@require_safe
@permission_required(VIEW, raise_exception=True)
def policy_list(request: HtmxHttpRequest) -> HttpResponse:
    """List by area what each policy decides, since when, and which changes are open."""
    rows = overviews(at=timezone.now())
    groups = [(area.label, [row for row in rows if row.kind.area == area]) for area in PolicyArea]
    context = {"groups": [(label, found) for label, found in groups if found]}
    return render(request, "policies/policy_list.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def policy_detail(request: HtmxHttpRequest, key: str) -> HttpResponse:
    """Show one policy: its settings, the open proposal, the history with its differences."""
    return _detail(request, _kind(key), ReasonForm())


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@idempotent()
def policy_propose(request: HtmxHttpRequest, key: str) -> HttpResponse:
    """Draft a change, starting from what is in force."""
    kind = _kind(key)
    _require(request, kind.change_permission)
    now, user = timezone.now(), current_user(request)
    form_class = kind.form_class or PolicyForm

    def save(valid: PolicyForm) -> str:
        services.propose(
            key=kind.key,
            payload=valid.payload(),
            valid_from=valid.cleaned_data["valid_from"],
            reason=valid.cleaned_data["reason"],
            author=user,
            now=now,
        )
        messages.success(request, _("The draft is saved. Check who would move, then submit it."))
        return _url(kind)

    return edit_page(
        request,
        edit=Edit(f"policy:{kind.key}", user.pk),
        form=lambda data: form_class(kind, current(kind, at=timezone.now()).value, data),
        template="policies/policy_form.html",
        save=save,
        context={"kind": kind, "cancel_url": _url(kind)},
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def policy_preview(request: HtmxHttpRequest, key: str, version: int) -> HttpResponse:
    """Show who would move if a version came into force now; writes nothing."""
    kind = _kind(key)
    row = get_object_or_404(PolicyVersion, key=key, version=version)
    if kind.preview is None:
        raise Http404
    preview = kind.preview(kind.read(row.payload), current_user(request), timezone.now())
    context = {"kind": kind, "version": row, "preview": preview}
    template = "policies/_preview.html" if request.htmx else "policies/policy_preview.html"
    return render(request, template, context)


@require_POST
@permission_required(VIEW, raise_exception=True)
@idempotent()
def policy_submit(request: HtmxHttpRequest, key: str, version: int) -> HttpResponse:
    """Hand one's draft in."""
    return _step(request, key, version, services.submit, _("Submitted for approval."))


@require_POST
@permission_required(VIEW, raise_exception=True)
@idempotent()
def policy_withdraw(request: HtmxHttpRequest, key: str, version: int) -> HttpResponse:
    """Take one's proposal back."""
    return _step(request, key, version, services.withdraw, _("The proposal is withdrawn."))


@require_POST
@permission_required(VIEW, raise_exception=True)
@critical()
@idempotent()
def policy_approve(request: HtmxHttpRequest, key: str, version: int) -> HttpResponse:
    """Put a submitted version into force."""
    kind = _kind(key)
    _require(request, kind.approve_permission)
    row = services.approve(
        version_id=_version(key, version).pk, approver=current_user(request), now=timezone.now()
    )
    messages.success(request, _("Version %(version)s is approved.") % {"version": row.version})
    return go_to(request, _url(kind))


@require_POST
@permission_required(VIEW, raise_exception=True)
@idempotent()
def policy_reject(request: HtmxHttpRequest, key: str, version: int) -> HttpResponse:
    """Turn a submitted version down, with a reason."""
    kind = _kind(key)
    _require(request, kind.approve_permission)
    row, form = _version(key, version), ReasonForm(request.POST)
    if not form.is_valid():
        return _detail(request, kind, form, status=422)
    services.reject(
        version_id=row.pk,
        approver=current_user(request),
        reason=form.cleaned_data["reason"],
        now=timezone.now(),
    )
    messages.success(request, _("The proposal is rejected."))
    return go_to(request, _url(kind))


def _step(
    request: HtmxHttpRequest, key: str, version: int, act: Callable[..., Any], done: str
) -> HttpResponse:
    kind = _kind(key)
    _require(request, kind.change_permission)
    act(version_id=_version(key, version).pk, author=current_user(request), now=timezone.now())
    messages.success(request, done)
    return go_to(request, _url(kind))


def _detail(
    request: HtmxHttpRequest, kind: PolicyKind, reject_form: ReasonForm, *, status: int = 200
) -> HttpResponse:
    user, now = current_user(request), timezone.now()
    held = current(kind, at=now)
    proposal = open_proposal(kind.key)
    is_author = proposal is not None and proposal.author_id == user.pk
    context: dict[str, Any] = {
        "kind": kind,
        "held": held,
        "leaves": leaves_of(held.value),
        "proposal": proposal,
        "proposal_changes": _proposed(kind, held.version, proposal),
        "history": history(kind, in_force=held.version, at=now),
        "is_author": is_author,
        "may_propose": proposal is None and user.has_perm(kind.change_permission),
        "may_decide": proposal is not None
        and proposal.state == PolicyVersion.State.SUBMITTED
        and not is_author
        and user.has_perm(kind.approve_permission),
        "form": reject_form,
    }
    if kind.panel_context is not None:
        context |= kind.panel_context(held.value, user, now)
    return render(request, "policies/policy_detail.html", context, status=status)


def _proposed(kind: PolicyKind, version: int, proposal: PolicyVersion | None) -> Any:
    if proposal is None:
        return []
    base = PolicyVersion.objects.get(key=kind.key, version=version)
    return changes(kind, base.payload, proposal.payload)


def _kind(key: str) -> PolicyKind:
    try:
        return policy_kind(key)
    except UnknownPolicyError as error:
        raise Http404 from error


def _version(key: str, version: int) -> PolicyVersion:
    return get_object_or_404(PolicyVersion, key=key, version=version)


def _require(request: HtmxHttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _url(kind: PolicyKind) -> str:
    return reverse("policies:policy-detail", args=[kind.key])
