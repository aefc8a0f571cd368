"""Known groupings by K-means: inertia, silhouette, sizes (ANA-42)."""

import datetime as dt
from collections import defaultdict

import numpy as np
import pytest

from analytics.value.rules.clusters import group, standardise
from tests.golden.known_answers import data_path, known_answers

TOLERANCE = 1e-3
SEED = 0


def points_of(given):
    if "file" in given:
        return standardise(np.log1p(recency_frequency_money(given)))
    from sklearn import datasets

    _maker, name, how = given["dataset"].split()
    values = getattr(datasets, f"load_{name}")().data
    return standardise(values) if how == "standardised" else values


def recency_frequency_money(given):
    cutoff = dt.date.fromisoformat(given["cutoff"])
    days, spent = defaultdict(set), defaultdict(float)
    for line in data_path(given["file"]).read_text(encoding="utf-8").splitlines():
        parts = line.split()
        if len(parts) == 4 and parts[1].isdigit():
            who, day, _number, amount = parts
            days[who].add(dt.date.fromisoformat(day))
            spent[who] += float(amount)
    return np.array(
        [[(cutoff - max(seen)).days, len(seen), spent[who]] for who, seen in days.items()]
    )


def check_case(_name, case):
    given, expected = case["input"], case["expected"]
    points = points_of(given)
    found = group(points, given["k"], seed=SEED, starts=given["n_init"])
    assert len(points) == expected.get("n", len(points))
    sample = expected.get("silhouette_sample5000_seed0")
    if sample is None:
        assert found.inertia == pytest.approx(expected["inertia"], abs=TOLERANCE)
        assert found.silhouette == pytest.approx(expected["silhouette"], abs=TOLERANCE)
        assert sorted(found.sizes) == expected["sizes_sorted"]
    else:
        assert found.inertia == pytest.approx(expected["inertia"], rel=TOLERANCE)
        assert found.silhouette == pytest.approx(sample, abs=0.005)
        assert sorted(found.sizes) == pytest.approx(expected["sizes_sorted"], rel=0.01)


@pytest.mark.parametrize(("check", "name", "case"), known_answers("kmeans", {"cases": check_case}))
def test_known_answers(check, name, case):
    check(name, case)
