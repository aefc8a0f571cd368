"""How long customers stay, from the first contact to the leaving (ANA-10)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Extract, Floor, Greatest
from django.utils.translation import gettext_lazy as _

from analytics.kpis import people
from analytics.kpis.kinds import Asking, Kpi, Period, Reading, ScopeKind
from analytics.kpis.rules import survival
from analytics.kpis.rules.formulas import note_of
from analytics.kpis.sources import (
    CUSTOMER_PATHS,
    Column,
    Shape,
    Source,
    listed,
    listed_sums,
    rows_of,
)

SECONDS = 86_400
Life = tuple[int, bool, int]  # days, whether the customer left, how many


def _everybody(period: Period, now: dt.datetime) -> Any:
    """Return the customers with the moment at which they left, if they have not come back."""
    seen = min(period.ends_at, now)
    last = people.lost_before(seen, now).order_by("-on").values("on")[:1]
    rows = people.customers_until(seen).annotate(kpi_left_on=Subquery(last))
    # Who was lost before being written down here was known for no time at all.
    left = Greatest(people.end_of(F("kpi_left_on")), F("created_at"))
    return rows.annotate(kpi_left_at=Case(When(kpi_left_on__isnull=False, then=left), default=None))


def _days(period: Period, now: dt.datetime) -> Any:
    seen = min(period.ends_at, now)
    until = Coalesce(F("kpi_left_at"), Value(seen))
    length = ExpressionWrapper(until - F("created_at"), output_field=DurationField())
    return Cast(Floor(Extract(length, "epoch") / SECONDS), IntegerField())


LIVES = Source(
    base=_everybody,
    columns=(
        *people.CUSTOMER_COLUMNS,
        Column(_("Left"), lambda customer: customer.kpi_left_on or ""),
        Column(_("Days"), lambda customer: int(customer.kpi_amount)),
    ),
    url=people.customer_url,
    shape=Shape.SUM,
    amount=_days,
    related=people.CUSTOMER_RELATED,
)


def length_kpi(**words: Any) -> Kpi:
    """Return the KPI of the length of the relation."""
    return Kpi(
        key="lifecycle_length",
        label=_("Length of the relation, median"),
        unit="days",
        good="up",
        formula=_(
            "Days from the first contact until half of the customers have left; those who stay "
            "count as far as they are known (survival curve)."
        ),
        exclusions=_("Duplicates are counted once."),
        target_key="lifecycle_length",
        spec="ANA-10",
        read=_read,
        rows=lambda asking: listed(LIVES, asking),
        by_place=_by_place,
        everywhere=_everywhere,
        listed_sums=lambda period, kind, now: listed_sums(LIVES, period, kind, now),
        empty=lambda period, now: _reading(()),
        **words,
    )


def _read(asking: Asking) -> Reading:
    rows = _lives(rows_of(LIVES, asking), asking.period, asking.now)
    return _reading([(days, left, n) for days, left, n in rows.values_list("days", "gone", "n")])


def _by_place(period: Period, kind: ScopeKind, now: dt.datetime) -> Mapping[int, Reading] | None:
    if kind is ScopeKind.COMPANY:
        return None
    return _everywhere(period, now)[kind]


def _everywhere(period: Period, now: dt.datetime) -> dict[ScopeKind, dict[int, Reading]]:
    """Return the figures of all places of all kinds, in one query."""
    columns = {f"kpi_{kind.value}": path for kind, path in CUSTOMER_PATHS.items()}
    rows = _lives(_everybody(period, now), period, now, places=columns)
    found: dict[ScopeKind, dict[int, list[Life]]] = {kind: defaultdict(list) for kind in ScopeKind}
    for row in rows:
        life = (row["days"], row["gone"], row["n"])
        found[ScopeKind.COMPANY][0].append(life)
        for kind in CUSTOMER_PATHS:
            key = row[f"kpi_{kind.value}"]
            if key is not None:
                found[kind][key].append(life)
    return {
        kind: {key: _reading(lives) for key, lives in places.items()}
        for kind, places in found.items()
    }


def _lives(
    rows: Any, period: Period, now: dt.datetime, *, places: Mapping[str, str] | None = None
) -> Any:
    names: dict[str, Any] = {
        "days": _days(period, now),
        "gone": ExpressionWrapper(Q(kpi_left_at__isnull=False), output_field=BooleanField()),
    }
    names |= {name: F(path) for name, path in (places or {}).items()}
    return rows.order_by().values(**names).annotate(n=Count("pk"))


def _reading(lives: Iterable[Life]) -> Reading:
    rows = list(lives)
    n = sum(number for _days, _left, number in rows)
    top = Decimal(sum(days * number for days, _left, number in rows))
    value = survival.median_days(
        (days, number if left else 0, 0 if left else number) for days, left, number in rows
    )
    note = "no_data" if not n else ("no_median" if value is None else note_of(n))
    return Reading(value, top, Decimal(n), n, note=note)
