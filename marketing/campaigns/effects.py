"""What campaigns brought, read in sets from leads, purchases and cost by their codes (MKT-76).

Each figure and the rows behind it come from one query each, told in ``BEHIND``, so that the list a
click opens has as many rows as the figure says.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, DecimalField, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from crm_site.questionnaires.models import AnswerSheet
from customers.models import Customer, Lead, LeadEvent
from customers.purchase.models import Purchase
from customers.rules.axes import LeadState, Phase
from marketing.campaigns import hooks
from marketing.campaigns.checks import SCENE
from marketing.campaigns.models import Campaign, CostItem
from marketing.campaigns.policies import campaign_rules
from marketing.campaigns.rules import effect as rules
from marketing.campaigns.rules.effect import ChannelCost, Counts

VISITED: Final = [
    LeadState.VISITED.value,
    LeadState.SUBSCRIBED.value,
    LeadState.SIGNED.value,
]
QUALIFIED: Final = [LeadState.QUALIFIED.value, *VISITED]
PRICE = Coalesce("agreed_total", "list_total", Decimal(0), output_field=DecimalField())
STANDING = Q(ended_at__isnull=True)
KEPT = STANDING & ~Q(customer__phase=Phase.CHURNED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What one campaign brought; None is no data, never nothing."""

    counts: Counts
    exposure: int | None
    satisfaction: Decimal | None
    answers: int
    experience: Decimal | None
    experiences: int
    channels: Mapping[str, Counts]
    conversion: Decimal | None
    retention: Decimal | None
    roi: Decimal | None
    wasted: Decimal
    per_lead: Decimal | None
    per_deal: Decimal | None


@dataclass(slots=True)
class _Sums:
    """What is gathered of one campaign and channel."""

    numbers: dict[str, Any] = field(default_factory=dict)

    def add(self, **more: Any) -> None:
        for key, value in more.items():
            self.numbers[key] = self.numbers.get(key, 0) + (value or 0)

    def counts(self) -> Counts:
        return Counts(**self.numbers)


def reached(states: list[str]) -> Q:
    """Return the condition that a lead has come to one of ``states``, also if lost since."""
    return Q(state__in=states) | Q(_event(states))


def _event(states: list[str]) -> Exists:
    events = LeadEvent.objects.filter(kind__in=["captured", "state"], to_value__in=states)
    return Exists(events.filter(lead=OuterRef("pk")))


def leads_of(codes: Iterable[str]) -> QuerySet[Any]:
    """Return the leads that name one of the campaigns; duplicates count once."""
    return Lead.objects.filter(campaign__in=list(codes), customer__merged_into__isnull=True)


def contracts_of(codes: Iterable[str]) -> QuerySet[Any]:
    """Return the contracts signed from leads of the campaigns, ended ones included."""
    return Purchase.objects.filter(lead__campaign__in=list(codes), signed_at__isnull=False)


def costs_of(codes: Iterable[str]) -> QuerySet[Any]:
    """Return the committed cost charged to the campaigns."""
    return CostItem.objects.committed().filter(campaign__code__in=list(codes))


def _buyers(contracts: QuerySet[Any]) -> QuerySet[Any]:
    return Customer.objects.filter(pk__in=contracts.order_by().values("customer"))


# figure -> the rows behind it, for a campaign's code
BEHIND: Final[Mapping[str, Callable[[list[str]], QuerySet[Any]]]] = {
    "leads": leads_of,
    "qualified": lambda codes: leads_of(codes).filter(reached(QUALIFIED)),
    "visits": lambda codes: leads_of(codes).filter(reached(VISITED)),
    "deals": lambda codes: contracts_of(codes).filter(STANDING),
    "gained": lambda codes: _buyers(contracts_of(codes)),
    "kept": lambda codes: _buyers(contracts_of(codes).filter(KEPT)),
    "cost": costs_of,
}


