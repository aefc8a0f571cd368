"""Training at once from the page of the register: who may, once at a time, and what came of it."""

from datetime import timedelta

import numpy as np
import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.churn.models import ChurnScore
from analytics.churn.services.running import score_churn
from analytics.scoring import tasks
from analytics.scoring.models import ScoreModel
from analytics.scoring.services import asking
from analytics.scoring.services.asking import LEASE, standings, train_one
from analytics.scoring.trainings import trainings
from crm_site.audit.models import AuditEvent
from crm_site.common.models import JobRun
from tests.analytics.churn.conftest import known, talk
from tests.analytics.churn.planted import plant
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
LEAD = "train-now:churn:lead"


@pytest.fixture
def now():
    return timezone.localtime()


@pytest.fixture
def keeper(client_for):
    return client_for(UserFactory(role="head_office"))


@pytest.fixture
def sent(monkeypatch, django_capture_on_commit_callbacks):
    """Hold messages to the workers back; tell which were sent."""
    found = []
    monkeypatch.setattr(asking, "queue", lambda _task, key: found.append(key) or True)
    return found


def ask(client, kind="churn", **more):
    return client.post(reverse("analytics:score-model-train"), {"kind": kind, **more})


def page(client):
    return client.get(reverse("analytics:score-models"), headers=ENGLISH).content.decode()


def work_off(now):
    for one in trainings("churn"):
        train_one(one.key, now=now)


def test_a_training_asked_for_runs_shows_its_progress_and_its_outcome(
    keeper, sent, consultant, now, django_capture_on_commit_callbacks
):
    plant(consultant, now, number=220, seed=3)
    assert "Not asked for yet" in page(keeper)
    with django_capture_on_commit_callbacks(execute=True):
        assert ask(keeper).status_code == 302
    assert sorted(sent) == sorted(one.key for one in trainings("churn"))
    assert AuditEvent.objects.filter(kind=asking.ASKED).count() == 1
    text = page(keeper)
    assert text.count("At work") == 4
    assert "every 3s" in text
    assert "disabled" in text
    answer = keeper.get(reverse("analytics:score-model-training"), headers=ENGLISH)
    assert answer.content.decode().count("At work") == 4
    for key in sent:
        tasks.train_asked.apply(args=[key], throw=True)
    row = ScoreModel.objects.get()
    assert (row.kind, row.stage) == ("churn", "lead")
    text = page(keeper)
    assert "Version 1 in use" in text or "Version 1 kept, not in use" in text
    assert text.count("Nothing new; the model in use stays") == 3
    assert "At work" not in text
    polled = keeper.get(reverse("analytics:score-model-training"), headers={"HX-Request": "true"})
    assert polled.headers["HX-Redirect"] == reverse("analytics:score-models")


def test_asked_again_while_it_runs_nothing_is_begun_twice(
    keeper, sent, now, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        first = ask(keeper, idempotency_key="once")
        repeated = ask(keeper, idempotency_key="once")
        other = ask(keeper)
    assert (first.status_code, repeated.status_code, other.status_code) == (302, 302, 409)
    assert len(sent) == len(trainings("churn"))
    assert train_one(LEAD, now=now) is not None
    assert train_one(LEAD, now=now) is None, "a message that comes twice"
    JobRun.objects.filter(name__startswith="train-now").update(
        outcome="running", finished_at=None, started_at=now - LEASE - timedelta(seconds=1)
    )
    assert all(one.stopped for one in standings(now=now) if one.run)
    assert "Stopped before its end; train again" in page(keeper)
    with django_capture_on_commit_callbacks(execute=True):
        assert ask(keeper).status_code == 302, "a dead one is taken over"


def test_without_workers_the_page_says_so(
    keeper, now, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(asking, "queue", lambda *_: False)
    with django_capture_on_commit_callbacks(execute=True):
        ask(keeper)
    assert page(keeper).count("No worker can be reached; try again in a minute") == 4


def test_who_only_looks_cannot_train_and_nonsense_is_refused(client_for, keeper, sent):
    marketing = client_for(UserFactory(role="marketing"))
    assert "Train now" not in page(marketing)
    assert ask(marketing).status_code == 403
    assert ask(keeper, "colour").status_code == 409
    assert keeper.get(reverse("analytics:score-model-train")).status_code == 405
    assert not JobRun.objects.filter(name__startswith="train-now").exists()


def test_what_cannot_be_learned_is_said_and_the_last_good_scores_stay(
    keeper, sent, consultant, now, monkeypatch, django_capture_on_commit_callbacks
):
    """Nobody reserved, a source that breaks, a broken model file: an answer, and no score moves."""
    people = [known(consultant, now, days=200) for _ in range(30)]
    for one in people:
        for days in range(5, 195, 20):
            talk(one, now - timedelta(days=days))
    score_churn(slot="before", now=now)
    before = dict(ChurnScore.objects.values_list("pk", "probability"))
    assert len(before) == 30
    assert np.isfinite(list(before.values())).all()
    with django_capture_on_commit_callbacks(execute=True):
        ask(keeper, "purchase_intent")
    tasks.train_asked.apply(args=["train-now:purchase_intent:"], throw=True)
    assert "暂时无从学习" in page(keeper), "what a job writes down is in the company's words"
    assert "Nothing new; the model in use stays" in page(keeper)

    with django_capture_on_commit_callbacks(execute=True):
        ask(keeper)
    monkeypatch.setattr("analytics.churn.services.training.read_rows", _broken)
    with pytest.raises(ZeroDivisionError):
        train_one(LEAD, now=now)
    assert "Broke off; the model in use stays" in page(keeper)

    ScoreModel.objects.create(
        kind="churn",
        stage="lead",
        version=7,
        engine="logistic",
        data="{",
        state="active",
        activated_at=now,
        trained_at=now,
        rows=1,
        losses=1,
        checksum="0" * 64,
    )
    done = score_churn(slot="after", now=now)
    assert "lead" in done.run.kept_back
    assert dict(ChurnScore.objects.values_list("pk", "probability")) == before


def test_a_constant_input_teaches_nothing_and_breaks_nothing(consultant, now):
    """Nobody of the planted ever complained or saw a price change: those columns are left out."""
    plant(consultant, now, number=220, seed=3)
    [lead] = [one for one in trainings("churn") if one.stage == "lead"]
    found = lead.run(now)
    assert found.version == 1
    left_out = ScoreModel.objects.get().data
    assert "complaints_open" in left_out


def _broken(**_named):
    raise ZeroDivisionError
