"""The touches before one contract, and what each channel gets of it under every model."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q

from customers.arbitration.selectors import case_of, latest_decision, members_of
from customers.purchase.models import Purchase
from customers.vocabulary import labels
from marketing.attribution import choices
from marketing.attribution.models import AttributionShare, Touch
from marketing.attribution.policies import attribution_rules
from marketing.attribution.rules import Model
from marketing.attribution.selectors import nobody

MOST = 200  # touches of one path that are listed, the latest


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchasePath:
    """What the page of a contract prints; ``lines`` hold percent by model for each channel."""

    touches: list[tuple[Touch, str]]
    models: list[Any]
    lines: list[tuple[str, str, list[Decimal | None]]]
    decision: Any


def path_of(purchase: Purchase, *, user: Any, now: datetime) -> PurchasePath:
    """Return the path of a signed contract; touches of the whole household that ``user`` sees."""
    signed_at = purchase.signed_at or now
    rules = attribution_rules(now).value
    words = labels("source")
    members = members_of(purchase.customer)
    rows = Touch.objects.visible_to(user).filter(
        Q(lead__project=None) | Q(lead__project=purchase.project_id),
        customer__in=members,
        at__lte=signed_at,
        at__gt=signed_at - timedelta(days=rules.lookback_days),
    )
    latest = list(rows.select_related("customer").order_by("-at", "-pk")[:MOST])
    case = case_of(purchase.project_id, members)
    return PurchasePath(
        touches=[(row, words.get(row.channel_code, row.channel_code)) for row in latest[::-1]],
        models=[label for _key, label in choices.MODELS],
        lines=_shares(purchase, words),
        decision=latest_decision(case) if case is not None else None,
    )


def _nobody_last(line: tuple[tuple[str, str], Any]) -> tuple[bool, tuple[str, str]]:
    return not line[0][0], line[0]


def _shares(
    purchase: Purchase, words: dict[str, str]
) -> list[tuple[str, str, list[Decimal | None]]]:
    """Return the shares in percent by channel and campaign, nobody last; alike in every month."""
    found: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    rows = AttributionShare.objects.filter(purchase=purchase).order_by()
    fields = ("channel_code", "campaign_code", "model", "share")
    for channel, campaign, model, share in rows.values_list(*fields).distinct():
        found[channel, campaign][model] = (100 * share).quantize(Decimal("0.1"))
    return [
        (
            words.get(channel, channel) if channel else nobody("channel"),
            campaign,
            [shares.get(model.value) for model in Model],
        )
        for (channel, campaign), shares in sorted(found.items(), key=_nobody_last)
    ]
