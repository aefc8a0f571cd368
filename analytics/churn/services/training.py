"""The monthly training: one model for each stage, tested on later months, the card until then.

The rows are month ends whose outcome is known; the last of them are kept for the test, and what is
learned from ends before they begin. The card stays until a stage has lost 200 customers and the
fitted model is better by .005 on the later window (design 3.4); which engine scores is always
shown. What is put into use is drawn once more from all months, its level set to the last ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import numpy as np
from django.db.models import Count, Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from analytics.churn.features.building import cut_at, read_snapshot
from analytics.churn.features.fates import read_fates
from analytics.churn.policies import ChurnLevels, definition_at, levels_at
from analytics.churn.rules.columns import DIRECTIONS
from analytics.churn.rules.labels import BOUGHT, LOST, learnable, outcomes
from analytics.churn.services.engines import KIND, SCORED
from analytics.scoring.errors import ModelRefusedError, words_of_error
from analytics.scoring.models import ScoreModel
from analytics.scoring.rules.card import card
from analytics.scoring.rules.champion import Champion
from analytics.scoring.rules.errors import CannotTrainError
from analytics.scoring.rules.gates import LOSSES_FOR_FITTED, Verdict, examine, takes_over
from analytics.scoring.rules.tables import CATEGORY, Table
from analytics.scoring.rules.training import train
from analytics.scoring.services.activating import activate
from analytics.scoring.services.registering import Findings, store_model
from analytics.scoring.trainings import Outcome
from crm_site.common.whole_tables import alone
from customers.models import Customer, Lead

LOCK: Final = 4_202_010  # and one for each stage
STAGES: Final = tuple(stage.value for stage in SCORED)
SEED: Final = 20260101
MONTHS: Final = 24
TESTED: Final = 0.25  # share of the month ends that is kept for the test, the last ones
RANGE: Final = 5_000
LEAST_ROWS: Final = 200
LEAST_LOSSES: Final = 30
PRIOR: Final = 50  # rows that the share of the policy weighs
MOST_ROWS: Final = 400_000
AGAIN: Final = timedelta(days=31)


@dataclass(frozen=True)
class Rows:
    """What a stage can learn from: inputs, outcome, whose, and when."""

    table: Table
    labels: NDArray[np.float64]
    customers: NDArray[np.int64]
    at: NDArray[np.float64]
    bought: int = 0

    @property
    def lost(self) -> int:
        """How many customers were lost; one stands at several month ends."""
        return len(np.unique(self.customers[self.labels == 1]))

    def take(self, rows: NDArray[Any]) -> "Rows":
        """Return these rows."""
        return Rows(self.table.take(rows), self.labels[rows], self.customers[rows], self.at[rows])


@dataclass(frozen=True, slots=True)
class Trained:
    """What became of one stage: the version, its engine, whether it is in use, and why."""

    stage: str
    version: int | None
    engine: str
    in_use: bool
    why: str
    auc: float | None = None


def train_churn(
    *, now: datetime, months: int = MONTHS, stages: Sequence[str] = STAGES
) -> list[Trained]:
    """Train these stages, store what was found, put into use what passes; return all of it.

    One at a time for each stage: a second call meanwhile does nothing. A model that does not pass
    leaves the one in use where it is.
    """
    found: list[Trained] = []
    for place, stage in enumerate(SCORED):
        if stage.value not in stages:
            continue
        with alone(LOCK + place) as is_free:
            if is_free:
                levels = levels_at(now)
                rows = read_rows(now=now, levels=levels, months=months, places=(place,))
                found.append(_train_stage(place, rows.get(place), levels, now))
    return found


def train_now(stage: str, now: datetime) -> Outcome:
    """Train one stage for whoever asked for it on the page of the register."""
    found = train_churn(now=now, stages=[stage])
    if not found:
        return Outcome(None, why=_("Another training of this model is at work."))
    one = found[0]
    return Outcome(one.version, one.engine, in_use=one.in_use, why=one.why)


def month_ends(now: datetime, *, months: int, days: int) -> list[datetime]:
    """Return the ends of past months, oldest first, whose outcome after ``days`` is known."""
    month, found = timezone.localdate(now).replace(day=1), list[datetime]()
    while len(found) < months:
        at = timezone.make_aware(datetime.combine(month, time.min))
        if at + timedelta(days=days) <= now:
            found.append(at)
        if (now - at).days > 31 * (months + 12):
            break
        month = _before(month)
    return sorted(found)


def _before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def read_rows(
    *,
    now: datetime,
    levels: ChurnLevels,
    months: int = MONTHS,
    places: Sequence[int] = range(len(SCORED)),
) -> dict[int, Rows]:
    """Return per stage what the month ends teach, all through the builder that scores."""
    definition, window = definition_at(now), levels.window
    known: dict[int, list[Rows]] = {}
    moments = _worth_reading(month_ends(now, months=months, days=window.days))
    ranges = _ranges(len(moments))
    for at in moments:
        cut = cut_at(at)
        for first, last in ranges:
            shot = read_snapshot(cut, first, last)
            fates = read_fates(shot, definition, until=now)
            found = outcomes(
                fates.lost_at,
                fates.bought_at,
                at=cut.seconds,
                known_until=now.timestamp(),
                window=window,
            )
            teaches = learnable(found) & ~fates.had_left
            for place in places:
                rows = np.flatnonzero(teaches & (shot.stages == place))
                if len(rows):
                    known.setdefault(place, []).append(
                        Rows(
                            shot.table.take(rows),
                            (found[rows] == LOST).astype(np.float64),
                            shot.ids[rows],
                            np.full(len(rows), cut.seconds),
                            int((found[rows] == BOUGHT).sum()),
                        )
                    )
    return {place: _joined(parts) for place, parts in known.items()}


def _worth_reading(moments: list[datetime]) -> list[datetime]:
    """Return the moments after the first enquiry; before it there was nobody."""
    first = Lead.objects.aggregate(first=Min("received_at"))["first"]
    return [at for at in moments if first is not None and at > first]


def _ranges(moments: int) -> list[tuple[int, int]]:
    """Return ranges of ids; of very many customers every so-manieth range, spread evenly."""
    found = Customer.objects.aggregate(first=Min("pk"), last=Max("pk"), n=Count("pk"))
    if found["first"] is None:
        return []
    step = max(1, -(-found["n"] * moments // MOST_ROWS))
    starts = range(found["first"], found["last"] + 1, RANGE)
    return [(start, start + RANGE - 1) for start in starts[::step]]


def _joined(parts: list[Rows]) -> Rows:
    columns = parts[-1].table.columns
    values = {
        column.name: np.concatenate([part.table.values[column.name] for part in parts])
        for column in columns
    }
    return Rows(
        Table(columns, values),
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.customers for part in parts]),
        np.concatenate([part.at for part in parts]),
        sum(part.bought for part in parts),
    )


def split(rows: Rows, *, days: int) -> tuple[Rows, Rows]:
    """Return what to learn from and the later rows to test on.

    What is learned from is known before the test begins; where that holds too few losses, it is
    all that lies before the test.
    """
    moments = np.unique(rows.at)
    first_test = moments[min(len(moments) - 1, int(len(moments) * (1 - TESTED)))]
    later = rows.at >= first_test
    earlier = rows.at + days * 86_400.0 <= first_test
    if rows.labels[earlier].sum() < LEAST_LOSSES:
        earlier = rows.at < first_test
    return rows.take(np.flatnonzero(earlier)), rows.take(np.flatnonzero(later))


def _train_stage(place: int, rows: Rows | None, levels: ChurnLevels, now: datetime) -> Trained:
    stage = SCORED[place].value
    if rows is None or rows.table.rows < LEAST_ROWS:
        return Trained(stage, None, "card", in_use=False, why=_("Too few customers so far."))
    learned, tested = split(rows, days=levels.window.days)
    if not learned.table.rows:
        learned = tested
    usual = levels.base_rates[stage] / 1000
    recent = rows.at >= tested.at.min()
    try:
        judged, why = _judged(learned, tested, rows.lost, usual)
        verdict = examine(judged, tested.table, tested.labels, groups=tested.customers)
        kept = _card(rows, usual, recent) if judged.engine == "card" else _fitted(rows, recent)
    except CannotTrainError as refusal:
        return Trained(stage, None, "card", in_use=False, why=words_of_error(refusal))
    return _keep(stage, kept, verdict, rows, why, now)


def _judged(learned: Rows, tested: Rows, lost: int, usual: float) -> tuple[Champion, str]:
    """Return what scores best on the later rows, learned from earlier ones alone, and why."""
    drawn = _card(learned, usual)
    if lost < LOSSES_FOR_FITTED:
        words = _("%(n)s losses so far; a model needs %(least)s.")
        return drawn, words % {"n": lost, "least": LOSSES_FOR_FITTED}
    try:
        fitted = _fitted(learned)
    except CannotTrainError as refusal:
        return drawn, words_of_error(refusal)
    p, of_card = fitted.probabilities(tested.table), drawn.probabilities(tested.table)
    if takes_over(lost, p, of_card, tested.labels):
        return fitted, _("Better than the card on the later months.")
    return drawn, _("The card is as good on the later months.")


def _fitted(rows: Rows, recent: NDArray[np.bool_] | None = None) -> Champion:
    return train(rows.table, rows.labels, groups=rows.customers, seed=SEED, recent=recent)


def _card(rows: Rows, usual: float, recent: NDArray[np.bool_] | None = None) -> Champion:
    """Return the card of a stage; its level moves from the policy to its own losses."""
    labels = rows.labels if recent is None else rows.labels[recent]
    rate = (float(labels.sum()) + PRIOR * usual) / (len(labels) + PRIOR)
    directions: dict[str, Any] = {
        column.name: DIRECTIONS[column.name]
        for column in rows.table.columns
        if column.name in DIRECTIONS and column.kind != CATEGORY
    }
    rates = {"": min(max(rate, 0.002), 0.998)}
    return card(rows.table, directions, rates, labels=rows.labels, recent=recent)


def _keep(
    stage: str, champion: Champion, verdict: Verdict, rows: Rows, why: str, now: datetime
) -> Trained:
    moments = [
        timezone.localdate(timezone.make_aware(datetime.fromtimestamp(at)))  # noqa: DTZ006
        for at in (rows.at.min(), rows.at.max())
    ]
    row = store_model(
        KIND,
        champion,
        tested=Findings(
            metrics=verdict.metrics,
            refusals=verdict.refusals,
            trained_from=moments[0],
            trained_to=moments[1],
            retrain_on=timezone.localdate(now + AGAIN),
            why=why,
        ),
        now=now,
        stage=stage,
    )
    auc = verdict.metrics.get("", {}).get("auc")
    try:
        activate(row, actor=None, now=now, reason=why)
    except ModelRefusedError as refusal:
        return Trained(stage, row.version, champion.engine, in_use=False, why=str(refusal), auc=auc)
    return Trained(stage, row.version, champion.engine, in_use=True, why=why, auc=auc)


def last_trained() -> datetime | None:
    """Return when a model of churn was last trained."""
    found: datetime | None = ScoreModel.objects.filter(kind=KIND).aggregate(at=Max("trained_at"))[
        "at"
    ]
    return found
