"""The demo of churn: who was lost and why, models by stage, tonight's scores."""

import random
from datetime import datetime, timedelta
from typing import Final

from analytics.churn.models import ChurnLoss
from analytics.churn.rules.reasons import Reason
from analytics.churn.services.finding import find_losses
from analytics.churn.services.losses import Told, tell_reasons
from analytics.churn.services.running import score_churn
from analytics.churn.services.training import last_trained, train_churn
from crm_site.staff.models import User

ASKED: Final = 40  # losses whose reasons the consultants have written down
# What the company hears most; the rest is spread.
HEARD: Final = (
    (Reason.PRICE_CUT, (Reason.OPAQUE_PRICE,)),
    (Reason.OPAQUE_PRICE, ()),
    (Reason.SLOW_AFTER_SALES, (Reason.FRAGMENTED,)),
    (Reason.UNSKILLED, (Reason.COMPETITOR_DATA,)),
    (Reason.DELAY, (Reason.AMENITIES,)),
    (Reason.OVER_BUDGET, ()),
)
MONTHS: Final = 8


def make_churn(*, now: datetime) -> dict[str, int]:
    """Find losses, write reasons down, train, score; return how many losses and scores.

    Deterministic, through the services; a second call changes nothing.
    """
    lost = find_losses(now=now)
    _tell_reasons(now)
    if last_trained() is None:
        train_churn(now=now - timedelta(minutes=5), months=MONTHS)
    done = score_churn(slot="demo", now=now)
    return {"lost": lost, "scored": done.scored}


def _tell_reasons(now: datetime) -> None:
    rng = random.Random(20260520)  # noqa: S311 -- a demo, the same each time
    rows = ChurnLoss.objects.standing().filter(main_reason=Reason.UNKNOWN.value)
    actors = {user.pk: user for user in User.objects.filter(role="consultant", is_active=True)}
    for loss in rows.order_by("-on", "pk")[:ASKED]:
        main, others = rng.choices(HEARD, weights=(6, 4, 5, 3, 3, 2))[0]
        tell_reasons(
            loss=loss,
            told=Told(main.value, [other.value for other in others]),
            actor=actors.get(loss.consultant_id or 0),
            now=now,
        )
