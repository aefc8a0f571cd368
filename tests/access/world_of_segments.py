"""One record of each kind of segments, for the tests of access."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from customers.models import Customer
from marketing.segments.models import (
    AudiencePlacement,
    Holding,
    Opportunity,
    Recommendation,
    Segment,
    SegmentSnapshot,
    SnapshotMember,
)
from marketing.segments.rules.fields import HIGH_VALUE


def segments_of(customer: Customer, people: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds what was made before."""
    now = timezone.now()
    segment = Segment.objects.create(
        name="高价值客户",
        rules=HIGH_VALUE,
        project=customer.project,
        region=customer.region,
        owner=people["marketing"],
    )
    snapshot = SegmentSnapshot.objects.create(
        segment=segment, rules=HIGH_VALUE, version=1, count=1, taken_at=now
    )
    SnapshotMember.objects.create(snapshot=snapshot, customer=customer)
    placement = AudiencePlacement.objects.create(
        snapshot=snapshot,
        channel_code="douyin",
        handed=1,
        excluded=0,
        at=now,
        by=people["marketing"],
    )
    opportunity = Opportunity.objects.create(
        customer=customer, kind="up", rule="tenure", opened_at=now, owner=people["consultant"]
    )
    recommendation = Recommendation.objects.create(
        customer=customer,
        kind="unit",
        item="yunqili/A",
        title="云栖里 · A 户型",
        score=Decimal(80),
        reasons=[["户型", "80"]],
        made_at=now,
    )
    Holding.objects.create(purchase=made["purchase"], use="vacant", note="待租")
    return {
        "segment_id": segment.pk,
        "snapshot_id": snapshot.pk,
        "audience_id": placement.pk,
        "opportunity_id": opportunity.pk,
        "recommendation_id": recommendation.pk,
    }
