"""What other parts ask of campaigns and cost."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from crm_site.approvals.models import Approval
from marketing.campaigns.models import Campaign, CostItem


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """A committed item of cost: when, how much, for what, where it is charged."""

    key: int
    on: dt.date
    amount: Decimal
    kind: str
    label: str
    region: int | None
    project: int | None
    channel: str
    campaign: str
    url: str
    source_key: str = ""


def campaign_of(code: str) -> Campaign | None:
    """Return the campaign that leads name by ``code``, None where there is none."""
    return Campaign.objects.filter(code=code).first()


def approval_with(key: int | None) -> Approval | None:
    """Return the approval a record names, None where it names none."""
    return None if key is None else Approval.objects.filter(pk=key).first()


def campaign_starts(now: dt.datetime) -> dict[str, dt.date]:
    """Return the first day of every campaign that has begun by ``now``, by its code."""
    rows = Campaign.objects.filter(begun_on__lte=timezone.localdate(now))
    return {code: day for code, day in rows.values_list("code", "begun_on") if day is not None}


def costs_between(start: dt.date, end: dt.date, now: dt.datetime) -> list[CostLine]:
    """Return the cost of the days from ``start`` to before ``end`` committed by ``now``.

    Allocated and unallocated items alike, the earliest first (MKT-55); one query.
    """
    rows = CostItem.objects.committed().filter(
        Q(approved_at=None) | Q(approved_at__lte=now), on__gte=start, on__lt=end
    )
    rows = rows.select_related("campaign").order_by("on", "pk")
    return [
        CostLine(
            key=row.pk,
            on=row.on,
            amount=row.amount,
            kind=row.kind,
            label=row.note,
            region=row.region_id,
            project=row.project_id,
            channel=row.channel_code,
            campaign=row.campaign.code if row.campaign else "",
            url=row.get_absolute_url(),
            source_key=row.source_key,
        )
        for row in rows
    ]
