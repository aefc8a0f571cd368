"""The sales KPIs: visits, subscriptions, signings (ui B7)."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis.kinds import Group, Period
from analytics.kpis.registry import register_kpi
from analytics.kpis.sources import OF_CUSTOMER_PATHS, Column, Source, from_source
from customers.purchase.models import Purchase

NO_EXCLUSIONS = _("None.")


def purchase_url(purchase: Any) -> str:
    """Return the page of a purchase."""
    return reverse("customers:purchase-detail", args=[purchase.pk])


PURCHASE_COLUMNS = (
    Column(_("Customer"), lambda purchase: purchase.customer.name),
    Column(pgettext_lazy("purchase", "Unit"), lambda purchase: str(purchase.unit or "")),
    Column(_("Project"), lambda purchase: purchase.project.name),
    Column(_("Signed"), lambda purchase: purchase.signed_at),
    Column(_("Agreed price"), lambda purchase: purchase.agreed_total),
)


def signed_in(period: Period, now: dt.datetime) -> Any:
    """Return the contracts signed in the period and not taken back in it."""
    return Purchase.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gte=period.ends_at),
        signed_at__gte=period.begins_at,
        signed_at__lt=min(period.ends_at, now),
        customer__merged_into__isnull=True,
    )


SIGNINGS = Source(
    base=signed_in,
    columns=PURCHASE_COLUMNS,
    url=purchase_url,
    paths=OF_CUSTOMER_PATHS,
    related=("customer", "project", "unit__building"),
)


def register() -> None:
    """Make the sales KPIs known."""
    register_kpi(
        from_source(
            SIGNINGS,
            key="signings",
            label=_("Contracts signed"),
            group=Group.SALES,
            unit="count",
            good="up",
            formula=_("Contracts signed in the period."),
            exclusions=_("Contracts taken back within the period."),
            owner_role="executive",
            target_key="signings",
        )
    )
