"""The sales KPIs: visits, subscriptions, contracts, money, red warnings (ui B7)."""

import datetime as dt
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis import people
from analytics.kpis.brought import brought
from analytics.kpis.kinds import Group, Period
from analytics.kpis.registry import register_kpi
from analytics.kpis.sources import OF_CUSTOMER_PATHS, Column, Cut, Shape, Source, from_source
from customers import choices
from customers.models import Project
from customers.purchase.models import Purchase

PURCHASE_COLUMNS = (
    Column(_("Customer"), lambda purchase: purchase.customer.name),
    Column(pgettext_lazy("purchase", "Unit"), lambda purchase: str(purchase.unit or "")),
    Column(_("Project"), lambda purchase: purchase.project.name),
    Column(_("Signed"), lambda purchase: purchase.signed_at),
    Column(_("Agreed price"), lambda purchase: purchase.agreed_total),
)
PURCHASE_RELATED = ("customer", "project", "unit__building")
PURCHASE_CUTS = (
    Cut(
        "project",
        _("Project"),
        "project",
        lambda: dict(Project.objects.values_list("pk", "name")),
    ),
)


def purchase_url(purchase: Any) -> str:
    """Return the page of a purchase."""
    return reverse("customers:purchase-detail", args=[purchase.pk])


def _within(period: Period, now: dt.datetime, field: str) -> Any:
    """Return the purchases with a step in the period that were not taken back in it."""
    seen = min(period.ends_at, now)
    return Purchase.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gte=seen),
        **{f"{field}__gte": period.begins_at, f"{field}__lt": seen},
        customer__merged_into__isnull=True,
    )


def signed_in(period: Period, now: dt.datetime) -> Any:
    """Return the contracts signed in the period and not taken back in it."""
    return _within(period, now, "signed_at")


def subscribed_in(period: Period, now: dt.datetime) -> Any:
    """Return the subscriptions of the period that were not given up in it."""
    return _within(period, now, "subscribed_at")


def visits_in(period: Period, now: dt.datetime) -> Any:
    """Return the visits of the period."""
    return people.visits().filter(at__gte=period.begins_at, at__lt=min(period.ends_at, now))


WORDS: dict[str, Any] = {
    "columns": PURCHASE_COLUMNS,
    "url": purchase_url,
    "paths": OF_CUSTOMER_PATHS,
    "related": PURCHASE_RELATED,
    "cuts": PURCHASE_CUTS,
}
SIGNINGS = Source(base=signed_in, **WORDS)
SUBSCRIPTIONS = Source(base=subscribed_in, **WORDS)
CONTRACT_MONEY = Source(
    base=lambda period, now: signed_in(period, now).filter(agreed_total__isnull=False),
    shape=Shape.SUM,
    amount=lambda period, now: F("agreed_total"),
    **WORDS,
)
VISITS = Source(
    base=visits_in,
    columns=(
        Column(_("Customer"), lambda visit: visit.customer.name),
        Column(_("When"), lambda visit: visit.at),
        Column(_("Channel"), lambda visit: visit.get_channel_display()),
        Column(_("Result"), lambda visit: visit.get_result_display()),
        Column(pgettext_lazy("kpi", "Noted by"), lambda visit: visit.author),
    ),
    url=lambda visit: reverse("customers:customer-detail", args=[visit.customer_id]),
    paths=OF_CUSTOMER_PATHS,
    related=("customer", "author"),
    cuts=(Cut("result", _("Result"), "result", lambda: dict(choices.RESULTS)),),
)


def register() -> None:
    """Make the sales KPIs known."""
    words: dict[str, Any] = {"group": Group.SALES, "owner_role": "executive"}
    for key, label, source, unit, formula, exclusions in (
        (
            "visits",
            pgettext_lazy("kpi", "Visits"),
            VISITS,
            "count",
            _("Visits of customers noted for the period."),
            _("Automatic notes."),
        ),
        (
            "subscriptions",
            pgettext_lazy("kpi", "Subscriptions"),
            SUBSCRIPTIONS,
            "count",
            _("Subscriptions of the period."),
            _("Those given up within the period."),
        ),
        (
            "signings",
            _("Contracts signed"),
            SIGNINGS,
            "count",
            _("Contracts signed in the period."),
            _("Contracts taken back within the period."),
        ),
        (
            "contract_money",
            _("Contract money"),
            CONTRACT_MONEY,
            "yuan",
            _("Sum of the agreed prices of contracts signed in the period."),
            _("Contracts without an agreed price; those taken back within the period."),
        ),
    ):
        register_kpi(
            from_source(
                source,
                key=key,
                label=label,
                unit=unit,
                good="up",
                formula=formula,
                exclusions=exclusions,
                target_key=key,
                **words,
            )
        )
    register_kpi(
        brought(
            "red_warnings",
            note="no_churn",
            label=_("Customers with a red warning"),
            unit="count",
            good="down",
            formula=_("Customers whose churn warning is red."),
            exclusions=_("Who is not assessed, and who is left alone for comparison."),
            target_key="red_warnings",
            is_standing=True,
            **words,
        )
    )
