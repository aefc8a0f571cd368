"""Touches of the demo company beside those of its captures, and the contracts shared out."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from customers.models import Customer, Purchase
from marketing.attribution.rules import TouchKind
from marketing.attribution.services.computing import tend_attribution
from marketing.attribution.services.touching import NewTouch, record_touches

# Channel, what happens there, how many in a hundred buyers and others it meets: the planted effect.
PLANTED: Final = (
    ("short_video", TouchKind.CLICK, 30, 45),
    ("search_engine", TouchKind.CLICK, 30, 30),
    ("wechat", TouchKind.VIEW, 45, 25),
    ("exhibition", TouchKind.EVENT, 15, 10),
    ("referral", TouchKind.MENTION, 12, 3),
)
DAYS: Final = 90  # before the signature or before now


def make_attribution(*, seed: int, now: datetime) -> dict[str, int]:
    """Write touches before contracts and of who has none, then run the night; return its counts."""
    record_touches(_touches(random.Random(f"attribution:{seed}"), now))  # noqa: S311 -- demo
    return tend_attribution(now=now)


def _touches(chance: random.Random, now: datetime) -> Iterator[NewTouch]:
    signed = Purchase.objects.filter(signed_at__lte=now).order_by("pk")
    ends = dict(signed.values_list("customer", "signed_at"))
    people = Customer.objects.filter(merged_into=None).order_by("pk")
    for key in people.values_list("pk", flat=True):
        end = ends.get(key) or now
        for channel, kind, of_buyers, of_others in PLANTED:
            if chance.randrange(100) < (of_buyers if key in ends else of_others):
                before = timedelta(days=chance.randrange(1, DAYS), minutes=chance.randrange(600))
                yield NewTouch(
                    customer_id=key,
                    at=end - before,
                    channel_code=channel,
                    kind=kind,
                    source_key=f"demo:{channel}:{key}",
                )
