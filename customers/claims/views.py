"""The pages of the ledger of claims: of a project, of one home, and taking claims over."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.registers.selectors import lines
from crm_site.staff.current import current_user
from customers.claims import collecting, ledger
from customers.claims.ledger import CHECK, SOURCES, VIEW
from customers.property.project_views import get_project
from customers.purchase.views import get_purchase

LATEST = 500


@require_safe
@permission_required(VIEW, raise_exception=True)
def project_claims(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Show the claims of a project by source, each with what was built, and what to take over."""
    project, user, now = get_project(request, project_id), current_user(request), timezone.now()
    may_check = user.has_perm(CHECK)
    rows = ledger.claims_of(project.pk).select_related("owner")
    words = dict(SOURCES)
    found = collecting.candidates(project, user, now=now) if may_check else []
    context = {
        "project": project,
        "sources": ledger.by_source(project),
        "rows": lines(rows.order_by("closed_at", "pk")[:LATEST], user=user, now=now),
        "candidates": [(one, words[one.source]) for one in found],
        "may_check": may_check,
        "may_open": user.has_perm(ledger.OPEN_REGISTER),
    }
    return render_page(request, "customers/claims/project.html", context, partial="claims")


@require_POST
@permission_required(CHECK, raise_exception=True)
@idempotent()
def claims_take(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Take the ticked claims over into the ledger."""
    project = get_project(request, project_id)
    taken = collecting.take_over(
        project=project,
        keys=frozenset(request.POST.getlist("claim")),
        actor=current_user(request),
        now=timezone.now(),
    )
    words = ngettext("%(n)s claim is in the ledger.", "%(n)s claims are in the ledger.", taken)
    messages.success(request, words % {"n": taken} if taken else _("Tick what was claimed."))
    return go_to(request, reverse("customers:project-claims", args=[project.pk]))


@require_safe
@permission_required(VIEW, raise_exception=True)
def purchase_claims(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Show the claims that hold for one home, each with what was built."""
    purchase, user, now = get_purchase(request, purchase_id), current_user(request), timezone.now()
    rows = ledger.claims_for(purchase).select_related("owner").order_by("closed_at", "pk")
    context = {
        "purchase": purchase,
        "blockers": ledger.unmarked(purchase, now),
        "may_open": user.has_perm(ledger.OPEN_REGISTER),
        "rows": lines(rows[:LATEST], user=user, now=now),
    }
    return render_page(request, "customers/claims/purchase.html", context, partial="claims")
