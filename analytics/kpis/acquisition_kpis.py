"""The KPIs of acquisition: conversion, cost, cycle, referrals (ANA-03 to ANA-05, 20 to 22)."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import Extract, TruncDate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis import costs, market, people, referrals
from analytics.kpis.hooks import campaigns_at
from analytics.kpis.kinds import SHANGHAI, Goal, Group, Period
from analytics.kpis.policies import CostBase, rules_at
from analytics.kpis.registry import register_kpi
from analytics.kpis.sources import (
    OF_CUSTOMER_PATHS,
    Column,
    Cut,
    Shape,
    Source,
    from_source,
)
from customers.models import Customer, Project
from customers.vocabulary import labels

D = Decimal
SECONDS = 86_400


def project_names() -> dict[Any, Any]:
    """Return the names of projects by their key."""
    return dict(Project.objects.values_list("pk", "name"))


LEAD_CUTS = (
    Cut("channel", _("Channel"), "source", lambda: labels("source")),
    Cut("campaign", _("Campaign"), "campaign"),
    Cut("project", _("Project"), "project", project_names),
)


def words_of(cut: str) -> Mapping[Any, Any]:
    """Return the words of the values of a cut of leads."""
    return next(each.words() for each in LEAD_CUTS if each.key == cut)


def _cohort(period: Period, now: dt.datetime) -> Any:
    return people.leads_received(period, now).filter(people.reached(people.QUALIFIED, now))


def _converted(_period: Period, now: dt.datetime) -> Q:
    return Q(people.reached([people.SIGNED], now))


LEADS = Source(
    base=people.leads_received,
    columns=people.LEAD_COLUMNS,
    url=people.lead_url,
    paths=OF_CUSTOMER_PATHS,
    related=people.LEAD_RELATED,
    cuts=LEAD_CUTS,
)
CONVERSION = Source(
    base=_cohort,
    columns=people.LEAD_COLUMNS,
    url=people.lead_url,
    shape=Shape.SHARE,
    hit=_converted,
    paths=OF_CUSTOMER_PATHS,
    related=people.LEAD_RELATED,
    cuts=LEAD_CUTS,
)
NEW_CUSTOMERS = Source(
    base=people.first_signed_in,
    columns=people.CUSTOMER_COLUMNS,
    url=people.customer_url,
    related=people.CUSTOMER_RELATED,
)
NEW_VISITORS = Source(
    base=people.first_visited_in,
    columns=people.CUSTOMER_COLUMNS,
    url=people.customer_url,
    related=people.CUSTOMER_RELATED,
)
DIVISORS = {
    CostBase.LEAD: LEADS,
    CostBase.VISITOR: NEW_VISITORS,
    CostBase.BUYER: NEW_CUSTOMERS,
}


def chosen_divisor(period: Period) -> Source:
    """Return by whom the headline cost is divided in a period."""
    return DIVISORS[rules_at(period.begins_at).cost_base]


# cycle -----------------------------------------------------------------------------------------
def _of_campaigns(period: Period, now: dt.datetime) -> Any:
    starts = campaigns_at(now)
    return people.leads_received(period, now).filter(campaign__in=list(starts))


def _no_campaign(_period: Period, now: dt.datetime) -> str:
    return "" if campaigns_at(now) else "no_campaign"


def _cycle_days(_period: Period, now: dt.datetime) -> Any:
    """Return the days from the start of the lead's campaign to its arrival, in local days."""
    whens = [
        When(campaign=code, then=Value(day, output_field=DateField()))
        for code, day in campaigns_at(now).items()
    ]
    begun = Case(*whens, output_field=DateField())
    arrived = TruncDate("received_at", tzinfo=SHANGHAI)
    length = ExpressionWrapper(arrived - begun, output_field=DurationField())
    return Extract(length, "epoch") / SECONDS


CYCLE_WORDS: dict[str, Any] = {
    "columns": (*people.LEAD_COLUMNS, Column(_("Campaign"), lambda lead: lead.campaign)),
    "base": _of_campaigns,
    "url": people.lead_url,
    "amount": _cycle_days,
    "pause": _no_campaign,
    "paths": OF_CUSTOMER_PATHS,
    "related": people.LEAD_RELATED,
    "cuts": LEAD_CUTS,
}
CYCLE = Source(shape=Shape.MEAN, **CYCLE_WORDS)
CYCLE_MEDIAN = Source(shape=Shape.PERCENTILE, share=0.5, **CYCLE_WORDS)
CYCLE_P90 = Source(shape=Shape.PERCENTILE, share=0.9, **CYCLE_WORDS)


# referrals -------------------------------------------------------------------------------------
def _has_introduced(_period: Period, now: dt.datetime) -> Q:
    brought = Customer.objects.filter(
        referrer=OuterRef("pk"), merged_into__isnull=True, created_at__lt=now
    )
    return Q(Exists(brought))


def _known_customers(period: Period, now: dt.datetime) -> Any:
    return people.customers_until(min(period.ends_at, now))


INTRODUCERS = Source(
    base=_known_customers,
    columns=people.CUSTOMER_COLUMNS,
    url=people.customer_url,
    shape=Shape.SHARE,
    hit=lambda period, now: _has_introduced(period, min(period.ends_at, now)),
    related=people.CUSTOMER_RELATED,
)


