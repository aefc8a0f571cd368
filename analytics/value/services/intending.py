"""Every night: how likely each prospect reserves within 90 days, into a narrow table (ANA-45).

The model in use speaks; without one nobody is scored, and where it cannot be read the last good
scores stay. Inputs are those of training, as of one moment for all.
"""

import io
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Final

import numpy as np
from django.db import connection, transaction
from django.db.models import Max, Min

from analytics.churn.features.building import LEAD, STAGES, VISIT, Cut, cut_at, read_snapshot
from analytics.churn.rules.scored import Scored, score, top_reasons
from analytics.churn.services import writing
from analytics.scoring.choices import INTENT
from analytics.scoring.errors import NoModelError
from analytics.scoring.rules.tables import Table
from analytics.scoring.services.intent import STAGE
from analytics.scoring.services.registering import InUse, model_in_use
from analytics.value.models import PurchaseIntent
from crm_site.common.whole_tables import alone
from customers.models import Customer
from customers.services.holding import hold_against_refusals

LOCK: Final = 4_202_021
RANGE: Final = 5_000
COLUMNS: Final = "customer_id, stage, probability, reasons, engine, model_version, scored_at"
STAGING: Final = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS intent_staging (LIKE analytics_purchaseintent)"
    " ON COMMIT DELETE ROWS"
)
EMPTY: Final = "DELETE FROM intent_staging"
COPY: Final = f"COPY intent_staging ({COLUMNS}) FROM STDIN"
MERGE: Final = f"""
INSERT INTO analytics_purchaseintent AS i ({COLUMNS}) SELECT {COLUMNS} FROM intent_staging
ON CONFLICT (customer_id) DO UPDATE SET stage = excluded.stage,
    probability = excluded.probability, reasons = excluded.reasons, engine = excluded.engine,
    model_version = excluded.model_version, scored_at = excluded.scored_at
WHERE (i.stage, i.probability, i.reasons, i.engine, i.model_version)
    IS DISTINCT FROM (excluded.stage, excluded.probability, excluded.reasons, excluded.engine,
    excluded.model_version)
"""  # noqa: S608 -- constants
REMOVE: Final = """
DELETE FROM analytics_purchaseintent WHERE customer_id BETWEEN %(first)s AND %(last)s
    AND NOT customer_id = ANY(%(kept)s)
"""


@dataclass(frozen=True, slots=True)
class Done:
    """What one call did; ``after`` is where the next call goes on, None when all are done."""

    scored: int = 0
    after: int | None = None
    kept_back: str = ""


def score_intent(*, now: datetime, after: int = 0, seconds: float | None = None) -> Done:
    """Score the prospects with keys above ``after`` as of ``now`` and return what was done.

    Who bought, was lost, merged or refuses loses the score. Safe to call twice and to break off:
    each range is written whole. Nothing while another call is at it, and without a model.
    """
    try:
        used = model_in_use(INTENT)
    except NoModelError as missing:
        return Done(kept_back=str(missing))
    ends = Customer.objects.aggregate(first=Min("pk"), last=Max("pk"))
    with alone(LOCK) as is_free:
        if not is_free or ends["first"] is None:
            return Done()
        cut, begun, scored = cut_at(now), monotonic(), 0
        for first in range(max(ends["first"], after + 1), ends["last"] + 1, RANGE):
            if scored and seconds is not None and monotonic() - begun > seconds:
                return Done(scored, after=first - 1)
            scored += _write_range(cut, used, first, first + RANGE - 1)
        return Done(scored)


@transaction.atomic
def _write_range(cut: Cut, used: InUse, first: int, last: int) -> int:
    hold_against_refusals()
    shot = read_snapshot(cut, first, last)
    shot = shot.take(np.flatnonzero(np.isin(shot.stages, (LEAD, VISIT)) & ~shot.churned))
    stages = np.array([STAGES[place] for place in shot.stages.tolist()], dtype=object)
    table = Table((*shot.table.columns, STAGE), {**shot.table.values, STAGE.name: stages})
    keys = shot.ids.tolist()
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.execute(REMOVE, {"first": first, "last": last, "kept": keys})
        if keys:
            lines = _lines(keys, stages.tolist(), score(used.champion, table), table, used, cut.at)
            cursor.execute(STAGING)
            cursor.copy_expert(COPY, io.StringIO("".join(lines)))
            cursor.execute(MERGE)
            cursor.execute(EMPTY)
    return len(keys)


def _lines(
    keys: list[int],
    stages: list[str],
    found: Scored,
    table: Table,
    used: InUse,
    at: datetime,
) -> list[str]:
    order, told = top_reasons(found, np.arange(len(keys)))
    values = {name: table.values[name] for name in found.columns}
    end = (used.row.engine, used.row.version, writing.moment(at))
    lines = []
    for row, (pk, stage) in enumerate(zip(keys, stages, strict=True)):
        reasons = [
            [name, _plain(values[name][row]), round(float(found.shares[row, place]), 4)]
            for place, is_told in zip(order[row].tolist(), told[row].tolist(), strict=True)
            if is_told and (name := found.columns[place])
        ]
        p = float(found.probabilities[row])
        lines.append(writing.line((pk, stage, repr(p), writing.as_json(reasons), *end)))
    return lines


def _plain(value: Any) -> Any:
    """Return a value of a column as JSON keeps it; None for what is not known."""
    if isinstance(value, str):
        return value
    number = float(value)
    return None if number != number else round(number, 4)


def scored_at() -> datetime | None:
    """Return when prospects were last scored."""
    found: datetime | None = PurchaseIntent.objects.aggregate(at=Max("scored_at"))["at"]
    return found
