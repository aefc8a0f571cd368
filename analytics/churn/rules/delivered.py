"""The card as delivered: usual values of each input known beforehand, before any data. Pure.

It scores from the first night on. As soon as a stage has some hundred customers the card is drawn
up from their own spread (``analytics.scoring.rules.card``), later a model from their losses.
"""

from typing import Final

from analytics.churn.rules.columns import COLUMNS, DIRECTIONS
from analytics.scoring.rules.calibration import Calibration
from analytics.scoring.rules.card import WEIGHT
from analytics.scoring.rules.champion import Champion
from analytics.scoring.rules.figures import logit
from analytics.scoring.rules.tables import CATEGORY
from analytics.scoring.rules.terms import AdditiveModel, NumberTerm

# Column -> usual value, usual spread, highest value that counts more than the one before.
USUAL: Final = {
    "answer_time": (1.2, 0.9, 4.5),
    "silence": (1.1, 0.8, 3.5),
    "no_answers": (0.3, 0.7, 4.0),
    "complaints_open": (0.1, 0.35, 3.0),
    "complaints_overdue": (0.05, 0.25, 2.0),
    "rating": (8.0, 1.6, 10.0),
    "bad_moods": (0.1, 0.35, 3.0),
    "consultant_changes": (0.1, 0.3, 2.0),
    "price_changes": (0.8, 0.9, 3.0),
    "price_move": (1.5, 2.0, 10.0),
    "budget_gap": (0.05, 0.2, 1.0),
    "delay_months": (0.8, 1.8, 8.0),
    "visits": (0.6, 0.9, 4.0),
    "visits_fallen": (0.1, 0.8, 3.0),
    "talks": (1.0, 1.2, 5.0),
    "online_moves": (1.0, 2.0, 10.0),
    "visit_booked": (0.1, 0.3, 1.0),
    "competitor_seen": (0.15, 0.36, 1.0),
    "refused_us": (0.03, 0.17, 1.0),
    "loan_refused": (0.03, 0.17, 1.0),
    "payment_time": (2.0, 1.0, 4.0),
    "payments": (0.5, 1.0, 5.0),
    "referrals": (0.1, 0.35, 2.0),
    "was_referred": (0.12, 0.33, 1.0),
    "bought_before": (0.07, 0.26, 1.0),
}


def delivered_card(rate: float) -> Champion:
    """Return the card for a stage of which ``rate`` is known to be lost within the horizon."""
    terms = tuple(
        NumberTerm(
            column=name,
            middle=middle,
            spread=spread,
            low=min(0.0, middle - 3 * spread) if name in ("visits_fallen", "budget_gap") else 0.0,
            high=high,
            weight=DIRECTIONS[name] * WEIGHT,
        )
        for name, (middle, spread, high) in USUAL.items()
    )
    usual: dict[str, float | str | None] = {
        column.name: "" if column.kind == CATEGORY else None for column in COLUMNS
    }
    usual |= {name: middle for name, (middle, _spread, _high) in USUAL.items()}
    return Champion(
        engine="card",
        model=AdditiveModel(float(logit(rate)), terms),
        columns=COLUMNS,
        calibration=Calibration(),
        references={"": usual},
        about={"rows": 0, "losses": 0, "base_rates": {"": rate}},
    )
