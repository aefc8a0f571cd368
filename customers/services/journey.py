"""Writing down that a customer reached a point of the journey: source, time, actor (CUS-03)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from customers.models import Customer, Interaction, Lead, SourceEvent
from customers.rules.journey import (
    SOURCE_OF_CHANNEL,
    JourneyPoint,
    point_of_result,
    point_of_state,
)

# Points of which the first alone counts: every further page view is a behaviour event only.
ONCE = frozenset({JourneyPoint.BROWSING, JourneyPoint.CONSULTATION, JourneyPoint.MOVE_IN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One customer at one point; ``channel`` says over what, which tells the source."""

    customer: Customer
    point: JourneyPoint
    at: datetime
    channel: str = ""
    lead: Lead | None = None


def note_points(reached: Iterable[Reached], *, actor: object | None) -> int:
    """Write a source event for each point reached; return how many.

    The caller holds the lock on the customers. The first look at a page, the first question
    and moving in are kept once per customer, signing once per customer and lead.
    """
    wanted = list(reached)
    if not wanted:
        return 0
    keys = {each.customer.pk for each in wanted}
    points = [point.value for point in JourneyPoint]
    rows = SourceEvent.objects.filter(customer__in=keys, capture_point__in=points)
    kept: set[tuple[int, str, int | None]] = set(
        rows.values_list("customer", "capture_point", "lead")
    )
    seen = {(customer, point) for customer, point, _lead in kept}
    events = []
    for each in sorted(wanted, key=lambda item: item.at):
        point, lead = each.point, each.lead.pk if each.lead else None
        place = (each.customer.pk, point.value)
        if point in ONCE and place in seen:
            continue
        if point is JourneyPoint.SIGNING and (*place, lead) in kept:
            continue
        seen.add(place)
        kept.add((*place, lead))
        events.append(_event(each, actor))
    SourceEvent.objects.bulk_create(events)
    return len(events)


def _event(each: Reached, actor: object | None) -> SourceEvent:
    usual = each.lead.source if each.lead else each.customer.source
    return SourceEvent(
        customer_id=each.customer.pk,
        lead=each.lead,
        capture_point=each.point.value,
        source=SOURCE_OF_CHANNEL.get(each.channel, usual),
        actor=actor,  # type: ignore[misc]
        at=each.at,
    )


def note_talk(interaction: Interaction, *, actor: object | None) -> None:
    """Write the point that a logged talk marks: an appointment where a visit was booked."""
    point = point_of_result(interaction.result)
    if point is not None:
        reached = Reached(
            customer=interaction.customer,
            point=point,
            at=interaction.at,
            channel=interaction.channel,
            lead=interaction.lead,
        )
        note_points([reached], actor=actor)


def note_move(lead: Lead, *, actor: object | None, now: datetime) -> None:
    """Write the point that the state of a lead marks: signing."""
    point = point_of_state(lead.state)
    if point is not None:
        reached = Reached(customer=lead.customer, point=point, at=now, lead=lead)
        note_points([reached], actor=actor)
