"""Known shares of paths: heuristics, and exact removal in a chain of order 1 (MKT-74)."""

import numpy as np
import pytest

from marketing.attribution.rules import Model, removal, spread, weights_of
from tests.golden.known_answers import known_answers

TOLERANCE = 1e-6
HEURISTICS = {
    "first_touch": Model.FIRST,
    "last_touch": Model.LAST,
    "linear": Model.LINEAR,
    "time_decay_halving_per_step": Model.TIME_DECAY,
    "position_40_20_40": Model.POSITION,
}


def close(found, expected):
    """Names missing on either side get nothing; known answers are written with six decimals."""
    for name in found.keys() | expected.keys():
        assert found.get(name, 0.0) == pytest.approx(expected.get(name, 0.0), abs=TOLERANCE), name


def check(_name, case):
    given, expected = case["input"], case["expected"]
    paths = [[step.strip() for step in path.split(">")] for path in given["paths"]]
    names = sorted({step for path in paths for step in path})
    lengths = [len(path) for path in paths]
    flat = np.array([names.index(step) for path in paths for step in path])
    starts = np.cumsum([0, *lengths[:-1]])
    won, lost = (np.array(given[key], dtype=float) for key in ("conversions", "nulls"))
    steps = np.concatenate([np.arange(length)[::-1] for length in lengths]).astype(float)
    assert expected["heuristic"].keys() <= HEURISTICS.keys()
    for key, told in expected["heuristic"].items():
        counted = weights_of(HEURISTICS[key], starts, ages=steps, weights=np.ones(len(flat)))
        each = spread(counted, starts) * np.repeat(won, lengths)
        close(dict(zip(names, np.bincount(flat, weights=each), strict=True)), told)
    chain = removal(flat, starts, conversions=won, nulls=lost, number=len(names))
    told = expected["markov_order1_exact"]
    assert chain.chance == pytest.approx(told["p_conv"], abs=TOLERANCE)
    close(dict(zip(names, chain.removal, strict=True)), told["removal_effect"])
    close(dict(zip(names, chain.attributed, strict=True)), told["attributed"])


@pytest.mark.spec("MKT-74")
@pytest.mark.parametrize(
    ("check_one", "name", "case"), known_answers("attribution", {"cases": check})
)
def test_known_answers(check_one, name, case):
    check_one(name, case)
