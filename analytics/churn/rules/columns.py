"""The inputs of churn: name, kind, business block, and which way is worse. Pure.

One list for training, the nightly run, the explanation and the tests.
"""

import math
from dataclasses import dataclass
from typing import Final

from analytics.scoring.rules.tables import CATEGORY, FLAG, NUMBER, Column


@dataclass(frozen=True, slots=True)
class Input:
    """A column and what may be said about it.

    ``actionable``: somebody can do something about it, so it may be told as a reason.
    """

    column: Column
    actionable: bool = True


def _number(name: str, block: str, *, actionable: bool = True) -> Input:
    return Input(Column(name, NUMBER, block), actionable)


def _flag(name: str, block: str, *, actionable: bool = True) -> Input:
    return Input(Column(name, FLAG, block), actionable)


INPUTS: Final = (
    _number("answer_time", "service"),
    _number("silence", "service"),
    _number("no_answers", "service"),
    _number("complaints_open", "service"),
    _number("complaints_overdue", "service"),
    _number("complaints_on_time", "service"),
    _number("rating", "service"),
    _number("bad_moods", "service"),
    _number("consultant_changes", "service"),
    _number("price_changes", "price"),
    _number("price_move", "price"),
    _number("budget_gap", "price"),
    _number("delay_months", "construction"),
    _number("visits", "engagement"),
    _number("visits_fallen", "engagement"),
    _number("talks", "engagement"),
    _number("talks_fallen", "engagement"),
    _number("online_moves", "engagement"),
    _number("online_fallen", "engagement"),
    _flag("visit_booked", "engagement"),
    _number("known_time", "engagement", actionable=False),
    _number("stage_time", "engagement", actionable=False),
    _flag("competitor_seen", "engagement"),
    _flag("refused_us", "engagement"),
    _flag("loan_refused", "finance"),
    _number("payments", "finance", actionable=False),
    _number("paid", "finance", actionable=False),
    _number("payment_time", "finance"),
    Input(Column("channel", CATEGORY, "channel"), actionable=False),
    _number("referrals", "channel", actionable=False),
    _flag("was_referred", "channel", actionable=False),
    _flag("bought_before", "channel", actionable=False),
)
COLUMNS: Final = tuple(each.column for each in INPUTS)
ACTIONABLE: Final = frozenset(each.column.name for each in INPUTS if each.actionable)
BLOCK_OF: Final = {each.column.name: each.column.block for each in INPUTS}
CUSTOM: Final = "custom:"

# Columns that hold ln(1 + value / unit); ``plain`` gives the value back.
UNITS: Final = {
    "answer_time": 1.0,
    "silence": 7.0,
    "known_time": 7.0,
    "stage_time": 7.0,
    "payment_time": 7.0,
    "paid": 1.0,
}
# Which way is riskier, for the card that knows no losses yet.
DIRECTIONS: Final = {
    "answer_time": 1.0,
    "silence": 1.0,
    "no_answers": 1.0,
    "complaints_open": 0.5,
    "complaints_overdue": 1.0,
    "rating": -1.0,
    "bad_moods": 1.0,
    "consultant_changes": 1.0,
    "price_changes": 1.0,
    "price_move": 0.5,
    "budget_gap": 1.0,
    "delay_months": 1.0,
    "visits": -1.0,
    "visits_fallen": 0.5,
    "talks": -0.5,
    "online_moves": -0.5,
    "visit_booked": -1.0,
    "competitor_seen": 1.0,
    "refused_us": 1.0,
    "loan_refused": 1.0,
    "payment_time": 1.0,
    "payments": -1.0,
    "referrals": -1.0,
    "was_referred": -1.0,
    "bought_before": -0.5,
}


def plain(name: str, value: float) -> float:
    """Return what a column says in its own unit: hours, days, ten thousand yuan, a count."""
    unit = UNITS.get(name)
    return value if unit is None else (math.exp(value) - 1.0) * unit
