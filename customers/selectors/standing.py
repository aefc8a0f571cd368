"""Where customers stand: shares of high value, the standing of one customer, its groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from customers import choices
from customers.data_categories import where_sensitive_seen
from customers.derived_sql import existing_condition, in_stratum
from customers.models import (
    BehaviourEvent,
    Customer,
    CustomerStanding,
    IntentRegistration,
    Interaction,
    MeetingGuest,
    StageEvent,
    Stratum,
)
from customers.rules.activity import ActivityWeights, Move, activity, silence
from customers.rules.axes import BuyingStage, Channel, CustomerClass, Result
from customers.rules.derived import Base
from customers.rules.lifecycle import OWNERS, Span, stage_spans
from customers.rules.strata import StratumFacts, StratumRule, belongs

IS_VISIT = Q(channel=Channel.VISIT.value) | Q(result=Result.VISITED.value)
IS_REPLY = Q(result__in=[Result.REACHED.value, Result.VISIT_BOOKED.value]) & ~Q(
    channel__in=[Channel.VISIT.value, Channel.NOTE.value]
)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a region's customers are of the high-value class; ``share`` in per cent."""

    region: int | None
    name: str
    high: int
    total: int

    @property
    def share(self) -> float:
        """The share in per cent; 0 where there is nobody."""
        return 100 * self.high / self.total if self.total else 0.0


def share_by_region(customers: QuerySet[Any]) -> list[Share]:
    """Return the share of high-value customers of every region; one query."""
    high = Count("pk", filter=Q(customer_class=CustomerClass.HIGH_VALUE.value))
    rows = customers.order_by("region__name", "region").values_list("region", "region__name")
    counted = rows.annotate(high=high, total=Count("pk"))
    return [Share(pk, name or "", high, total) for pk, name, high, total in counted]


def total_share(shares: Sequence[Share]) -> Share:
    """Return the share over all regions."""
    high, total = sum(row.high for row in shares), sum(row.total for row in shares)
    return Share(None, "", high, total)


def existing_counts(customers: QuerySet[Any]) -> dict[str, int]:
    """Return how many belong to the existing base, by kind; together they are all (CUS-18)."""
    kinds = {base.value: Count("pk", filter=existing_condition(base)) for base in Base}
    return dict(customers.order_by().aggregate(**kinds))


@dataclass(frozen=True, slots=True)
class Active:
    """The activity of one customer as of now; ``days`` since its last own move, if any."""

    score: int
    last_touch: datetime | None
    days: int | None


def activity_of(customer_id: int, *, weights: ActivityWeights, now: datetime) -> Active:
    """Return how active the customer is at ``now``, by the rule itself (CUS-26); three queries."""
    since = now - timedelta(days=weights.window_days)
    talks = Interaction.objects.filter(customer=customer_id, at__lte=now, is_automatic=False)
    talked = talks.aggregate(
        visits=Count("pk", filter=IS_VISIT & Q(at__gt=since)),
        replies=Count("pk", filter=IS_REPLY & Q(at__gt=since)),
        last=Max("at", filter=IS_VISIT | IS_REPLY),
    )
    came = MeetingGuest.objects.filter(
        customer=customer_id, attended=True, meeting__starts_at__lte=now
    ).aggregate(
        n=Count("pk", filter=Q(meeting__starts_at__gt=since)), last=Max("meeting__starts_at")
    )
    used = (
        BehaviourEvent.objects.filter(customer=customer_id, at__lte=now)
        .exclude(action="no_show")
        .aggregate(n=Count("pk", filter=Q(at__gt=since)), last=Max("at"))
    )
    counts = {
        Move.VISIT: talked["visits"],
        Move.REPLY: talked["replies"],
        Move.CHECK_IN: came["n"],
        Move.APP_USE: used["n"],
    }
    moments = [part["last"] for part in (talked, came, used) if part["last"] is not None]
    last = max(moments, default=None)
    score = activity(counts, last, weights=weights, now=now)
    return Active(score, last, silence(last, now))


def stage_history(customer: Customer, *, now: datetime) -> tuple[list[Span], list[StageEvent]]:
    """Return the stays in the buying stages and their events, oldest first; one query."""
    events = list(
        StageEvent.objects.filter(customer=customer).select_related("actor").order_by("at", "pk")
    )
    moves = [(e.at, BuyingStage(e.from_stage), BuyingStage(e.to_stage)) for e in events]
    begun = customer.created_at if events else customer.stage_since or customer.created_at
    current = BuyingStage(customer.buying_stage)
    return stage_spans(moves, current=current, started_at=begun, now=now), events


def strata_of(customer: Customer) -> list[Stratum]:
    """Return the strata in use that hold the customer, by name; two queries (CUS-15)."""
    newest = IntentRegistration.objects.filter(customer=customer).order_by("-version")
    facts = StratumFacts(
        purpose=newest.values_list("purpose", flat=True).first() or "",
        motive=customer.motive,
        has_bought=CustomerClass(customer.customer_class) in OWNERS,
        budget_min=customer.budget_min,
        budget_max=customer.budget_max,
        credit_status=customer.credit_status,
    )
    return [row for row in Stratum.objects.filter(is_active=True) if belongs(rule_of(row), facts)]


def members(stratum: Stratum, *, among: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Return the members of a stratum among the customers ``user`` sees (CUS-15).

    A stratum of a credit status holds only those whose credit status ``user`` sees.
    """
    seen = where_sensitive_seen(among, user) if stratum.credit_status else among
    return in_stratum(seen, rule_of(stratum))


def rule_of(stratum: Stratum) -> StratumRule:
    """Return the criteria of a stratum as the rule takes them."""
    return StratumRule(
        need=stratum.need,
        budget_min=stratum.budget_min,
        budget_max=stratum.budget_max,
        credit_status=stratum.credit_status,
    )


def group_counts(customers: QuerySet[Any]) -> list[tuple[str, str, int]]:
    """Return (key, label, customers) of every group by nature and of none; one query (CUS-07)."""
    rows = customers.order_by().values_list("nature").annotate(n=Count("pk"))
    found = {key or "none": n for key, n in rows}
    return [(key, str(label), found.get(key, 0)) for key, label in choices.NATURES_OR_NONE]


def held_standing(customer: Customer) -> CustomerStanding | None:
    """Return the scores of the last nightly run, if it has seen the customer; one query."""
    return CustomerStanding.objects.filter(customer=customer).first()
