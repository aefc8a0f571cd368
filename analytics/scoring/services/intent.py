"""Purchase intent: the chance that a prospect reserves within 90 days, on the same rails (ANA-45).

One model for enquiries and visits. Its rows are month ends: inputs as they were then, by the
builder of churn, and whether a reservation followed. The last months are the test; what is stored
is then drawn from all months, its probabilities set to the last ones. A model that is no better on
the later months than the share of each stage stays a candidate that says so.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import numpy as np
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.churn.features.building import LEAD, STAGES, VISIT, cut_at, read_snapshot
from analytics.churn.features.fates import read_fates
from analytics.churn.policies import definition_at
from analytics.churn.rules.labels import Window
from analytics.scoring.choices import INTENT, ModelState
from analytics.scoring.errors import ModelRefusedError
from analytics.scoring.models import ScoreModel
from analytics.scoring.rules.errors import CannotTrainError
from analytics.scoring.rules.figures import brier, roc_auc
from analytics.scoring.rules.gates import examine, set_to
from analytics.scoring.rules.tables import CATEGORY, Column, Floats, Ints, Table
from analytics.scoring.rules.training import train
from analytics.scoring.services.activating import activate, refusals_of
from analytics.scoring.services.registering import Findings, store_model
from analytics.scoring.trainings import Outcome
from customers.models import Customer

WINDOW: Final = Window(gap=0, horizon=90)
MONTHS, RANGE, MOST_ROWS = 18, 1_000, 60_000
TESTED: Final = 0.25
SEED: Final = 20260101
AGAIN: Final = timedelta(days=31)
STAGE: Final = Column("stage", CATEGORY, "stage")


@dataclass(frozen=True)
class Rows:
    """Prospects at month ends: inputs, whether they reserved, who, and when."""

    table: Table
    bought: Floats
    customers: Ints
    at: Floats


def train_intent(*, now: datetime, months: int = MONTHS) -> ScoreModel:
    """Return the new version of the model of intent; it is put into use when it passes.

    No transaction is open while it learns. CannotTrainError when there are too few reservations,
    or no later month to test on.
    """
    rows = read_rows(now=now, months=months)
    moments = sorted(set(rows.at.tolist()))
    later = moments[-max(1, round(len(moments) * TESTED)) :] if len(moments) > 1 else []
    if not later:
        raise CannotTrainError("no_later_window")
    horizon = WINDOW.days * 86_400.0
    tested, learned = rows.at >= later[0], rows.at + horizon <= later[0]
    judged = train(
        rows.table.take(learned),
        rows.bought[learned],
        groups=rows.customers[learned],
        seed=SEED,
        stage=STAGE.name,
    )
    unseen, truth, whose = rows.table.take(tested), rows.bought[tested], rows.customers[tested]
    verdict = examine(judged, unseen, truth, groups=whose)
    held = against_shares(rows, learned, tested, set_to(judged, unseen, truth, whose))
    refusals = list(verdict.refusals)
    if not held["is_better"]:
        refusals.append(["no_better", {}])
    champion = train(
        *(rows.table, rows.bought),
        groups=rows.customers,
        seed=SEED,
        stage=STAGE.name,
        recent=tested,
    )
    row = store_model(
        INTENT,
        champion,
        tested=Findings(
            metrics={**verdict.metrics, "": {**verdict.metrics[""], **held}},
            refusals=refusals,
            trained_from=_day(rows.at.min()),
            trained_to=_day(rows.at.max()),
            retrain_on=timezone.localdate(now + AGAIN),
        ),
        now=now,
    )
    try:
        return activate(row, actor=None, now=now)
    except ModelRefusedError:
        return row


def train_now(now: datetime) -> Outcome:
    """Train the model for whoever asked for it on the page of the register."""
    try:
        row = train_intent(now=now)
    except CannotTrainError as refusal:
        if refusal.code == "nobody_lost":
            words = _("Nobody reserved in the months learned from; there is nothing to learn yet.")
            return Outcome(None, why=words)
        raise
    why = " ".join(refusals_of(row)) or _("Better than the usual share of each stage.")
    return Outcome(row.version, row.engine, in_use=row.state == ModelState.ACTIVE, why=why)


def against_shares(rows: Rows, learned: Any, tested: Any, p: Floats) -> dict[str, Any]:
    """Return accuracy and AUC beside the baseline: the share of its stage for everybody."""
    truth, stages = rows.bought[tested], rows.table.texts(STAGE.name)
    overall = float(rows.bought[learned].mean())
    shares = np.full(len(truth), overall)
    for stage in set(stages):
        of_stage = learned & (stages == stage)
        if of_stage.any():
            shares[stages[tested] == stage] = float(rows.bought[of_stage].mean())
    auc, usual = roc_auc(truth, p), roc_auc(truth, shares)
    better_order = auc is not None and usual is not None and auc > usual
    return {
        "accuracy": float(((p >= 0.5) == truth).mean()),
        "baseline_accuracy": float(((shares >= 0.5) == truth).mean()),
        "baseline_auc": usual,
        "baseline_brier": brier(truth, shares),
        "is_better": bool(better_order and (brier(truth, p) or 1) < (brier(truth, shares) or 0)),
    }


def read_rows(*, now: datetime, months: int) -> Rows:
    """Return what the month ends whose horizon is over can teach, sixty thousand rows at most."""
    definition = definition_at(now)
    ends = Customer.objects.aggregate(first=Min("pk"), last=Max("pk"))
    parts: list[Rows] = []
    for at in month_ends(now, months) if ends["first"] is not None else ():
        cut = cut_at(at)
        for first in _starts(int(ends["first"]), int(ends["last"]), months):
            shot = read_snapshot(cut, first, first + RANGE - 1)
            fates = read_fates(shot, definition, until=now)
            kept = np.flatnonzero(np.isin(shot.stages, (LEAD, VISIT)) & ~fates.had_left)
            if not len(kept):
                continue
            until = cut.seconds + WINDOW.days * 86_400.0
            stages = np.array([STAGES[place] for place in shot.stages[kept]], dtype=object)
            table = shot.table.take(kept)
            parts.append(
                Rows(
                    Table((*table.columns, STAGE), {**table.values, STAGE.name: stages}),
                    (fates.bought_at[kept] <= until).astype(np.float64),
                    shot.ids[kept],
                    np.full(len(kept), cut.seconds),
                )
            )
    if not parts:
        raise CannotTrainError("no_later_window")
    return Rows(
        parts[0].table.joined([part.table for part in parts[1:]]),
        np.concatenate([part.bought for part in parts]),
        np.concatenate([part.customers for part in parts]),
        np.concatenate([part.at for part in parts]),
    )


def _starts(first: int, last: int, months: int) -> list[int]:
    """Return where ranges of customers begin; of a large company some, spread over all."""
    starts = list(range(first, last + 1, RANGE))
    most = max(1, MOST_ROWS // (RANGE * months))
    if len(starts) <= most:
        return starts
    return [starts[place * len(starts) // most] for place in range(most)]


def month_ends(now: datetime, months: int) -> list[datetime]:
    """Return the last ends of months whose horizon is over, oldest first."""
    found: list[datetime] = []
    day = timezone.localdate(now).replace(day=1)
    while len(found) < months:
        at = timezone.make_aware(datetime.combine(day, time.min))
        if at + timedelta(days=WINDOW.days) <= now:
            found.append(at)
        day = (day - timedelta(days=1)).replace(day=1)
    return found[::-1]


def _day(seconds: float) -> date:
    zone = timezone.get_current_timezone()
    return datetime.fromtimestamp(float(seconds), tz=zone).date()
