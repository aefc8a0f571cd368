"""When the sold homes of a project are expected to be handed over, from nodes and batches."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from customers.works.models import ConstructionNode
from customers.works.rules import Result
from service.delays.models import DeliveryTerm
from service.delays.policies import DelayRules
from service.delays.rules import COMPLETION, Chain, Node, Offer, chain_of, handover_forecast

WITH_UNIT = (
    "purchase__unit__delivery__batch",
    "purchase__unit__building",
)


def refresh_forecasts(
    project_id: int, *, rules: DelayRules, today: date, now: datetime
) -> list[DeliveryTerm]:
    """Write the expected day of every sold home that has another by now; return all of them.

    Each comes with its purchase and unit. One that was handed over keeps the day it was.
    """
    chains = chains_of(project_id, rules=rules, today=today)
    rows = DeliveryTerm.objects.standing().filter(project=project_id).order_by("pk")
    terms: list[DeliveryTerm] = list(rows.select_related(*WITH_UNIT))
    moved = []
    for term in terms:
        forecast_on = _expected(term, chains, today)
        if forecast_on != term.forecast_on:
            term.forecast_on, term.updated_at = forecast_on, now
            moved.append(term)
    DeliveryTerm.objects.bulk_update(moved, ["forecast_on", "updated_at"], batch_size=500)
    return terms


def chains_of(project_id: int, *, rules: DelayRules, today: date) -> dict[int | None, Chain]:
    """Return the chain of each building of a project, and under None that of the whole project."""
    found: dict[int | None, list[Node]] = defaultdict(list)
    rows = ConstructionNode.objects.filter(project=project_id)
    for building, node in map(_fact, rows.order_by("planned_on", "pk")):
        found[building].append(node)
    return {
        key: chain_of(nodes, handover_days=rules.handover_days, today=today)
        for key, nodes in found.items()
    }


def _fact(row: ConstructionNode) -> tuple[int | None, Node]:
    failed = row.kind == COMPLETION and row.result == Result.FAILED
    return row.building_id, Node(row.kind, row.planned_on, None if failed else row.reached_on)


def _expected(term: DeliveryTerm, chains: dict[int | None, Chain], today: date) -> date:
    purchase, offer = term.purchase, _offer(term)
    if purchase.handed_over_at is not None:
        taken_on = timezone.localdate(purchase.handed_over_at)
        return min(taken_on, offer.offered_on or taken_on)
    here = [chains[key] for key in (term.building_id, None) if key in chains]
    return handover_forecast(term.deliver_on, chains=here, offer=offer, today=today)


def _offer(term: DeliveryTerm) -> Offer:
    unit: Any = term.purchase.unit
    delivery = getattr(unit, "delivery", None)
    if delivery is None:
        return Offer()
    stands = delivery.invited_at is not None and delivery.refused_at is None
    return Offer(
        offered_on=delivery.due_on if stands else None, planned_on=delivery.batch.planned_on
    )


def by_building(terms: list[DeliveryTerm]) -> Iterator[tuple[int, list[DeliveryTerm]]]:
    """Yield each building with its late homes, where one of them is not handed over yet."""
    late: dict[int, list[DeliveryTerm]] = defaultdict(list)
    for term in terms:
        if term.days:
            late[term.building_id].append(term)
    for key, rows in sorted(late.items()):
        if any(row.purchase.handed_over_at is None for row in rows):
            yield key, rows