def counts_by_channel(codes: Iterable[str]) -> dict[str, dict[str, Counts]]:
    """Return the counts of campaigns by code and channel, buyers left out; three queries."""
    wanted = list(codes)
    sums: dict[str, dict[str, _Sums]] = defaultdict(lambda: defaultdict(_Sums))
    rows = leads_of(wanted).annotate(was_qualified=_event(QUALIFIED), was_visited=_event(VISITED))
    grouped = rows.order_by().values("campaign", "source")
    for row in grouped.annotate(
        n=Count("pk"),
        qualified=Count("pk", filter=Q(was_qualified=True) | Q(state__in=QUALIFIED)),
        visits=Count("pk", filter=Q(was_visited=True) | Q(state__in=VISITED)),
    ):
        sums[row["campaign"]][row["source"]].add(
            leads=row["n"], qualified=row["qualified"], visits=row["visits"]
        )
    signed = contracts_of(wanted).order_by().values("lead__campaign", "lead__source")
    for row in signed.annotate(
        deals=Count("pk", filter=STANDING), revenue=Sum(PRICE, filter=STANDING)
    ):
        sums[row["lead__campaign"]][row["lead__source"]].add(
            deals=row["deals"], revenue=row["revenue"]
        )
    spent = costs_of(wanted).order_by().values("campaign__code", "channel_code")
    for row in spent.annotate(cost=Sum("amount")):
        sums[row["campaign__code"]][row["channel_code"]].add(cost=row["cost"])
    return {
        code: {channel: one.counts() for channel, one in channels.items()}
        for code, channels in sums.items()
    }


def summed(channels: Iterable[Counts]) -> Counts:
    """Return the counts of all channels together."""
    total = _Sums()
    for one in channels:
        total.add(**asdict(one))
    return total.counts()


def effects_of(campaigns: Iterable[Campaign], *, now: dt.datetime) -> dict[int, Effect]:
    """Return what campaigns brought by their key; a fixed number of queries.

    Buyers are counted once for a campaign, whichever of its channels brought them.
    """
    rows = list(campaigns)
    codes = [row.code for row in rows]
    by_channel = counts_by_channel(codes)
    exposure = hooks.exposure_of(codes)
    gained = _gained(codes)
    kept = _gained(codes, KEPT)
    happy = hooks.satisfaction_of(gained)
    seen = _experience(codes)
    margin = campaign_rules(now).margin
    return {
        row.pk: _effect(
            row,
            by_channel.get(row.code, {}),
            (len(gained.get(row.code, [])), len(kept.get(row.code, []))),
            (exposure.get(row.code), happy.get(row.code), seen.get(row.code)),
            margin,
        )
        for row in rows
    }


def _effect(
    row: Campaign,
    channels: dict[str, Counts],
    buyers: tuple[int, int],
    brought: tuple[Any, Any, Any],
    margin: Decimal,
) -> Effect:
    counts = replace(summed(channels.values()), gained=buyers[0], kept=buyers[1])
    exposure, happy, seen = brought
    return Effect(
        counts=counts,
        exposure=row.counted_exposure if exposure is None else exposure,
        satisfaction=None if happy is None else rules.rounded(happy[0]),
        answers=0 if happy is None else happy[1],
        experience=None if seen is None else rules.rounded(seen[0]),
        experiences=0 if seen is None else seen[1],
        channels=dict(sorted(channels.items())),
        conversion=rules.conversion(counts),
        retention=rules.retention(counts),
        roi=rules.return_on_cost(counts, margin=margin),
        wasted=rules.wasted(
            {code: ChannelCost(one.cost, one.qualified) for code, one in channels.items()}
        ),
        per_lead=rules.cost_per(counts, counts.leads),
        per_deal=rules.cost_per(counts, counts.deals),
    )


def _gained(codes: list[str], condition: Q | None = None) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    rows = contracts_of(codes) if condition is None else contracts_of(codes).filter(condition)
    for code, customer in rows.order_by().values_list("lead__campaign", "customer").distinct():
        found[code].append(customer)
    return found


def experiences_of(codes: list[str]) -> QuerySet[Any]:
    """Return the complete sheets on the demonstration area about leads of the campaigns."""
    leads = leads_of(codes).order_by().values("pk")
    return AnswerSheet.objects.complete().filter(
        questionnaire__key=SCENE, subject_kind="lead", subject_id__in=leads, score__isnull=False
    )


def _experience(codes: list[str]) -> dict[str, tuple[Decimal, int]]:
    scores = list(experiences_of(codes).values_list("subject_id", "score"))
    if not scores:
        return {}
    of = dict(
        Lead.objects.filter(pk__in={lead for lead, _score in scores}).values_list("pk", "campaign")
    )
    found: dict[str, list[Decimal]] = defaultdict(list)
    for lead, score in scores:
        found[of[lead]].append(score)
    return {code: (sum(all_, Decimal(0)) / len(all_), len(all_)) for code, all_ in found.items()}


def frozen_figures(campaign: Campaign, *, now: dt.datetime) -> dict[str, Any]:
    """Return the figures of a campaign as JSON, for its review."""
    found = asdict(effects_of([campaign], now=now)[campaign.pk])
    found["counts"] |= {"planned": str(campaign.budget)}
    return {key: _plain(value) for key, value in found.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value
