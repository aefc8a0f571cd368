"""Training on planted data, through events, builder, register and the stored nightly scores."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.core.management import call_command
from django.utils import translation

from analytics.churn.features.building import cut_at, read_snapshot
from analytics.churn.features.fates import read_fates
from analytics.churn.models import ChurnScore
from analytics.churn.policies import ChurnDefinition, ChurnLevels
from analytics.churn.rules.labels import (
    BOUGHT,
    DAY,
    IN_GAP,
    LOST,
    STAYED,
    UNKNOWN,
    Window,
    outcomes,
    smallest_silence,
)
from analytics.churn.services.running import score_churn
from analytics.churn.services.training import month_ends, read_rows, split, train_churn
from analytics.scoring.models import ScoreModel
from analytics.scoring.rules.figures import roc_auc
from tests.analytics.churn.conftest import deal, known, lose, talk
from tests.analytics.churn.planted import outcome, plant

pytestmark = pytest.mark.django_db


@pytest.fixture
def then() -> datetime:
    """A fixed day: month ends fall where they fell when the company was planted."""
    return datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def planted(consultant, then):
    return plant(consultant, then, number=450)


@pytest.mark.spec("ANA-47")
def test_the_card_first_and_a_model_that_tells_who_leaves(consultant, then) -> None:
    """Below 200 lost customers the card scores, from there on a fitted model with AUC over .8.

    One company at two moments: what is trained at each knows nothing of what came later. Tested
    are the scores the night stored, against what happened in the 90 days after it.
    """
    planted = plant(consultant, then, number=1500)
    early, late = then - timedelta(days=200), then - timedelta(days=100)
    for now, is_fitted in ((early, False), (late, True)):
        lost = read_rows(now=now, levels=ChurnLevels(), places=(0,))[0].lost
        assert (lost >= 200) is is_fitted
        with translation.override("en"):
            [lead] = train_churn(now=now, stages=["lead"])
        assert lead.in_use, lead.why
        assert (lead.engine != "card") is is_fitted, lead.why
        if not is_fitted:
            assert lead.why == f"{lost} losses so far; a model needs 200."
        row = ScoreModel.objects.get(kind="churn", stage="lead", state="active")
        assert row.engine == lead.engine
        assert row.metrics[""]["auc"] >= 0.8, "on months it had not seen"
        assert row.metrics[""]["ece"] <= 0.06, "its probabilities can be used"
        score_churn(slot=f"nightly:{now:%j}", now=now)
        used = ChurnScore.objects.filter(stage="lead")
        assert set(used.values_list("engine", "model_version")) == {(row.engine, row.version)}
    truth = outcome(planted, late)
    scores = dict(used.values_list("pk", "probability"))
    keys = [key for key in scores if key in truth]
    assert len(keys) > 800
    happened, said = [truth[key] for key in keys], [scores[key] for key in keys]
    assert roc_auc(happened, said) >= 0.8, "the stored scores against what happened afterwards"
    assert 0.8 <= np.mean(said) / np.mean(happened) <= 1.25
    for stored in used.filter(level__in=("red", "yellow")):
        assert stored.reasons, "reasons per customer"
        assert all(share > 0 for _name, _value, share in stored.reasons)
    assert used.filter(level="red").exists()


def test_a_card_of_few_losses_says_probabilities_that_hold(planted, then) -> None:
    """The usual share of the policy is .38; the card moves to what the company sees."""
    now = then - timedelta(days=100)
    [lead] = train_churn(now=now, stages=["lead"])
    assert (lead.engine, lead.in_use) == ("card", True), lead.why
    score_churn(slot="nightly:x", now=now)
    truth = outcome(planted, now)
    stored = dict(ChurnScore.objects.values_list("pk", "probability"))
    keys = [key for key in stored if key in truth]
    said, happened = [stored[key] for key in keys], [truth[key] for key in keys]
    assert abs(np.mean(said) - np.mean(happened)) <= 0.05
    assert roc_auc(happened, said) >= 0.7, "whose law is known has .81"


def test_with_too_few_customers_the_usual_share_of_the_policy_counts(consultant, then) -> None:
    people = [known(consultant, then, days=3) for _ in range(3)]
    [lead] = train_churn(now=then, stages=["lead"])
    assert (lead.version, lead.engine) == (None, "card")
    score_churn(slot="nightly:x", now=then)
    rows = ChurnScore.objects.filter(pk__in=[each.pk for each in people])
    assert {(row.engine, row.model_version) for row in rows} == {("card", 0)}
    usual = ChurnLevels().base_rates["lead"] / 1000
    assert all(0 < row.probability <= usual + 0.1 for row in rows), "fresh and well kept"


def test_too_few_losses_leave_the_card(consultant, then) -> None:
    plant(consultant, then, number=220, seed=3)
    with translation.override("en"):
        [lead] = train_churn(now=then, stages=["lead"])
    assert lead.engine == "card"
    said = "a model needs 200" if lead.in_use else "Its probabilities are off by"
    assert said in lead.why
    assert ScoreModel.objects.get().engine == "card"
    score_churn(slot="nightly:x", now=then)
    assert set(ChurnScore.objects.values_list("engine", flat=True)) == {"card"}


def test_nothing_to_learn_from_is_said(db, now, capsys) -> None:
    call_command("train_churn")
    said = capsys.readouterr().out
    assert said.count("not in use") == 4
    assert not ScoreModel.objects.exists()


def test_the_commands_say_what_they_did(consultant, now, capsys) -> None:
    known(consultant, now)
    known(consultant, now, days=100)
    call_command("score_churn", slot="x")
    assert "lost 1, came back 0, scored 1" in capsys.readouterr().out
    call_command("score_churn", slot="x")
    assert "has run already" in capsys.readouterr().out


@pytest.mark.spec("CUS-97")
def test_labels_by_stage(consultant, now) -> None:
    """The gap, the horizon, the purchase as a competing event, silence from its own day on."""
    at = now - timedelta(days=100)
    people = {}
    for name in ("stayed", "lost", "gap", "bought", "silent", "left"):
        people[name] = known(consultant, now, days=150)
        talk(people[name], at - timedelta(days=1))
        if name not in ("silent", "left"):
            for days in (50, 99):
                talk(people[name], at + timedelta(days=days))
    lose(people["lost"], at + timedelta(days=30), "price")
    lose(people["gap"], at + timedelta(days=3), "price")
    deal(people["bought"], at + timedelta(days=20))
    lose(people["left"], at - timedelta(days=1), "price")
    reserved, cancelled = known(consultant, now, days=150), known(consultant, now, days=150)
    deal(reserved, at - timedelta(days=5), state="signed", signed_at=at + timedelta(days=30))
    ended = at + timedelta(days=40)
    deal(cancelled, at - timedelta(days=5), state="cancelled", ended_at=ended)
    shot = read_snapshot(cut_at(at), 0, 10**9)
    fates = read_fates(shot, ChurnDefinition(), until=now)
    found = outcomes(
        fates.lost_at,
        fates.bought_at,
        at=at.timestamp(),
        known_until=now.timestamp(),
        window=Window(),
    )
    result = dict(zip(shot.ids.tolist(), found.tolist(), strict=True))
    expected = {
        "stayed": STAYED,
        "lost": LOST,
        "gap": IN_GAP,
        "bought": BOUGHT,
        "silent": LOST,
    }
    assert {name: result[people[name].pk] for name in expected} == expected
    assert result[reserved.pk] == BOUGHT
    assert result[cancelled.pk] == LOST
    left = dict(zip(shot.ids.tolist(), fates.had_left.tolist(), strict=True))
    assert left[people["left"].pk]
    assert not left[people["silent"].pk]


@pytest.mark.parametrize(
    ("lost", "bought", "expected"),
    [
        (7.5, None, LOST),
        (7.0, None, IN_GAP),
        (97.0, None, LOST),
        (97.5, None, STAYED),
        (50, 40, BOUGHT),
        (40, 50, LOST),
        (None, 3, IN_GAP),
        (None, None, STAYED),
    ],
)
def test_outcomes_at_the_edges(lost, bought, expected) -> None:
    def seconds(days):
        return np.array([np.nan if days is None else days * DAY])

    window = Window(gap=7, horizon=90)
    known_until = 97 * DAY
    args = (seconds(lost), seconds(bought))
    assert outcomes(*args, at=0.0, known_until=known_until, window=window)[0] == expected
    early = outcomes(*args, at=0.0, known_until=known_until - 1, window=window)
    assert early[0] == UNKNOWN


def test_rows_of_one_test_window_never_teach(planted, then) -> None:
    levels = ChurnLevels()
    rows = read_rows(now=then, levels=levels)[0]
    learned, tested = split(rows, days=levels.window.days)
    assert learned.at.max() < tested.at.min()
    if learned.labels.sum() >= 30 and learned.at.max() + levels.window.days * DAY > tested.at.min():
        known = rows.at + levels.window.days * DAY <= tested.at.min()
        assert rows.labels[known].sum() < 30, "else what is known before the test is enough"
    assert all(at + timedelta(days=97) <= then for at in month_ends(then, months=24, days=97))


def test_the_shortest_silence_from_which_few_return() -> None:
    returns = np.array([5.0] * 50 + [40.0] * 20 + [70.0] * 2 + [np.nan] * 30)
    assert smallest_silence(returns, candidates=(30, 60, 90)) == 60
    assert smallest_silence(np.array([100.0]), candidates=(30, 60)) is None
