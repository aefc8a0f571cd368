"""Known CSAT and NPS figures, with their intervals (ANA-13)."""

import pytest

from service.surveys.rules.figures import csat_of_five, nps_of
from tests.golden.known_answers import known_answers

TOLERANCE = 0.001


def check_case(_name, case):
    found = {"nps": nps_of, "csat_top2box_5pt": csat_of_five}[case["metric"]](case["input"])
    expected = case["expected"]
    if expected is None:
        assert found is None
        return
    if case["metric"] == "nps":
        assert (found.n, found.promoters, found.passives, found.detractors) == tuple(
            expected[key] for key in ("n", "promoters", "passives", "detractors")
        )
        assert found.value == pytest.approx(expected["nps"], abs=TOLERANCE)
        assert found.error == pytest.approx(expected["nps_se"], abs=TOLERANCE)
    else:
        assert (found.n, found.satisfied) == (expected["n"], expected["satisfied"])
        assert found.percent == pytest.approx(expected["csat_pct"], abs=TOLERANCE)
        assert (found.low, found.high) == pytest.approx(
            tuple(expected["wilson95_pct"]), abs=TOLERANCE
        )


@pytest.mark.parametrize(
    ("check", "name", "case"), known_answers("csat_nps", {"cases": check_case})
)
def test_known_answers(check, name, case):
    check(name, case)
