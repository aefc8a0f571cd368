"""Who looks like the customers of high value (ANA-51). Pure.

Learned from buyers: what was known of them before, and whether they turned out to be of high value.
A logistic model, so that what speaks for somebody adds up to the points of the logit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

LEAST: Final = 20  # of either kind of buyer, below which nothing is learned


@dataclass(frozen=True, slots=True)
class Likeness:
    """The model: means, deviations and weights of the features; how it did out of fold."""

    names: tuple[str, ...]
    mean: Any
    spread: Any
    weights: Any
    base: float
    auc: float
    precision: float | None

    def chances(self, values: Any) -> Any:
        """Return the chance of high value of each row."""
        return 1 / (1 + np.exp(-(self.base + self.points(values).sum(axis=1))))

    def points(self, values: Any) -> Any:
        """Return what each feature adds to the logit of each row; missing values add nothing."""
        scaled = (np.asarray(values, dtype=float) - self.mean) / self.spread
        return np.nan_to_num(scaled) * self.weights

    def drivers(self, values: Any, *, most: int = 3) -> list[tuple[str, float]]:
        """Return what speaks for one row, the strongest first."""
        points = self.points(np.asarray([values], dtype=float))[0]
        ranked = sorted(zip(self.names, points, strict=True), key=lambda pair: -pair[1])
        return [(name, round(float(point), 3)) for name, point in ranked[:most] if point > 0]


def learn(
    values: Any, high: Any, names: Sequence[str], *, seed: int, cut: float = 0.5
) -> Likeness | None:
    """Return the model of the rows; None where either kind is too rare to learn from.

    ``precision`` is the share that was right among those above ``cut``, out of fold.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    values, high = np.asarray(values, dtype=float), np.asarray(high, dtype=bool)
    if min(high.sum(), (~high).sum()) < LEAST:
        return None
    known = ~np.isnan(values)
    number = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0).sum(axis=0) / number
    spread = np.sqrt((np.where(known, values - mean, 0) ** 2).sum(axis=0) / number)
    spread = np.where(spread > 0, spread, 1)
    scaled = np.nan_to_num((values - mean) / spread)
    model = LogisticRegression(max_iter=1000)
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    out = cross_val_predict(model, scaled, high, cv=folds, method="predict_proba")[:, 1]
    chosen = out >= cut
    model.fit(scaled, high)
    return Likeness(
        names=tuple(names),
        mean=mean,
        spread=spread,
        weights=model.coef_[0],
        base=float(model.intercept_[0]),
        auc=float(roc_auc_score(high, out)),
        precision=float(high[chosen].mean()) if chosen.any() else None,
    )
