"""How long relations last: from the first contact to the final leaving, or until today (ANA-10)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from analytics.churn.rules.words import LossState
from analytics.kpis.kinds import SHANGHAI
from analytics.value.models import ValueModel
from analytics.value.rules.survival import Curve, curve
from customers.rules.axes import Phase

MONTH: Final = 30.4375  # days
SHOWN: Final = 40  # points of a curve that are kept
WHOLE: Final = "0"  # the key of the curve of all projects
# Days from the first contact until now or to the end of the day on which the customer was lost;
# who left without a standing loss counts to the last time of leaving.
READ: Final = f"""
SELECT c.project_id,
    extract(epoch FROM coalesce(lost.at, l.at, %(now)s) - c.created_at) / 86400,
    coalesce(lost.at, l.at) IS NOT NULL
FROM customers_customer c
LEFT JOIN LATERAL (
    SELECT e.at FROM customers_phaseevent e
    WHERE e.customer_id = c.id AND e.to_phase = '{Phase.CHURNED.value}'
    ORDER BY e.at DESC, e.id DESC LIMIT 1
) l ON c.phase = '{Phase.CHURNED.value}'
LEFT JOIN LATERAL (
    SELECT (x."on" + 1)::timestamp AT TIME ZONE %(zone)s AS at FROM analytics_churnloss x
    WHERE x.customer_id = c.id AND x.state = '{LossState.STANDING.value}'
) lost ON c.phase = '{Phase.CHURNED.value}'
WHERE c.merged_into_id IS NULL
"""  # noqa: S608 -- a constant of the rules


def measure_lasting(*, now: datetime) -> int:
    """Keep the curves of all projects and of each beside the model in use; return how many."""
    model = ValueModel.objects.filter(is_active=True).first()
    if model is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(READ, {"now": now, "zone": SHANGHAI.key})
        rows = cursor.fetchall()
    by_project: dict[str, list[tuple[float, bool]]] = {WHOLE: []}
    for project, days, ended in rows:
        one = (max(float(days), 0.0) / MONTH, bool(ended))
        by_project[WHOLE].append(one)
        if project is not None:
            by_project.setdefault(str(project), []).append(one)
    curves = {key: _kept(pairs) for key, pairs in by_project.items()}
    lasting = {key: each for key, each in curves.items() if each}
    with transaction.atomic():
        held = ValueModel.objects.select_for_update().get(pk=model.pk)
        held.data |= {"lasting": lasting}
        held.save(update_fields=["data"])
    return len(lasting)


def _kept(pairs: Sequence[tuple[float, bool]]) -> dict[str, Any] | None:
    found: Curve | None = curve([months for months, _e in pairs], [ended for _m, ended in pairs])
    if found is None:
        return None
    step = max(len(found.times) // SHOWN, 1)
    places = range(0, len(found.times), step)

    def shown(values: Sequence[float]) -> list[float]:
        return [round(values[place] * 100, 1) for place in places]

    return {
        "months": [round(found.times[place], 1) for place in places],
        "shares": shown(found.shares),
        "low": shown(found.low),
        "high": shown(found.high),
        "count": found.count,
        "ended": found.ended,
        "median": None if found.median is None else round(found.median, 1),
    }
