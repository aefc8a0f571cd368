"""The KPIs of lifetime value: money, cost, length, grade mix (ANA-09 to ANA-12, ANA-19)."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from analytics.kpis import costs, lifetimes, people
from analytics.kpis.brought import brought
from analytics.kpis.kinds import Goal, Group, Period
from analytics.kpis.registry import register_kpi
from analytics.kpis.sources import EXACT, ZERO, Column, Shape, Source, from_source
from customers.rules.axes import CustomerClass, Grade

D = Decimal
CARE = ("service", "care", "compensation", "complaint")


def _owners(period: Period, now: dt.datetime) -> Any:
    seen = min(period.ends_at, now)
    return people.customers_until(seen).filter(people.had_bought(seen))


def revenue_of(period: Period, now: dt.datetime) -> Any:
    """Return the agreed prices of a customer's standing contracts, as an expression."""
    seen = min(period.ends_at, now)
    sums = people.contracts(seen).order_by().values("customer").annotate(total=Sum("agreed_total"))
    return Coalesce(Subquery(sums.values("total"), output_field=EXACT), ZERO)


WORDS: dict[str, Any] = {
    "base": _owners,
    "columns": (
        *people.CUSTOMER_COLUMNS,
        Column(_("Contract money"), lambda customer: customer.kpi_amount),
    ),
    "url": people.customer_url,
    "amount": revenue_of,
    "related": people.CUSTOMER_RELATED,
}
CLV = Source(shape=Shape.MEAN, **WORDS)
REVENUE = Source(shape=Shape.SUM, **WORDS)


def _graded(_period: Period, now: dt.datetime) -> Any:
    return people.customers_until(now).filter(grading__isnull=False)


def _everybody(_period: Period, now: dt.datetime) -> Any:
    return people.customers_until(now)


def _share(base: Any, condition: Q) -> Source:
    return Source(
        base=base,
        columns=(
            *people.CUSTOMER_COLUMNS,
            Column(_("Class"), lambda customer: customer.get_customer_class_display()),
        ),
        url=people.customer_url,
        shape=Shape.SHARE,
        hit=lambda period, now: condition,
        related=people.CUSTOMER_RELATED,
    )


def register() -> None:
    """Make the KPIs of lifetime value known."""
    words: dict[str, Any] = {"group": Group.VALUE, "owner_role": "executive"}
    register_kpi(
        from_source(
            CLV,
            key="clv",
            label=_("Lifetime value so far"),
            unit="yuan",
            good="up",
            formula=_("Agreed prices of all standing contracts of an owner, mean over owners."),
            exclusions=_("Contracts taken back; what is only expected, which is a KPI of its own."),
            target_key="clv",
            goal=Goal("ge", D(500_000), D(50_000)),
            spec="ANA-09",
            **words,
        )
    )
    register_kpi(
        brought(
            "clv_expected",
            note="no_forecast",
            label=_("Lifetime value with what is expected"),
            unit="yuan",
            good="up",
            formula=_("Lifetime value so far + expected part within the horizon, discounted."),
            exclusions=_("Customers the value model does not cover."),
            target_key="clv_expected",
            spec="ANA-09",
            **words,
        )
    )
    register_kpi(
        from_source(
            REVENUE,
            key="total_revenue",
            label=_("Revenue from customers"),
            unit="yuan",
            good="up",
            formula=_(
                "Sum of the agreed prices of all standing contracts at the end of the period."
            ),
            exclusions=_("Contracts taken back."),
            target_key="total_revenue",
            spec="ANA-11",
            **words,
        )
    )
    for key, label, kinds in (
        ("lifecycle_cost", _("Lifecycle cost of an owner"), (*costs.ACQUIRING, *CARE)),
        ("care_cost", _("Cost of service and care of an owner"), CARE),
    ):
        register_kpi(
            costs.from_costs(
                costs.CostFigure(costs.per_customer, kinds=kinds, source=CLV),
                key=key,
                label=label,
                unit="yuan",
                good="down",
                formula=_("Cost of the period by its kind ÷ owners."),
                exclusions=_("Cost nobody has recorded."),
                target_key=key,
                spec="ANA-12",
                **words,
            )
        )
    register_kpi(lifetimes.length_kpi(**words))
    _register_mix(words)


def _register_mix(words: dict[str, Any]) -> None:
    high = Q(customer_class=CustomerClass.HIGH_VALUE.value)
    register_kpi(
        from_source(
            _share(_everybody, high),
            key="high_value_share",
            label=_("Share of high-value customers"),
            unit="percent",
            good="up",
            formula=_("Customers of the class high value ÷ all customers, as things stand."),
            exclusions=_("Duplicates are counted once."),
            target_key="high_value_share",
            goal=Goal("ge", D(10), D(2)),
            is_standing=True,
            spec="ANA-19",
            **words,
        )
    )
    for grade in Grade:
        register_kpi(
            from_source(
                _share(_graded, Q(grading__grade=grade.value)),
                key=f"grade_share_{grade.value.lower()}",
                label=GRADE_LABELS[grade.value],
                unit="percent",
                good="up" if grade in (Grade.A, Grade.B) else "down",
                formula=_("Customers of the grade ÷ customers with a grade, as things stand."),
                exclusions=_("Customers without a grade."),
                target_key=None,
                is_standing=True,
                spec="ANA-19",
                **words,
            )
        )


GRADE_LABELS = {
    "A": _("Share of grade A"),
    "B": _("Share of grade B"),
    "C": _("Share of grade C"),
    "D": _("Share of grade D"),
    "E": _("Share of grade E"),
}
