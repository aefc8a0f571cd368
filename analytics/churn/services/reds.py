"""Who may enter red: as many a week as the consultant can call, the most at stake first."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from analytics.churn.hooks import ScoreChange, follow_changes
from analytics.churn.models import ChurnScore, ChurnScoreChange
from analytics.churn.policies import ChurnLevels
from analytics.churn.rules.words import Level
from crm_site.common.whole_tables import chunks, ids_of, numbered

# Who wants to be red, ranked by what is at stake within one consultant; the pool is one per
# project. ``entered`` are those of the same consultant who entered red since Monday.
WAITING: Final = """
WITH waiting AS (
    SELECT s.customer_id, s.at_stake, coalesce(c.owner_id, -c.project_id, 0) AS desk
    FROM analytics_churnscore s JOIN customers_customer c ON c.id = s.customer_id
    WHERE s.wanted = 'red' AND s.level <> 'red'
), entered AS (
    SELECT coalesce(c.owner_id, -c.project_id, 0) AS desk, count(DISTINCT e.customer_id) AS n
    FROM analytics_churnscorechange e JOIN customers_customer c ON c.id = e.customer_id
    WHERE e.after = 'red' AND e.before <> 'red' AND e.at >= %(monday)s GROUP BY 1
), ranked AS (
    SELECT w.customer_id, row_number() OVER (
        PARTITION BY w.desk ORDER BY w.at_stake DESC, w.customer_id) + coalesce(e.n, 0) AS place
    FROM waiting w LEFT JOIN entered e ON e.desk = w.desk
)
SELECT r.customer_id AS id FROM ranked r
JOIN analytics_churnscore s ON s.customer_id = r.customer_id
WHERE {test}
"""
ENTER: Final = WAITING.format(test="r.place <= %(cap)s")
# Those beyond the cap are shown yellow meanwhile.
WAIT: Final = WAITING.format(test="r.place > %(cap)s AND s.level = 'green'")


def monday_of(now: datetime) -> datetime:
    """Return the beginning of the local week of ``now``."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday())


def let_in(levels: ChurnLevels, *, now: datetime) -> int:
    """Turn red whoever the week has room for, the others yellow; return how many turned red."""
    params = {"monday": monday_of(now), "cap": levels.reds_a_week}
    entered = _turn("churn_entering", ENTER, params, Level.RED, now)
    _turn("churn_waiting", WAIT, params, Level.YELLOW, now)
    return entered


def _turn(name: str, statement: str, params: dict[str, Any], to: Level, now: datetime) -> int:
    with numbered(name, statement, params) as rows:
        for first, last in chunks(rows):
            _turn_chunk(ids_of(name, first, last), to, now)
    return rows


@transaction.atomic
def _turn_chunk(keys: list[int], to: Level, now: datetime) -> None:
    rows = ChurnScore.objects.filter(pk__in=keys).exclude(level=to.value).order_by("pk")
    found = list(rows.select_for_update())
    ChurnScoreChange.objects.bulk_create(
        ChurnScoreChange(
            customer_id=row.pk,
            at=now,
            stage=row.stage,
            before=row.level,
            after=to.value,
            points=row.points,
            engine=row.engine,
            model_version=row.model_version,
        )
        for row in found
    )
    ChurnScore.objects.filter(pk__in=[row.pk for row in found]).update(level=to.value)
    follow_changes(
        [
            ScoreChange(
                customer_id=row.pk,
                before=row.level,
                after=to.value,
                probability=row.probability,
                blocks=row.blocks,
                points=row.points,
                stage=row.stage,
            )
            for row in found
        ],
        now,
    )
