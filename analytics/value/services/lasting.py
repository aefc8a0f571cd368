"""How long relations last: from the first contact to the final leaving, or until today (ANA-10)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection

from analytics.value.models import ValueModel
from analytics.value.rules.survival import Curve, curve
from customers.rules.axes import Phase

MONTH: Final = 30.4375  # days
SHOWN: Final = 40  # points of a curve that are kept
WHOLE: Final = "0"  # the key of the curve of all projects
# Days from the first contact to the last time the customer left for good, or until now.
READ: Final = f"""
SELECT c.project_id, extract(epoch FROM coalesce(l.at, %(now)s) - c.created_at) / 86400,
    l.at IS NOT NULL
FROM customers_customer c
LEFT JOIN LATERAL (
    SELECT e.at FROM customers_phaseevent e
    WHERE e.customer_id = c.id AND e.to_phase = '{Phase.CHURNED.value}'
    ORDER BY e.at DESC, e.id DESC LIMIT 1
) l ON c.phase = '{Phase.CHURNED.value}'
WHERE c.merged_into_id IS NULL
"""  # noqa: S608 -- a constant of the rules


def measure_lasting(*, now: datetime) -> int:
    """Keep the curves of all projects and of each beside the model in use; return how many."""
    model = ValueModel.objects.filter(is_active=True).first()
    if model is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(READ, {"now": now})
        rows = cursor.fetchall()
    by_project: dict[str, list[tuple[float, bool]]] = {WHOLE: []}
    for project, days, ended in rows:
        one = (max(float(days), 0.0) / MONTH, bool(ended))
        by_project[WHOLE].append(one)
        if project is not None:
            by_project.setdefault(str(project), []).append(one)
    curves = {key: _kept(pairs) for key, pairs in by_project.items()}
    data = model.data | {"lasting": {key: each for key, each in curves.items() if each}}
    ValueModel.objects.filter(pk=model.pk).update(data=data)
    return len(data["lasting"])


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
