"""The KPIs of retention: churn and what stays, repurchase, activity, recovery (ANA-06 to 08)."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis import people
from analytics.kpis.brought import brought
from analytics.kpis.kinds import Goal, Group, Period
from analytics.kpis.policies import ChurnBase, rules_at
from analytics.kpis.registry import register_kpi
from analytics.kpis.sources import Column, Shape, Source, from_source
from customers.property.rules import UnitKind
from customers.purchase.models import Purchase
from service.repairs.models import RepairOrder
from service.repairs.rules.warranty import Standing

D = Decimal
LOST_COLUMNS = (
    *people.CUSTOMER_COLUMNS,
    Column(_("Lost on"), lambda customer: customer.kpi_lost_on or ""),
)
Narrow = Callable[[Any, dt.datetime], Any]
# A unit that an import did not name is a home.
IS_HOME = Q(unit__isnull=True) | Q(unit__kind__in=[UnitKind.FLAT.value, UnitKind.HOUSE.value])


def _base(period: Period, now: dt.datetime) -> Any:
    """Return whom churn is a share of: those at the start, by policy with those who came.

    Each row holds the day on which the customer was lost in the period.
    """
    seen = min(period.ends_at, now)
    days = people.lost_between(period.begins_at, seen, now).order_by("on").values("on")
    start = people.stayed_until(period.begins_at, now)
    if rules_at(period.begins_at).churn_base is ChurnBase.START:
        return start.annotate(kpi_lost_on=Subquery(days[:1]))
    came = people.customers_until(seen).filter(created_at__gte=period.begins_at)
    both = people.customers_until(seen).filter(
        Q(pk__in=start.values("pk")) | Q(pk__in=came.values("pk"))
    )
    return both.annotate(kpi_lost_on=Subquery(days[:1]))


def _lost(period: Period, now: dt.datetime) -> Q:
    return Q(Exists(people.lost_between(period.begins_at, min(period.ends_at, now), now)))


def _stayed(period: Period, now: dt.datetime) -> Q:
    return ~_lost(period, now)


def _owners(rows: Any, moment: dt.datetime) -> Any:
    return rows.filter(people.had_bought(moment))


def _prospects(rows: Any, moment: dt.datetime) -> Any:
    return rows.filter(~people.had_bought(moment))


def _unjudged(_period: Period, now: dt.datetime) -> str:
    return "" if people.churn_is_judged(now) else "no_churn"


def _share(base: Any, hit: Any, **more: Any) -> Source:
    more.setdefault("columns", people.CUSTOMER_COLUMNS)
    return Source(
        base=base,
        url=people.customer_url,
        shape=Shape.SHARE,
        hit=hit,
        related=people.CUSTOMER_RELATED,
        **more,
    )


def churn_source(narrow: Narrow | None = None, *, kept: bool = False) -> Source:
    """Return churn, or what is kept, of all customers or of a part of them."""

    def base(period: Period, now: dt.datetime) -> Any:
        rows = _base(period, now)
        return rows if narrow is None else narrow(rows, period.begins_at)

    return _share(base, _stayed if kept else _lost, pause=_unjudged, columns=LOST_COLUMNS)


# repurchase ------------------------------------------------------------------------------------
def _owners_by_end(period: Period, now: dt.datetime) -> Any:
    seen = min(period.ends_at, now)
    return people.customers_until(seen).filter(people.had_bought(seen))


def _window(period: Period, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """Return from when to when a second purchase counts: the window ends with the period."""
    seen = min(period.ends_at, now)
    return seen - dt.timedelta(days=rules_at(period.begins_at).repurchase_days), seen


def _second_contract(period: Period, now: dt.datetime, *, of: Q) -> Exists:
    """Return the condition of a contract in the window after an earlier one, both ``of`` a kind."""
    since, seen = _window(period, now)
    earlier = Purchase.objects.filter(
        of,
        Q(ended_at__isnull=True) | Q(ended_at__gte=seen),
        Q(signed_at__lt=OuterRef("signed_at"))
        | Q(signed_at=OuterRef("signed_at"), pk__lt=OuterRef("pk")),
        customer=OuterRef("customer"),
    )
    return Exists(people.contracts(seen).filter(of, Exists(earlier), signed_at__gte=since))


def _second_home(period: Period, now: dt.datetime) -> Q:
    return Q(_second_contract(period, now, of=IS_HOME))


def _came_back(period: Period, now: dt.datetime) -> Q:
    """Whether a customer bought anything again or had work done at its own cost (broad)."""
    since, seen = _window(period, now)
    paid = RepairOrder.objects.filter(
        ticket__customer=OuterRef("pk"),
        standing=Standing.OUT.value,
        accepted_at__gte=since,
        accepted_at__lt=seen,
    )
    return Q(_second_contract(period, now, of=Q())) | Q(Exists(paid))


def _everybody(period: Period, now: dt.datetime) -> Any:
    return people.customers_until(min(period.ends_at, now))


def _active(period: Period, now: dt.datetime) -> Q:
    return Q(people.active_in(period, now))


CHURN = churn_source()
CHURN_OWNERS = churn_source(_owners)
CHURN_PROSPECTS = churn_source(_prospects)
RETENTION = churn_source(kept=True)
REPURCHASE_STRICT = _share(_owners_by_end, _second_home)
REPURCHASE_BROAD = _share(_owners_by_end, _came_back)
ACTIVITY = _share(_everybody, _active)

LEFT = _(
    "Customers lost in the period ÷ customers at its start. A loss counts on the day it happened, "
    "not on the night it was found: what is found later changes periods that are not frozen, and a "
    "frozen figure says as of when."
)
NEW_LEFT_OUT = _(
    "New customers of the period, unless the policy counts them; duplicates; losses that were "
    "taken back as never true."
)


def register() -> None:
    """Make the KPIs of retention known."""
    words: dict[str, Any] = {
        "group": Group.RETENTION,
        "unit": "percent",
        "owner_role": "executive",
    }
    for key, label, source, goal in (
        ("churn_rate", _("Churn rate"), CHURN, Goal("lt", D(5), D(1))),
        ("churn_rate_owners", _("Churn rate of owners"), CHURN_OWNERS, None),
        ("churn_rate_prospects", _("Churn rate of prospects"), CHURN_PROSPECTS, None),
    ):
        register_kpi(
            from_source(
                source,
                key=key,
                label=label,
                good="down",
                formula=LEFT,
                exclusions=NEW_LEFT_OUT,
                target_key=key,
                goal=goal,
                spec="ANA-06",
                **words,
            )
        )
    for key, label, source, spec, formula, exclusions, goal in (
        (
            "retention_rate",
            _("Retention rate"),
            RETENTION,
            "ANA-07",
            _("100 % − churn rate, on the same customers."),
            NEW_LEFT_OUT,
            None,
        ),
        (
            "repurchase_broad",
            _("Repurchase rate, broad"),
            REPURCHASE_BROAD,
            "ANA-08",
            _(
                "Owners who within the window bought again – a home, a shop, a parking space – or "
                "had work done at their own cost ÷ all owners at the end of the period."
            ),
            _("Contracts taken back."),
            Goal("ge", D(30), D(5)),
        ),
        (
            "repurchase_strict",
            _("Repurchase rate, homes only"),
            REPURCHASE_STRICT,
            "ANA-08",
            _("Owners who within the window signed for a further home ÷ all owners."),
            _("Shops and parking spaces; contracts taken back."),
            None,
        ),
        (
            "activity_rate",
            _("Activity rate"),
            ACTIVITY,
            "ANA-16",
            _(
                "Customers who visited, answered, came to an event or used the app in the period ÷ "
                "all customers."
            ),
            _("What only the company did; duplicates."),
            None,
        ),
    ):
        register_kpi(
            from_source(
                source,
                key=key,
                label=label,
                good="up",
                formula=formula,
                exclusions=exclusions,
                target_key=key,
                goal=goal,
                spec=spec,
                **words,
            )
        )
    register_kpi(
        brought(
            "recovery_rate",
            note="no_winback",
            label=pgettext_lazy("kpi", "Recovery rate"),
            good="up",
            formula=_("Churn cases that ended with the customer staying ÷ churn cases worked."),
            exclusions=_("Cases still open; the random hold-out, which is shown beside it."),
            target_key="recovery_rate",
            spec="ANA-18",
            **words,
        )
    )
