"""The KPIs of data quality: complete, right, up to date (ANA-23)."""

import datetime as dt
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis import people
from analytics.kpis.kinds import Group, Period
from analytics.kpis.registry import register_kpi
from analytics.kpis.sources import Column, Shape, Source, from_source
from customers.models import DuplicateSuggestion

FRESH: Final = dt.timedelta(days=90)
COMPLETE: Final = (0.0, 100.0)


def _everybody(_period: Period, now: dt.datetime) -> Any:
    return people.customers_until(now)


def _faultless(_period: Period, _now: dt.datetime) -> Q:
    """Whether a customer can be reached, says what it is called and is no suspected duplicate."""
    open_ = DuplicateSuggestion.objects.filter(state=DuplicateSuggestion.State.OPEN)
    twice = open_.filter(Q(left=OuterRef("pk")) | Q(right=OuterRef("pk")))
    return Q(is_unreachable=False) & ~Q(name="") & ~Q(Exists(twice))


def _fresh(_period: Period, now: dt.datetime) -> Q:
    """Whether a customer was spoken to or written down within the last 90 days."""
    return Q(last_contact_at__gte=now - FRESH) | Q(created_at__gte=now - FRESH)


WORDS: dict[str, Any] = {
    "base": _everybody,
    "columns": (
        *people.CUSTOMER_COLUMNS,
        Column(_("Completeness"), lambda customer: f"{customer.completeness} %"),
        Column(_("Last contact"), lambda customer: customer.last_contact_at),
    ),
    "url": people.customer_url,
    "related": people.CUSTOMER_RELATED,
}
COMPLETENESS = Source(
    shape=Shape.MEAN, amount=lambda period, now: F("completeness"), scale=COMPLETE, **WORDS
)
ACCURACY = Source(shape=Shape.SHARE, hit=_faultless, **WORDS)
TIMELINESS = Source(shape=Shape.SHARE, hit=_fresh, **WORDS)


def register() -> None:
    """Make the KPIs of data quality known."""
    for key, label, source, formula in (
        (
            "data_completeness",
            pgettext_lazy("kpi", "Completeness of customer records"),
            COMPLETENESS,
            _("Mean of how much of the record is filled in, by weight of the fields."),
        ),
        (
            "data_accuracy",
            _("Customer records without a known fault"),
            ACCURACY,
            _("Reachable, named and no suspected duplicate ÷ all customers."),
        ),
        (
            "data_timeliness",
            _("Customer records that are up to date"),
            TIMELINESS,
            _("Spoken to or written down within 90 days ÷ all customers."),
        ),
    ):
        register_kpi(
            from_source(
                source,
                key=key,
                label=label,
                group=Group.QUALITY,
                unit="percent",
                good="up",
                formula=formula,
                exclusions=_("Duplicates that were merged."),
                owner_role="executive",
                target_key=key,
                is_standing=True,
                spec="ANA-23",
            )
        )
