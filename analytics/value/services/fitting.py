"""The rates behind expected value, measured on all buyers, and tried on the past (ANA-50)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction

from analytics.value.models import ValueModel
from analytics.value.rules.clv import FEN, OLDEST, Rates
from analytics.value.rules.cohorts import Backtest, Exposure, backtest, rates_of
from customers.purchase.rules import PurchaseState
from customers.rules.axes import BuyingStage

YEAR: Final = timedelta(days=365)
USUAL_PRICE: Final = Decimal(2_000_000)  # until there is a contract
# Chance of a purchase by stage, as if forty customers were known, until enough are.
FIRST: Final = {
    BuyingStage.PREPARING.value: Decimal("0.02"),
    BuyingStage.WATCHING.value: Decimal("0.06"),
    BuyingStage.DECIDING.value: Decimal("0.20"),
    BuyingStage.SIGNING.value: Decimal("0.80"),
    BuyingStage.MOVED_IN.value: Decimal("0.02"),
}
FIRST_WEIGHT: Final = 40
HALF_YEAR: Final = timedelta(days=182)
_BOUGHT = (
    f"state IN ('{PurchaseState.SIGNED.value}', '{PurchaseState.HANDED_OVER.value}')"
    " AND coalesce(signed_at, state_since) < %(until)s"
)
# Years lived and events at each age, by the year of the first purchase, up to a moment.
EXPOSURE: Final = f"""
WITH bought AS (
    SELECT customer_id, coalesce(signed_at, state_since) AS at FROM customers_purchase
    WHERE {_BOUGHT}
), owners AS (
    SELECT customer_id, min(at) AS first_at FROM bought GROUP BY customer_id
), lived AS (
    SELECT o.*, extract(year FROM o.first_at AT TIME ZONE 'Asia/Shanghai')::int AS cohort,
        extract(epoch FROM %(until)s - o.first_at) / 86400 / 365 AS years FROM owners o
    WHERE o.first_at < %(owners)s
), ages AS (
    SELECT l.cohort, a.age, sum(LEAST(1, l.years - a.age)) AS years, count(*) AS owners
    FROM lived l JOIN generate_series(0, {OLDEST + 40}) AS a (age) ON l.years > a.age
    GROUP BY l.cohort, a.age
), events AS (
    SELECT l.cohort, 'second' AS kind,
        floor(extract(epoch FROM b.at - l.first_at) / 86400 / 365)::int AS age
    FROM bought b JOIN lived l ON l.customer_id = b.customer_id WHERE b.at > l.first_at
    UNION ALL
    SELECT l.cohort, 'referral',
        floor(extract(epoch FROM g.first_at - l.first_at) / 86400 / 365)::int
    FROM owners g JOIN customers_customer c ON c.id = g.customer_id
    JOIN lived l ON l.customer_id = c.referrer_id WHERE g.first_at > l.first_at
), counted AS (
    SELECT cohort, age, count(*) FILTER (WHERE kind = 'second') AS second,
        count(*) FILTER (WHERE kind = 'referral') AS referral FROM events GROUP BY cohort, age
)
SELECT a.cohort, a.age, a.years, a.owners, coalesce(c.second, 0), coalesce(c.referral, 0)
FROM ages a LEFT JOIN counted c ON c.cohort = a.cohort AND c.age = a.age
ORDER BY a.cohort, a.age
"""  # noqa: S608 -- constants of the code
PRICE: Final = f"""
SELECT avg(agreed_total) FROM customers_purchase WHERE {_BOUGHT} AND agreed_total IS NOT NULL
"""  # noqa: S608
# Who stood in a stage half a year ago, and how many of them have bought since.
STAGES: Final = f"""
WITH bought AS (
    SELECT customer_id, min(coalesce(signed_at, state_since)) AS at FROM customers_purchase
    WHERE {_BOUGHT} GROUP BY customer_id
), stood AS (
    SELECT c.id, coalesce((
        SELECT e.to_stage FROM customers_stageevent e
        WHERE e.customer_id = c.id AND e.at <= %(then)s ORDER BY e.at DESC, e.id DESC LIMIT 1
    ), '{BuyingStage.PREPARING.value}') AS stage
    FROM customers_customer c LEFT JOIN bought b ON b.customer_id = c.id
    WHERE c.created_at <= %(then)s AND c.merged_into_id IS NULL
        AND (b.at IS NULL OR b.at > %(then)s)
)
SELECT s.stage, count(*), count(b.at) FROM stood s LEFT JOIN bought b ON b.customer_id = s.id
GROUP BY s.stage
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Fitted:
    """The model in use and its rates."""

    row: ValueModel
    rates: Rates


