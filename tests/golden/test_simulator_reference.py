"""The simulated company against the reference: distributions first, then the best score (5.3)."""

import json

import pytest

from analytics.scoring.rules.figures import average_precision, brier, lift, roc_auc
from analytics.scoring.simulator.truth import cited, red_cut
from analytics.scoring.simulator.worlds import CHANNEL_ODDS, STAGES, WORLDS, simulate
from tests.golden.known_answers import golden_folder

# The reference says no tolerance. Its inputs are described, not given: shares may differ by two
# points, the best score by .01, as the reader's notes ask.
SHARE, SCORE = 0.02, 0.01
CUSTOMERS = 100_000


def check_world(name, case):
    company = simulate(WORLDS[name], CUSTOMERS, seed=1)
    assert case["alpha"] == company.world.alpha
    p, lost = company.bayes, company.lost
    assert lost.mean() == pytest.approx(case["churn"], abs=0.01)
    for stage in STAGES:
        found = p[company.stages() == stage].mean()
        assert found == pytest.approx(case["churn_by_stage"][stage], abs=SHARE), stage
    channel = company.table.texts("channel")
    for one in CHANNEL_ODDS:
        found = p[channel == one].mean()
        assert found == pytest.approx(case["churn_by_channel"][one], abs=SHARE), one
    red = p >= red_cut(p)
    assert red.mean() == pytest.approx(case["red_share"], abs=SHARE)
    assert red_cut(p) == pytest.approx(case["red_cut_for_72pct_churn"], abs=0.03)
    assert roc_auc(lost, p) == pytest.approx(case["bayes_auc"], abs=SCORE)
    assert roc_auc(lost, company.oracle) == pytest.approx(case["oracle_auc"], abs=SCORE)
    assert brier(lost, p) == pytest.approx(case["bayes_brier"], abs=SCORE)
    assert average_precision(lost, p) == pytest.approx(case["bayes_ap"], abs=0.03)
    assert lift(lost, p) == pytest.approx(case["bayes_lift10"], abs=0.1)
    assert lost[red].sum() / lost.sum() == pytest.approx(case["recall_at_red"], abs=0.03)
    said = cited(company)
    for name in ("service", "price"):
        among_stayers = said[name][1][lost == 0].mean()
        assert among_stayers == pytest.approx(case["same_thresholds_among_stayers"][name], abs=0.03)
    both = (said["service"][1] & said["price"][1])[lost == 1].mean()
    assert both == pytest.approx(case["both_cited"], abs=SHARE)


def worlds():
    """Return a check per world of the file; a world is one case, not a section of cases."""
    content = json.loads((golden_folder() / "simulator_reference.json").read_text("utf-8"))
    return [pytest.param(name, content[name], id=name) for name in content if name in WORLDS]


@pytest.mark.parametrize(("name", "case"), worlds())
def test_known_answers(name, case):
    check_world(name, case)
