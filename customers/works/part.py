"""How the home of a purchase is being built: nodes and the outside reports shown to customers."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from crm_site.common.htmx import HtmxHttpRequest, render_page
from customers.property.views import VIEW
from customers.purchase.hooks import PartState, PurchasePart, register_part
from customers.purchase.models import Purchase
from customers.purchase.views import get_purchase
from customers.works.models import ConstructionNode, NodeReport

PAGE = "customers/works/purchase.html"


def nodes_of(purchase: Purchase) -> Any:
    """Return the nodes of the home's building and of the project, in the order of the plan."""
    here = Q(building=None)
    if purchase.unit is not None:
        here |= Q(building=purchase.unit.building_id)
    rows = ConstructionNode.objects.filter(here, project=purchase.project_id)
    return rows.select_related("building").order_by("planned_on", "pk")


@require_safe
@permission_required(VIEW, raise_exception=True)
def purchase_building(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Show how the home is being built, with the outside reports a customer may see."""
    purchase = get_purchase(request, purchase_id)
    shown = NodeReport.objects.filter(is_shown=True).defer("content").order_by("reported_on", "pk")
    nodes = nodes_of(purchase).prefetch_related(Prefetch("reports", queryset=shown, to_attr="seen"))
    context = {"purchase": purchase, "nodes": nodes}
    return render_page(request, PAGE, context, partial="building")


def state(purchase: Purchase, _now: datetime) -> PartState | None:
    """Return the node that was reached last, None where no node is planned."""
    rows = nodes_of(purchase)
    last = rows.filter(reached_on__isnull=False).order_by("-reached_on", "-pk").first()
    if last is not None:
        return PartState(last.title, "green" if last.result == "passed" else "blue")
    return PartState(_("Not begun")) if rows.exists() else None


def register() -> None:
    """Show the building on the page of purchases."""
    register_part(
        PurchasePart(
            key="building",
            label=_("How the home is built"),
            url_name="customers:purchase-building",
            permission=VIEW,
            order=55,
            state=state,
        )
    )