@transaction.atomic
def fit_value_model(*, now: datetime) -> ValueModel:
    """Measure the rates anew, try them on the last year, and put them into use.

    A model that says the same as the one in use is not written again.
    """
    exposure = exposure_until(now)
    rates = measured(exposure, now)
    stored = as_json(rates)
    active = ValueModel.objects.select_for_update().filter(is_active=True).first()
    if active is not None and active.rates == stored:
        return active
    ValueModel.objects.filter(is_active=True).update(is_active=False)
    tested = tried_on_the_past(now)
    return ValueModel.objects.create(
        fitted_at=now,
        rates=stored,
        data={
            "owners": sum(each.owners for each in exposure if each.age == 0),
            "years": round(sum(each.years for each in exposure), 1),
            "second": sum(each.second for each in exposure),
            "referral": sum(each.referral for each in exposure),
        },
        backtest=tested.as_json() if tested else {},
        is_active=True,
    )


def model_in_use(*, now: datetime) -> Fitted:
    """Return the model in use with its rates; the first call fits one."""
    row = ValueModel.objects.filter(is_active=True).first() or fit_value_model(now=now)
    return Fitted(row, rates_from(row.rates))


def exposure_until(until: datetime, *, owners: datetime | None = None) -> list[Exposure]:
    """Return years lived and events at each age of each cohort, up to a moment.

    ``owners`` narrows to those whose first purchase was before it.
    """
    with connection.cursor() as cursor:
        cursor.execute(EXPOSURE, {"until": until, "owners": owners or until})
        return [
            Exposure(cohort, age, float(years), owners, second, referral)
            for cohort, age, years, owners, second, referral in cursor.fetchall()
        ]


def tried_on_the_past(now: datetime) -> Backtest | None:
    """Return how the rates of a year ago foresaw the year since; None without owners then."""
    then = now - YEAR
    return backtest(exposure_until(then), exposure_until(now, owners=then))


def measured(exposure: list[Exposure], now: datetime) -> Rates:
    """Return the rates that all buyers up to now show."""
    second, referral = rates_of(exposure)
    return Rates(second=second, referral=referral, first=_first(now), price=_price(now))


def as_json(rates: Rates) -> dict[str, Any]:
    """Return rates as they are stored."""
    return {
        "second": [str(rate) for rate in rates.second],
        "referral": [str(rate) for rate in rates.referral],
        "first": {stage: str(chance) for stage, chance in sorted(rates.first.items())},
        "price": str(rates.price),
    }


def rates_from(stored: Mapping[str, Any]) -> Rates:
    """Return stored rates."""
    return Rates(
        second=tuple(Decimal(rate) for rate in stored["second"]),
        referral=tuple(Decimal(rate) for rate in stored["referral"]),
        first={stage: Decimal(chance) for stage, chance in stored["first"].items()},
        price=Decimal(stored["price"]),
    )


def _first(now: datetime) -> dict[str, Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(STAGES, {"until": now, "then": now - HALF_YEAR})
        seen = {stage: (stood, bought) for stage, stood, bought in cursor.fetchall()}
    found = {}
    for stage, prior in FIRST.items():
        stood, bought = seen.get(stage, (0, 0))
        chance = (bought + prior * FIRST_WEIGHT) / (stood + FIRST_WEIGHT)
        found[stage] = chance.quantize(Decimal("0.000001"))
    return found


def _price(now: datetime) -> Decimal:
    with connection.cursor() as cursor:
        cursor.execute(PRICE, {"until": now})
        price = cursor.fetchone()[0]
    return USUAL_PRICE if price is None else Decimal(price).quantize(FEN)
