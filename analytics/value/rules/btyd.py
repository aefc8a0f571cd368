"""Repeat payments of small sums: how many more, and of what size (BG/NBD, Gamma-Gamma). Pure.

Only for payments that repeat – fees, parking, shops –, never for the purchase of a home, and the
chance of being alive is never used as a risk: it is 1 for whoever never came back. Fader, Hardie
and Lee (2005); Fader and Hardie (2013).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln, hyp2f1


@dataclass(frozen=True, slots=True)
class Buying:
    """Parameters of BG/NBD and the log-likelihood they reach; time in the unit of the data."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = float("nan")

    def purchases(self, ahead: float, x: Any, t_x: Any, age: Any) -> Any:
        """Return how many further payments are expected within ``ahead``."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        x, t_x, age = (np.asarray(each, dtype=float) for each in (x, t_x, age))
        share = hyp2f1(r + x, b + x, a + b + x - 1, ahead / (alpha + age + ahead))
        grown = 1 - ((alpha + age) / (alpha + age + ahead)) ** (r + x) * share
        gone = np.where(x > 0, a / (b + np.maximum(x, 1) - 1), 0)
        gone = gone * ((alpha + age) / (alpha + t_x)) ** (r + x)
        return (a + b + x - 1) / (a - 1) * grown / (1 + gone)

    def alive(self, x: Any, t_x: Any, age: Any) -> Any:
        """Return the chance that the customer still pays; 1 for everybody without a repeat."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        x, t_x, age = (np.asarray(each, dtype=float) for each in (x, t_x, age))
        odds = (r + x) * np.log((alpha + age) / (alpha + t_x)) + np.log(
            a / (b + np.maximum(x, 1) - 1)
        )
        return np.where(x > 0, 1 / (1 + np.exp(odds)), 1.0)


@dataclass(frozen=True, slots=True)
class Spending:
    """Parameters of Gamma-Gamma."""

    p: float
    q: float
    v: float

    def mean(self, x: Any, spent: Any) -> Any:
        """Return the expected sum of one payment; that of everybody for whom none is known."""
        p, q, v = self.p, self.q, self.v
        x, spent = np.asarray(x, dtype=float), np.asarray(spent, dtype=float)
        weight = p * x / (p * x + q - 1)
        return (1 - weight) * v * p / (q - 1) + weight * spent


def fit_buying(x: Any, t_x: Any, age: Any) -> Buying:
    """Return BG/NBD fitted to repeats ``x``, time of the last ``t_x`` and time seen ``age``.

    Raises ValueError where nobody repeated.
    """
    x, t_x, age = (np.asarray(each, dtype=float) for each in (x, t_x, age))
    if not (x > 0).any():
        raise ValueError("nobody paid twice")

    def loss(logs: Any) -> float:
        r, alpha, a, b = np.exp(logs)
        base = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        base += gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        stays = -(r + x) * np.log(alpha + age)
        left = np.log(a / (b + np.maximum(x, 1) - 1)) - (r + x) * np.log(alpha + t_x)
        return float(-(base + np.where(x > 0, np.logaddexp(stays, left), stays)).sum())

    best = _search(loss, [(0, 0, 0, 0), (-1, 1.5, -0.3, 0.9)])
    r, alpha, a, b = np.exp(best.x)
    return Buying(float(r), float(alpha), float(a), float(b), -float(best.fun))


def fit_spending(x: Any, spent: Any) -> Spending:
    """Return Gamma-Gamma fitted to those who paid again: repeats and mean sum of a payment."""
    x, spent = np.asarray(x, dtype=float), np.asarray(spent, dtype=float)
    seen = (x > 0) & (spent > 0)
    x, m = x[seen], spent[seen]

    def loss(logs: Any) -> float:
        p, q, v = np.exp(logs)
        found = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
        found += (p * x - 1) * np.log(m) + p * x * np.log(x) - (p * x + q) * np.log(x * m + v)
        return float(-found.sum())

    best = _search(loss, [(0, 0, 0), (1.8, 1.3, 2.7)])
    p, q, v = np.exp(best.x)
    return Spending(float(p), float(q), float(v))


def lifetime_value(expected: Any, mean: Any, *, monthly: float) -> Any:
    """Return the discounted value of ``expected`` payments up to each month, cumulated."""
    new = np.diff(np.asarray(expected, dtype=float), axis=0, prepend=0.0)
    months = np.arange(1, len(new) + 1).reshape(-1, *([1] * (new.ndim - 1)))
    return (new / (1 + monthly) ** months).sum(axis=0) * mean


def _search(loss: Any, starts: list[tuple[float, ...]]) -> Any:
    options = {"xatol": 1e-9, "fatol": 1e-9, "maxiter": 20_000, "maxfev": 20_000}
    found = [minimize(loss, start, method="Nelder-Mead", options=options) for start in starts]
    return min(found, key=lambda each: each.fun)
