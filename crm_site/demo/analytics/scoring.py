"""Score models of the demo: cards from its own customers, intent learned from its own sales."""

from contextlib import suppress
from datetime import datetime, timedelta

import numpy as np
from django.db.models import Max, Min

from analytics.churn.features.building import STAGES, cut_at, read_snapshot
from analytics.churn.policies import levels_at
from analytics.churn.rules.columns import DIRECTIONS
from analytics.churn.services.engines import SCORED
from analytics.scoring.choices import CHURN
from analytics.scoring.models import ScoreModel
from analytics.scoring.rules import CannotTrainError, card
from analytics.scoring.services.activating import activate
from analytics.scoring.services.intent import train_intent
from analytics.scoring.services.registering import Findings, store_model
from analytics.scoring.services.watching import watch_models
from customers.models import Customer

LEAST = 30
BEFORE = timedelta(days=60)
AGAIN = timedelta(days=31)


def make_scoring(*, now: datetime) -> int:
    """Fill the register with a card per stage, as a young company has it; return the versions."""
    ends = Customer.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return 0
    at = now - BEFORE
    shot = read_snapshot(cut_at(at), int(ends["first"]), int(ends["last"]))
    rates = levels_at(now).base_rates
    for stage in SCORED:
        rows = np.flatnonzero(shot.stages == STAGES.index(stage.value))
        if len(rows) < LEAST:
            continue
        try:
            champion = card(shot.table.take(rows), DIRECTIONS, {"": rates[stage.value] / 1000})
        except CannotTrainError:
            continue
        found = Findings(trained_to=at.date(), retrain_on=(at + AGAIN).date())
        row = store_model(CHURN, champion, tested=found, now=at, stage=stage.value)
        activate(row, actor=None, now=at)
    with suppress(CannotTrainError):
        train_intent(now=now)
    watch_models(now=now)
    return ScoreModel.objects.count()
