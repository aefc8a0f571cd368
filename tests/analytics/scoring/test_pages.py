"""The pages of the register: figures, refusals, use with a reason, going back (BEY-08)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from analytics.scoring.choices import CHURN, ModelState
from analytics.scoring.models import ModelCheck, ScoreModel
from analytics.scoring.rules.gates import examine
from analytics.scoring.services.activating import activate
from analytics.scoring.services.registering import Findings, store_model
from crm_site.audit.models import AuditEvent
from tests.analytics.scoring.data import small_champion, world
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def champion():
    return small_champion()


@pytest.fixture
def client(client_for):
    return client_for(UserFactory(role="head_office"))


def stored(champion, **more):
    later, labels = world(1500, seed=4)
    verdict = examine(champion, later, labels)
    findings = Findings(metrics=verdict.metrics, **{"refusals": verdict.refusals, **more})
    return store_model(CHURN, champion, tested=findings, now=NOW, stage="lead")


def text_of(client, name, *args, status=200):
    answer = client.get(reverse(f"analytics:{name}", args=args), headers=ENGLISH)
    assert answer.status_code == status
    return answer.content.decode()


def post(client, name, row, **values):
    return client.post(reverse(f"analytics:{name}", args=[row.pk]), values, headers=ENGLISH)


@pytest.mark.spec("BEY-08")
def test_a_version_shows_its_figures_by_stage_and_goes_into_use_and_back(client, champion):
    first, second = stored(champion), stored(champion, refusals=[])
    activate(first, actor=None, now=NOW)
    figures = first.metrics["visit"]
    page = text_of(client, "score-model", first.pk)
    assert f"{figures['auc']:.3f}" in page
    assert f"{figures['ece']:.3f}" in page
    assert "Said and seen" in page
    assert first.engine_words in page

    assert post(client, "score-model-activate", second).status_code == 422
    answer = post(client, "score-model-activate", second, reason="better on later months")
    assert answer.status_code in (302, 204, 200)
    second.refresh_from_db()
    assert second.state == ModelState.ACTIVE
    event = AuditEvent.objects.get(kind="score_model.activated", reason="better on later months")
    assert event.subject_id == str(second.pk)

    post(client, "score-model-roll-back", second, reason="too many false alarms")
    first.refresh_from_db()
    assert first.state == ModelState.ACTIVE
    assert AuditEvent.objects.filter(kind="score_model.rolled_back").count() == 1


@pytest.mark.spec("BEY-08")
def test_a_version_that_is_off_or_leaks_says_so_and_stays_out(client, champion):
    off = stored(champion, refusals=[["ece", {"value": "0.071", "most": "0.030"}]])
    page = text_of(client, "score-model", off.pk)
    assert "off by 0.071" in page
    assert "score-model-activate" not in page
    answer = post(client, "score-model-activate", off, reason="please")
    assert answer.status_code == 422

    leaking = stored(champion, refusals=[])
    ScoreModel.objects.filter(pk=leaking.pk).update(leaks={"tags": 0.95})
    refused = post(client, "score-model-activate", leaking, reason="please")
    assert refused.status_code == 422
    assert "tags" in refused.content.decode()
    post(client, "score-model-activate", leaking, reason="typed before", confirmed=["tags"])
    leaking.refresh_from_db()
    assert (leaking.state, leaking.confirmed) == (ModelState.ACTIVE, ["tags"])


def test_a_broken_version_opens_and_says_what_to_do(client, champion):
    row = stored(champion)
    ScoreModel.objects.filter(pk=row.pk).update(data="{")
    assert "Train it again" in text_of(client, "score-model", row.pk)


def test_the_list_asks_the_same_few_questions_for_one_and_twenty(
    client, champion, django_assert_max_num_queries
):
    assert "No model has been trained yet" in text_of(client, "score-models")
    rows = [stored(champion) for _ in range(20)]
    ModelCheck.objects.create(model=rows[0], on=NOW.date(), at=NOW, warnings=[["retrain", {}]])
    with django_assert_max_num_queries(12):
        page = text_of(client, "score-models")
    assert "version 20" in page
    assert "1 warning" in page


def test_who_may_not_sees_nothing(client_for, champion):
    row = stored(champion)
    consultant = client_for(UserFactory(role="consultant"))
    text_of(consultant, "score-models", status=403)
    marketing = client_for(UserFactory(role="marketing"))
    assert "Put into use" not in text_of(marketing, "score-model", row.pk)
    assert post(marketing, "score-model-activate", row, reason="x").status_code == 403


def test_looks_are_shown_with_their_warnings_in_words(client, champion):
    row = stored(champion)
    activate(row, actor=None, now=NOW)
    ModelCheck.objects.create(
        model=row,
        on=NOW.date() + timedelta(days=1),
        at=NOW,
        scores_psi=0.31,
        inputs_psi={"silence": 0.42, "gap": 0.01},
        warnings=[
            ["drift_scores", {"psi": "0.31"}],
            ["unfair", {"group": "age:60", "ratio": "1.4"}],
        ],
        fairness=[
            {
                "group": "age:60",
                "rows": 120,
                "said": 0.4,
                "seen": 0.28,
                "ratio": 1.4,
                "is_off": True,
            }
        ],
    )
    page = text_of(client, "score-model", row.pk)
    assert "PSI 0.31" in page
    assert "Days without a talk" in page
    assert "60 years and older" in page
