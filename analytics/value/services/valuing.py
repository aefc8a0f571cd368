"""The nightly look at everybody's value; people who refuse are left out (ANA-09, ANA-44)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from analytics.value.policies import value_rules
from analytics.value.rules.clv import factors
from analytics.value.services.fitting import model_in_use
from analytics.value.value_sql import (
    ASSESSED,
    JUDGED,
    REMOVE,
    TO_WRITE,
    WRITE_CHUNK,
    value_params,
)
from crm_site.common.whole_tables import alone, chunks, numbered
from customers.services.holding import hold_against_refusals

LOCK_KEY: Final = 4_201_090  # of the advisory lock that one run holds


@dataclass(frozen=True, slots=True)
class Valued:
    """What a run did; everything is 0 when another one is under way."""

    looked_at: int = 0
    written: int = 0
    removed: int = 0
    is_finished: bool = True


def value_customers(*, now: datetime, seconds: float | None = None) -> Valued:
    """Bring the value of every customer up to date.

    Only rows that differ are written, chunk by chunk: a second run writes nothing, one that was
    killed or stopped after ``seconds`` is done to the end by the next.
    """
    with alone(LOCK_KEY) as is_free:
        if not is_free:
            return Valued()
        removed = remove_refused_values()
        params = _params(now)
        looked_until = written = 0
        with (
            numbered("value_judged", JUDGED, params) as looked_at,
            numbered("value_to_write", TO_WRITE, params) as to_write,
        ):
            for first, last in chunks(to_write, seconds=seconds):
                written += _write_chunk({"now": now, "first": first, "last": last})
                looked_until = last
        return Valued(looked_at, written, removed, looked_until == to_write)


@transaction.atomic
def remove_refused_values() -> int:
    """Take value, likeness and groups from those who refuse or were merged; return rows gone."""
    removed = 0
    with connection.cursor() as cursor:
        for table in ASSESSED:
            cursor.execute(REMOVE.format(table=table))
            removed += cursor.rowcount
    return removed


@transaction.atomic
def _write_chunk(params: dict[str, Any]) -> int:
    hold_against_refusals()
    with connection.cursor() as cursor:
        cursor.execute(WRITE_CHUNK, params)
        return int(cursor.rowcount)


def _params(now: datetime) -> dict[str, Any]:
    policy, fitted = value_rules(now), model_in_use(now=now)
    found = factors(policy.value.terms, fitted.rates)
    given = value_params(policy.value, fitted.rates, found)
    return given | {"now": now, "model": fitted.row.pk, "version": policy.version}
