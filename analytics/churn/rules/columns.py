"""The inputs of churn: name, kind, business block, and which way is worse. Pure.

One list for training, the nightly run, the explanation and the tests.
"""

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
    _number("answer_hours", "service"),
    _number("silence_days", "service"),
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
    _number("known_days", "engagement", actionable=False),
    _number("stage_days", "engagement", actionable=False),
    _flag("competitor_seen", "engagement"),
    _flag("refused_us", "engagement"),
    _flag("loan_refused", "finance"),
    _number("payments", "finance", actionable=False),
    _number("paid", "finance", actionable=False),
    _number("payment_days", "finance"),
    Input(Column("channel", CATEGORY, "channel"), actionable=False),
    _number("referrals", "channel", actionable=False),
    _flag("was_referred", "channel", actionable=False),
    _flag("bought_before", "channel", actionable=False),
)
COLUMNS: Final = tuple(each.column for each in INPUTS)
ACTIONABLE: Final = frozenset(each.column.name for each in INPUTS if each.actionable)
BLOCK_OF: Final = {each.column.name: each.column.block for each in INPUTS}
CUSTOM: Final = "custom:"
