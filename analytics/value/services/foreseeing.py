"""Monthly series of leads, sales, price and demand, and what comes next in them (ANA-46)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from analytics.value import choices
from analytics.value.models import Forecast
from analytics.value.rules.forecast import outlook
from crm_site.common.whole_tables import alone
from customers.models import Project
from customers.purchase.rules import PurchaseState

LOCK_KEY: Final = 4_201_093
AHEAD: Final = 6  # months
BACK: Final = 60  # months of history that are read
_SOLD = f"('{PurchaseState.SIGNED.value}', '{PurchaseState.HANDED_OVER.value}')"
_MONTH = "date_trunc('month', {column} AT TIME ZONE 'Asia/Shanghai')::date"
_WITHIN = "{column} >= %(since)s AND {column} < %(until)s"


def _counted(table: str, column: str, *, what: str = "count(*)", more: str = "") -> str:
    return (
        f"SELECT project_id, {_MONTH.format(column=column)}, {what} FROM {table}"  # noqa: S608
        f" WHERE project_id IS NOT NULL AND {_WITHIN.format(column=column)}{more} GROUP BY 1, 2"
    )


# project, month, value; and how the months of several projects are put together
SERIES: Final = {
    choices.LEADS: _counted("customers_lead", "received_at"),
    choices.SALES: _counted("customers_purchase", "signed_at", more=f" AND state IN {_SOLD}"),
    choices.PRICE: f"""
SELECT p.project_id, {_MONTH.format(column="p.signed_at")}, sum(p.agreed_total),
    sum(coalesce(u.measured_area, u.forecast_area))
FROM customers_purchase p JOIN customers_unit u ON u.id = p.unit_id
WHERE p.state IN {_SOLD} AND p.agreed_total > 0
    AND coalesce(u.measured_area, u.forecast_area) > 0
    AND {_WITHIN.format(column="p.signed_at")} GROUP BY 1, 2
""",  # noqa: S608 -- constants of the code
    choices.DEMAND: f"""
SELECT project_id, month, count(DISTINCT customer_id) FROM (
    SELECT project_id, {_MONTH.format(column="received_at")} AS month, customer_id
    FROM customers_lead
    WHERE project_id IS NOT NULL AND {_WITHIN.format(column="received_at")}
    UNION
    SELECT c.project_id, {_MONTH.format(column="i.at")}, i.customer_id
    FROM customers_interaction i JOIN customers_customer c ON c.id = i.customer_id
    WHERE (i.channel = 'visit' OR i.result = 'visited') AND c.project_id IS NOT NULL
        AND {_WITHIN.format(column="i.at")}
) asked GROUP BY 1, 2
""",  # noqa: S608
}
Months = dict[date, tuple[float, float]]  # value, or sum and what it is divided by


def forecast_all(*, now: datetime) -> int:
    """Forecast every series of every project and of all of them; return how many were written.

    The month under way is left out. A series without data, or with too little of it, says so.
    """
    with alone(LOCK_KEY) as is_free:
        if not is_free:
            return 0
        projects = list(Project.objects.order_by("pk").values_list("pk", flat=True))
        written = 0
        for series in SERIES:
            by_project = _read(series, now)
            whole = _together(by_project.values())
            _write(series, None, whole, now)
            for project in projects:
                _write(series, project, by_project.get(project, {}), now)
            written += 1 + len(projects)
        return written


def _read(series: str, now: datetime) -> dict[int, Months]:
    until = _start_of_month(now)
    params = {"since": _months_before(until, BACK), "until": until}
    with connection.cursor() as cursor:
        cursor.execute(SERIES[series], params)
        rows = cursor.fetchall()
    found: dict[int, Months] = {}
    for project, month, value, *rest in rows:
        found.setdefault(project, {})[month] = (float(value), float(rest[0]) if rest else 1.0)
    return found


def _together(each: Iterable[Months]) -> Months:
    found: Months = {}
    for months in each:
        for month, (value, weight) in months.items():
            old, heavy = found.get(month, (0.0, 0.0))
            found[month] = (old + value, heavy + weight)
    return found


def history_of(series: str, months: Months, last: date) -> tuple[date | None, list[float]]:
    """Return the first month and one value per month up to ``last``; months without are 0.

    A price has no 0: it stays what it was the month before.
    """
    if not months:
        return None, []
    first = min(months)
    found: list[float] = []
    month = first
    while month <= last:
        value, weight = months.get(month, (0.0, 0.0))
        if series == choices.PRICE:
            found.append(value / weight if weight else found[-1])
        else:
            found.append(value)
        month = _next(month)
    return first, found


@transaction.atomic
def _write(series: str, project: int | None, months: Months, now: datetime) -> None:
    last = _months_before(_start_of_month(now), 1).date()
    first, history = history_of(series, months, last)
    found = outlook(history, horizon=AHEAD) if history else None
    state = choices.READY if found else choices.SHORT if any(history) else choices.EMPTY
    Forecast.objects.update_or_create(
        series=series,
        project_id=project,
        defaults={
            "first_on": first,
            "history": [round(value, 4) for value in history],
            "state": state,
            "method": found.method if found else "",
            "points": [
                [round(each, 4) for each in (point.value, point.low, point.high)]
                for point in (found.points if found else ())
            ],
            "errors": {k: round(v, 4) for k, v in found.tested.errors.items()} if found else {},
            "folds": found.tested.folds if found else 0,
            "made_at": now,
        },
    )


def _start_of_month(now: datetime) -> datetime:
    return timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _months_before(begins: datetime, months: int) -> datetime:
    total = begins.year * 12 + begins.month - 1 - months
    return begins.replace(year=total // 12, month=total % 12 + 1)


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
