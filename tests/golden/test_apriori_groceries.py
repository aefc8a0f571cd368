"""Known rules of the Groceries baskets: counts, named rules, order by lift (ANA-43)."""

import csv
from collections import Counter

import pytest

from analytics.value.rules.baskets import mine
from tests.golden.known_answers import data_path, whole_case

TOLERANCE = 1e-6
SHOWN = ("support", "confidence", "lift", "leverage", "conviction")


def test_known_answers():
    case = whole_case("apriori_groceries")
    given, expected = case["input"], case["expected"]
    assert given["consequent_size"] == 1
    with data_path(given["file"]).open(encoding="utf-8", newline="") as file:
        baskets = [[item.strip() for item in row if item.strip()] for row in csv.reader(file)]
    found = mine(
        baskets, support=given["min_support"], confidence=given["min_confidence"], longest=10
    )
    check_baskets(baskets, found, expected)
    rules = found.rules
    assert len(rules) == expected["rules_minconf_.25_single_consequent"]
    lengths = Counter(str(len(rule.given) + len(rule.then)) for rule in rules)
    assert dict(lengths) == expected["rule_lengths"]
    for name in ("support", "confidence", "lift"):
        mean = sum(getattr(rule, name) for rule in rules) / len(rules)
        rounded = 10 ** -len(str(expected[f"mean_{name}"]).split(".")[1])
        assert mean == pytest.approx(expected[f"mean_{name}"], abs=rounded)
    assert rules[0].lift == pytest.approx(expected["max_lift"], abs=TOLERANCE)
    by_name = {(rule.given, rule.then): rule for rule in rules}
    named = [*expected["top10_by_lift"], *expected["sample_rules"]]
    for one in named:
        rule = by_name[tuple(sorted(one["lhs"])), tuple(sorted(one["rhs"]))]
        assert {name: getattr(rule, name) for name in SHOWN} == {
            name: pytest.approx(one[name], abs=TOLERANCE) for name in SHOWN
        }
    top = [set(one["lhs"]) for one in expected["top10_by_lift"]]
    assert [set(rule.given) for rule in rules[: len(top)]] == top


def check_baskets(baskets, found, expected):
    counts = Counter(item for basket in baskets for item in set(basket))
    size = sum(counts.values())
    assert (found.baskets, found.items) == (expected["transactions"], expected["items"])
    assert size / found.baskets == pytest.approx(expected["mean_basket"], abs=TOLERANCE)
    density = size / found.baskets / found.items
    assert density == pytest.approx(expected["density"], abs=TOLERANCE)
    for item, number in expected["item_counts_top5"].items():
        assert counts[item] == number
    assert found.sets == expected["frequent_itemsets_minsup_.006"]
