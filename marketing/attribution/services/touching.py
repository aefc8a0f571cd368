"""Touches written down: once for each moment, whoever tells of it and how often."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from marketing.attribution.models import Touch
from marketing.attribution.rules import TouchKind

AT_ONCE: Final = 2000
NO_CAMPAIGN: Final = "none"  # how leads say it


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTouch:
    """A touch as other parts tell of it; the key of its source is unique for ever."""

    customer_id: int
    at: datetime
    channel_code: str
    source_key: str
    kind: TouchKind = TouchKind.ENQUIRY
    campaign_code: str = ""
    lead_id: int | None = None
    weight: Decimal = Decimal(1)


def record_touch(new: NewTouch) -> bool:
    """Write a touch; return whether it was new. A key that is known changes nothing."""
    return record_touches([new]) == 1


def record_touches(news: Iterable[NewTouch]) -> int:
    """Write touches, those whose key is known left out; return how many were new."""
    rows = {
        new.source_key: Touch(
            customer_id=new.customer_id,
            at=new.at,
            kind=new.kind.value,
            channel_code=new.channel_code,
            campaign_code="" if new.campaign_code == NO_CAMPAIGN else new.campaign_code,
            lead_id=new.lead_id,
            source_key=new.source_key,
            weight=new.weight,
        )
        for new in news
    }
    known = Touch.objects.filter(source_key__in=list(rows)).values_list("source_key", flat=True)
    for key in list(known):
        del rows[key]
    Touch.objects.bulk_create(rows.values(), batch_size=AT_ONCE, ignore_conflicts=True)
    return len(rows)
