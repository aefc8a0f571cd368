"""The register of models: versions, use, refusals, going back (BEY-08)."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.scoring.choices import CHURN, ModelState
from analytics.scoring.errors import ModelRefusedError, NoModelError
from analytics.scoring.models import ScoreModel
from analytics.scoring.rules import BrokenModelError, train
from analytics.scoring.services.activating import activate, roll_back
from analytics.scoring.services.registering import (
    Findings,
    champion_of,
    model_in_use,
    store_model,
)
from crm_site.audit.models import AuditEvent
from tests.analytics.scoring.data import world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TESTED = Findings(metrics={"": {"auc": 0.8, "ece": 0.01}})


@pytest.fixture(scope="module")
def champion():
    table, labels = world(800)
    return train(table, labels, seed=1, stage="stage")


def stored(champion, tested=TESTED, hours=0):
    return store_model(CHURN, champion, tested=tested, now=NOW + timedelta(hours=hours))


def test_versions_count_up_and_read_back_the_same_probabilities(champion):
    first, second = stored(champion), stored(champion)
    assert (first.version, second.version) == (1, 2)
    assert second.state == ModelState.CANDIDATE
    table, _ = world(200, seed=9)
    again = champion_of(ScoreModel.objects.get(pk=first.pk))
    assert np.array_equal(again.probabilities(table), champion.probabilities(table))


def test_one_is_in_use_and_going_back_takes_the_one_before(champion):
    first, second = stored(champion), stored(champion)
    activate(first, actor=None, now=NOW)
    activate(second, actor=None, now=NOW + timedelta(hours=1), reason="better")
    first.refresh_from_db()
    assert first.state == ModelState.RETIRED
    assert model_in_use(CHURN).row == second

    back = roll_back(CHURN, actor=None, now=NOW + timedelta(hours=2), reason="too many alarms")
    assert back == first
    assert model_in_use(CHURN).row == first
    event = AuditEvent.objects.filter(kind="score_model.rolled_back").get()
    assert event.reason == "too many alarms"
    with pytest.raises(NoModelError):
        roll_back(CHURN, actor=None, now=NOW, reason="again")


def test_going_back_needs_a_reason(champion):
    with pytest.raises(ModelRefusedError):
        roll_back(CHURN, actor=None, now=NOW, reason=" ")


def test_a_version_that_did_not_pass_stays_out(champion):
    row = stored(champion, Findings(refusals=[["ece", {"value": "0.09", "most": "0.03"}]]))
    with pytest.raises(ModelRefusedError, match=r"0\.09"):
        activate(row, actor=None, now=NOW)
    with pytest.raises(NoModelError):
        model_in_use(CHURN)


def test_a_broken_file_is_named_and_the_last_good_one_answers(champion):
    first, second = stored(champion), stored(champion)
    activate(first, actor=None, now=NOW)
    activate(second, actor=None, now=NOW + timedelta(hours=1))
    text = ScoreModel.objects.get(pk=second.pk).data
    ScoreModel.objects.filter(pk=second.pk).update(data=text.replace("0.", "1.", 3))

    with pytest.raises(BrokenModelError):
        champion_of(ScoreModel.objects.get(pk=second.pk))
    found = model_in_use(CHURN)
    assert found.row == first
    assert found.skipped[0].startswith("2: ")
    for broken in ("", "[]", "{", '{"format": 1}'):
        ScoreModel.objects.filter(pk=second.pk).update(data=broken)
        assert model_in_use(CHURN).row == first
    with pytest.raises(ModelRefusedError):
        activate(stored_broken(champion), actor=None, now=NOW)


def stored_broken(champion):
    row = stored(champion)
    ScoreModel.objects.filter(pk=row.pk).update(data="{}")
    return row