def register() -> None:
    """Make the KPIs of acquisition known."""
    from_base = {"group": Group.ACQUISITION, "exclusions": _("Duplicates are counted once.")}
    register_kpi(
        from_source(
            LEADS,
            key="leads",
            label=pgettext_lazy("kpi", "New leads"),
            unit="count",
            good="up",
            formula=_("Leads received in the period."),
            owner_role="marketing",
            target_key="leads",
            **from_base,
        )
    )
    register_kpi(
        from_source(
            CONVERSION,
            key="conversion_rate",
            label=_("New-customer conversion rate"),
            unit="percent",
            good="up",
            formula=_(
                "Of the leads received in the period that qualified: those that signed by the time "
                "of the figure ÷ all of them."
            ),
            owner_role="executive",
            target_key="conversion_rate",
            goal=Goal("ge", D(15), D(3)),
            spec="ANA-03",
            group=Group.ACQUISITION,
            exclusions=_("Leads that never qualified; duplicates."),
        )
    )
    _register_cost()
    _register_cycle()
    _register_referrals()


def _register_cost() -> None:
    words = {
        "group": Group.ACQUISITION,
        "owner_role": "marketing",
        "spec": "ANA-04",
        "exclusions": _("Cost without a day or a place; a place gets only its own cost."),
    }
    register_kpi(
        costs.from_costs(
            costs.CostFigure(costs.customers_per_ten_thousand, source=NEW_CUSTOMERS),
            key="customers_per_10k",
            label=_("New customers for 10,000 yuan"),
            unit="ratio",
            good="up",
            formula=_("New customers × 10,000 ÷ marketing and sales cost."),
            target_key=None,
            **words | {"spec": "ANA-03"},
        )
    )
    register_kpi(
        costs.from_costs(
            costs.CostFigure(costs.per_customer, chosen=chosen_divisor),
            key="cac",
            label=_("Customer acquisition cost"),
            unit="yuan",
            good="down",
            formula=_(
                "Marketing and sales cost ÷ new customers; the policy says whether these are "
                "leads, visitors or buyers."
            ),
            target_key="cac",
            goal=Goal("le", D(150), D(15)),
            **words,
        )
    )
    for key, label, source in (
        ("cac_lead", _("Cost of a registered lead"), LEADS),
        ("cac_visitor", _("Cost of a new visitor"), NEW_VISITORS),
        ("cac_buyer", _("Cost of a signed buyer"), NEW_CUSTOMERS),
    ):
        register_kpi(
            costs.from_costs(
                costs.CostFigure(costs.per_customer, source=source, is_cut=source is LEADS),
                key=key,
                label=label,
                unit="yuan",
                good="down",
                formula=_("Marketing and sales cost ÷ those counted by the name."),
                target_key=None,
                **words,
            )
        )
    register_kpi(
        costs.from_costs(
            costs.CostFigure(costs.return_on_cost, is_cut=True),
            key="marketing_roi",
            label=_("Marketing return on investment"),
            unit="percent",
            good="up",
            formula=_("(attributed margin − cost) ÷ cost."),
            target_key=None,
            **words | {"spec": "ANA-22", "exclusions": _("Cost without an attributed margin.")},
        )
    )


def _register_cycle() -> None:
    for key, label, source, goal in (
        ("acquisition_cycle", _("Acquisition cycle, mean"), CYCLE, Goal("le", D(30), D(5))),
        ("acquisition_cycle_median", _("Acquisition cycle, median"), CYCLE_MEDIAN, None),
        ("acquisition_cycle_p90", _("Acquisition cycle, nine of ten within"), CYCLE_P90, None),
    ):
        register_kpi(
            from_source(
                source,
                key=key,
                label=label,
                group=Group.ACQUISITION,
                unit="days",
                good="down",
                formula=_("Days from the start of the campaign to the arrival of the lead."),
                exclusions=_("Leads without a campaign that has a start."),
                owner_role="marketing",
                target_key=key if goal else None,
                goal=goal,
                spec="ANA-05",
            )
        )


def _register_referrals() -> None:
    words = {"group": Group.ACQUISITION, "owner_role": "marketing", "spec": "ANA-21"}
    register_kpi(
        from_source(
            INTRODUCERS,
            key="introducer_share",
            label=_("Customers who introduced somebody"),
            unit="percent",
            good="up",
            formula=_("Customers who introduced at least one other ÷ all customers."),
            exclusions=_("Duplicates are counted once."),
            target_key=None,
            **words,
        )
    )
    register_kpi(
        from_source(
            referrals.DEALS,
            key="referral_share",
            label=_("Referred deals"),
            unit="percent",
            good="up",
            formula=_("Contracts of introduced customers ÷ all contracts signed in the period."),
            exclusions=_("Contracts taken back within the period."),
            target_key=None,
            **words,
        )
    )
    register_kpi(
        from_source(
            referrals.GENERATIONS,
            key="referral_generations",
            label=_("Generations of introduced customers, mean"),
            unit="ratio",
            good="up",
            formula=_(
                "How many introductions lie between an introduced customer and the first of the "
                "chain, on average."
            ),
            exclusions=_("Customers nobody introduced."),
            target_key=None,
            **words,
        )
    )
    register_kpi(market.share_kpi())
