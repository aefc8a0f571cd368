"""Models of one method for every stage, learned from the customers at hand, put into use."""

from typing import Final

import numpy as np
from django.utils import timezone

from analytics.churn.features.building import cut_at, read_snapshot
from analytics.churn.services.engines import KIND, SCORED
from analytics.scoring.choices import ModelState
from analytics.scoring.models import ScoreModel
from analytics.scoring.rules.calibration import Calibration
from analytics.scoring.rules.champion import Champion
from analytics.scoring.rules.references import references_of
from analytics.scoring.rules.tables import Floats, Table
from analytics.scoring.rules.training import CANDIDATES
from analytics.scoring.services.registering import Findings, store_model
from customers.models import Customer

LEARN_FROM: Final = 20_000
SEED: Final = 20_260_101
# What makes the invented customers leave; only the work of scoring matters here.
LAW: Final = {"silence": 1.0, "no_answers": 0.7, "talks": -0.3, "budget_gap": 1.0, "visits": -0.5}


def use(engine: str) -> None:
    """Let ``engine`` score every stage from now on; the card by retiring all models."""
    now = timezone.now()
    ScoreModel.objects.filter(kind=KIND).update(
        state=ModelState.RETIRED, activated_at=None, retired_at=now
    )
    if engine == "card":
        return
    table = _table()
    labels = _labels(table)
    model, left_out = CANDIDATES[engine](table, labels)
    champion = Champion(
        engine=engine,
        model=model,
        columns=table.columns,
        calibration=Calibration(),
        references=references_of(table, labels, ""),
        left_out=left_out,
        about={"rows": table.rows, "losses": int(labels.sum())},
    )
    for stage in SCORED:
        row = store_model(KIND, champion, tested=Findings(), now=now, stage=stage.value)
        ScoreModel.objects.filter(pk=row.pk).update(state=ModelState.ACTIVE, activated_at=now)


def _table() -> Table:
    ids = Customer.objects.order_by("pk").values_list("pk", flat=True)
    last = ids[min(LEARN_FROM, Customer.objects.count()) - 1]
    return read_snapshot(cut_at(timezone.now()), 0, last).table


def _labels(table: Table) -> Floats:
    odds = np.full(table.rows, -1.0)
    for name, weight in LAW.items():
        values = np.nan_to_num(table.values[name])
        odds += weight * (values - values.mean()) / max(values.std(), 1e-9)
    drawn = np.random.default_rng(SEED).random(table.rows)
    return (drawn < 1 / (1 + np.exp(-odds))).astype(np.float64)
