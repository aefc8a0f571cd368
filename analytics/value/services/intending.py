"""How likely prospects are to buy within three months: learned, tested on later months, kept.

Runs on the rails of every score: the inputs of churn with their cut-off at a moment, training with
inner folds, the gate of calibration, the register with its versions (ANA-45).
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone

from analytics.churn.features.building import LEAD, VISIT, Snapshot, cut_at, read_snapshot
from analytics.churn.features.fates import read_fates
from analytics.churn.policies import definition_at
from analytics.churn.services.training import month_ends
from analytics.scoring.choices import INTENT
from analytics.scoring.errors import ModelRefusedError, NoModelError
from analytics.scoring.models import ScoreModel
from analytics.scoring.rules.champion import Champion
from analytics.scoring.rules.errors import CannotTrainError
from analytics.scoring.rules.figures import metrics, roc_auc
from analytics.scoring.rules.gates import calibration_refusal
from analytics.scoring.rules.tables import Table
from analytics.scoring.rules.training import train
from analytics.scoring.services.activating import activate
from analytics.scoring.services.registering import Findings, model_in_use, store_model
from analytics.value.models import PurchaseIntent
from crm_site.common.whole_tables import alone
from customers.models import Customer
from customers.refusal_sql import REFUSED
from customers.services.holding import hold_against_refusals

LOCK_KEY: Final = 4_201_096
HORIZON: Final = timedelta(days=90)
MONTHS: Final = 18
TESTED: Final = 0.25  # share of the months kept for the test, the last ones
RANGE: Final = 5_000
SEED: Final = 45
AGAIN: Final = timedelta(days=28)
SHOWN: Final = 2  # blocks told as reasons
PROSPECTS: Final = (LEAD, VISIT)


@dataclass(frozen=True, slots=True)
class Learned:
    """Rows of past months: inputs, whether they bought, whose, when, at which stage."""

    table: Table
    bought: Any
    customers: Any
    at: Any
    stages: Any

    def take(self, rows: Any) -> "Learned":
        """Return these rows."""
        return Learned(
            self.table.take(rows),
            self.bought[rows],
            self.customers[rows],
            self.at[rows],
            self.stages[rows],
        )


def train_intent(*, now: datetime) -> ScoreModel | None:
    """Train on past months, test on later ones, put into use what beats the rate of the stage.

    None where too little is known or another run is under way. A model that does not pass is kept
    with the reason; the one in use stays.
    """
    with alone(LOCK_KEY) as is_free:
        rows = _read_past(now) if is_free else None
        if rows is None:
            return None
        learned, tested = _split(rows)
        try:
            champion = train(learned.table, learned.bought, groups=learned.customers, seed=SEED)
        except CannotTrainError:
            return None
        row = store_model(INTENT, champion, tested=_tested(champion, learned, tested), now=now)
        try:
            return activate(row, actor=None, now=now)
        except ModelRefusedError:
            return row


def score_intent(*, now: datetime) -> int:
    """Score every prospect with the model in use; return how many. 0 where there is none."""
    with alone(LOCK_KEY) as is_free:
        if not is_free:
            return 0
        try:
            used = model_in_use(INTENT)
        except NoModelError:
            return 0
        cut, scored = cut_at(now), 0
        for first, last in _ranges():
            shot = _prospects(read_snapshot(cut, first, last))
            scored += _write(shot, used.champion, used.row, (first, last), now)
        return scored


def is_due(now: datetime) -> bool:
    """Return whether the model is to be trained again: none yet, or the last four weeks ago."""
    last = ScoreModel.objects.of(INTENT).aggregate(last=Max("trained_at"))["last"]
    return last is None or last < now - AGAIN


def _read_past(now: datetime) -> Learned | None:
    parts: list[Learned] = []
    definition = definition_at(now)
    for at in month_ends(now, months=MONTHS, days=HORIZON.days):
        cut = cut_at(at)
        for first, last in _ranges():
            shot = read_snapshot(cut, first, last)
            if not len(shot.ids):
                continue
            fates = read_fates(shot, definition, until=now)
            known = np.isin(shot.stages, PROSPECTS) & ~fates.had_left
            rows = np.flatnonzero(known)
            bought = fates.bought_at <= cut.seconds + HORIZON.total_seconds()
            if len(rows):
                parts.append(
                    Learned(
                        shot.table.take(rows),
                        bought[rows].astype(np.float64),
                        shot.ids[rows],
                        np.full(len(rows), cut.seconds),
                        shot.stages[rows],
                    )
                )
    return _joined(parts) if parts else None


def _joined(parts: list[Learned]) -> Learned:
    columns = parts[-1].table.columns
    values = {
        column.name: np.concatenate([part.table.values[column.name] for part in parts])
        for column in columns
    }
    return Learned(
        Table(columns, values),
        np.concatenate([part.bought for part in parts]),
        np.concatenate([part.customers for part in parts]),
        np.concatenate([part.at for part in parts]),
        np.concatenate([part.stages for part in parts]),
    )


def _split(rows: Learned) -> tuple[Learned, Learned]:
    """Return earlier months, whose outcome is known before the later ones begin, and the later."""
    moments = np.unique(rows.at)
    first = moments[min(len(moments) - 1, int(len(moments) * (1 - TESTED)))]
    earlier = rows.at + HORIZON.total_seconds() <= first
    return rows.take(np.flatnonzero(earlier)), rows.take(np.flatnonzero(rows.at >= first))


def _tested(champion: Champion, learned: Learned, tested: Learned) -> Findings:
    """Return the figures on the later months beside those of the rate of each stage."""
    p = champion.probabilities(tested.table)
    rate = {stage: learned.bought[learned.stages == stage].mean() for stage in set(learned.stages)}
    usual = np.array([rate.get(stage, learned.bought.mean()) for stage in tested.stages])
    auc, least = roc_auc(tested.bought, p) or 0.0, roc_auc(tested.bought, usual) or 0.5
    refusals = calibration_refusal(tested.bought, p)
    if auc <= least:
        refusals.append(["no_better", {"auc": f"{auc:.3f}", "least": f"{least:.3f}"}])
    found = metrics(tested.bought, p).as_json()
    found["accuracy"] = round(float(((p >= 0.5) == (tested.bought > 0)).mean()), 4)
    baseline = metrics(tested.bought, usual).as_json()
    baseline["accuracy"] = round(float(((usual >= 0.5) == (tested.bought > 0)).mean()), 4)
    days = [
        timezone.localdate(datetime.fromtimestamp(at, tz=timezone.get_current_timezone()))
        for at in (learned.at.min(), learned.at.max())
    ]
    return Findings(
        metrics={"": found, "baseline": baseline},
        refusals=refusals,
        trained_from=days[0],
        trained_to=days[1],
    )


def _prospects(shot: Snapshot) -> Snapshot:
    return shot.take(np.flatnonzero(np.isin(shot.stages, PROSPECTS) & ~shot.churned))


@transaction.atomic
def _write(
    shot: Snapshot, champion: Champion, model: ScoreModel, ends: tuple[int, int], now: datetime
) -> int:
    """Write one range anew: those who bought or left meanwhile lose their row."""
    hold_against_refusals()
    PurchaseIntent.objects.filter(customer__range=ends).delete()
    if not len(shot.ids):
        return 0
    told = champion.explain(shot.table)
    rows = [
        {
            "customer_id": int(pk),
            "chance": round(float(p), 4),
            "reasons": _reasons(told.blocks, parts),
        }
        for pk, p, parts in zip(shot.ids, told.probabilities, told.parts, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO analytics_purchaseintent (customer_id, chance, reasons, model_id,
                scored_at)
            SELECT n.customer_id, n.chance, n.reasons, %(model)s, %(now)s
            FROM json_to_recordset(%(rows)s)
                AS n (customer_id bigint, chance numeric, reasons jsonb)
            JOIN customers_customer c ON c.id = n.customer_id AND c.merged_into_id IS NULL
            WHERE n.customer_id NOT IN ({REFUSED})""",  # noqa: S608 -- a constant of the rule
            {"model": model.pk, "now": now, "rows": json.dumps(rows)},
        )
        return int(cursor.rowcount)


def _reasons(blocks: tuple[str, ...], parts: Any) -> list[list[Any]]:
    ranked = sorted(zip(blocks, parts, strict=True), key=lambda pair: -abs(pair[1]))
    return [[block, round(float(part), 3)] for block, part in ranked[:SHOWN] if abs(part) > 1e-6]


def _ranges() -> list[tuple[int, int]]:
    found = Customer.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if found["first"] is None:
        return []
    starts = range(found["first"], found["last"] + 1, RANGE)
    return [(start, start + RANGE - 1) for start in starts]
