"""Watching a model in use: drift, calibration, alarms, fairness, training again (ANA-48)."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.utils import timezone
from django.utils.translation import override

from analytics.churn.features.building import cut_at, read_snapshot
from analytics.churn.models import ChurnLoss, ChurnScoreChange
from analytics.scoring.choices import CHURN
from analytics.scoring.models import ModelCheck, ScoreModel
from analytics.scoring.rules import CATEGORY, NUMBER, Column, Table
from analytics.scoring.rules.calibration import Calibration
from analytics.scoring.rules.champion import Champion
from analytics.scoring.rules.monitoring import (
    Limits,
    Outcomes,
    drift,
    fairness,
    score_shares,
    shapes_of,
    watch,
)
from analytics.scoring.rules.references import references_of
from analytics.scoring.rules.terms import AdditiveModel, NumberTerm
from analytics.scoring.services.activating import activate
from analytics.scoring.services.registering import Findings, store_model
from analytics.scoring.tasks import watch_score_models
from crm_site.outbox.kinds import render
from crm_site.outbox.models import Message
from customers.models import Customer, Interaction
from tests.factories import CustomerFactory, UserFactory


def spread(shift=0.0, seed=1, rows=2000):
    rng = np.random.default_rng(seed)
    texts = rng.choice(["a", "b"], rows, p=[0.8, 0.2] if shift else [0.3, 0.7]).astype(object)
    values = {"x": rng.normal(shift, 1, rows), "c": texts}
    return Table((Column("x", NUMBER), Column("c", CATEGORY)), values)


@pytest.mark.spec("ANA-48")
def test_shifted_data_are_a_warning_and_the_same_data_are_none():
    known = {"inputs": shapes_of(spread())}
    same = watch(known, spread(seed=2), np.full(2000, 0.2), None, Limits())
    assert same.warnings == []
    assert all(value < 0.02 for value in same.inputs_psi.values())
    moved = watch(known, spread(shift=1.5), np.full(2000, 0.2), None, Limits())
    assert {names["column"] for code, names in moved.warnings if code == "drift_input"} == {
        "x",
        "c",
    }


def test_what_goes_missing_is_drift():
    known = shapes_of(spread())
    empty = spread(seed=3)
    empty.values["x"] = np.where(np.arange(2000) % 2 == 0, np.nan, empty.values["x"])
    assert drift(known, empty)["x"] > 0.2
    assert drift(known, spread().take(np.arange(50))) == {}


def test_scores_alarms_and_calibration_by_hand():
    p = np.r_[np.full(50, 0.8), np.full(50, 0.2)]
    lost = np.r_[np.ones(30), np.zeros(20), np.ones(15), np.zeros(35)]
    seen = Outcomes(p, lost, (p > 0.5).astype(float), false_alarms=20, consultants=2, weeks=2)
    found = watch({"scores": score_shares(p)}, None, p, seen, Limits())
    assert (found.precision, found.recall) == (0.6, pytest.approx(2 / 3))
    assert found.in_the_large == pytest.approx(0.5 / 0.45)
    assert found.false_alarms == 5.0
    assert [code for code, _ in found.warnings] == ["false_alarms"]
    off = watch({}, None, p, Outcomes(p, lost / 2, lost, 0, 0, 0), Limits())
    assert [code for code, _ in off.warnings] == ["calibration"]


@pytest.mark.spec("BEY-08")
def test_a_group_that_is_told_too_much_is_marked():
    groups = np.repeat(["age:30", "age:60", ""], 400).astype(object)
    lost = np.tile(np.r_[np.ones(100), np.zeros(300)], 3)
    p = np.repeat([0.26, 0.40, 0.9], 400)
    found = {one["group"]: one for one in fairness(groups, lost, p, Limits())}
    assert set(found) == {"age:30", "age:60"}
    assert not found["age:30"]["is_off"]
    assert found["age:60"]["is_off"]
    assert found["age:60"]["ratio"] == pytest.approx(1.6)


@pytest.fixture
def crowd(now):
    owner = UserFactory(role="consultant")
    rows = CustomerFactory.create_batch(120)
    Customer.objects.update(created_at=now - timedelta(days=200), gender="f")
    Customer.objects.filter(pk__in=[row.pk for row in rows[:60]]).update(
        owner=owner, owned_since=now - timedelta(days=150)
    )
    return rows


@pytest.fixture
def now():
    return timezone.localtime()


def in_use(table, now, **more):
    term = NumberTerm("visits", 0.0, 1.0, 0.0, 10.0, weight=0.5)
    about = {"inputs": shapes_of(table), "scores": score_shares(np.full(table.rows, 0.27))}
    champion = Champion(
        "logistic",
        AdditiveModel(-1.0, (term,)),
        table.columns,
        Calibration(),
        references_of(table, None, ""),
        about=about,
    )
    row = store_model(CHURN, champion, tested=Findings(**more), now=now, stage="lead")
    return activate(row, actor=None, now=now)


@pytest.mark.django_db
@pytest.mark.spec("ANA-48")
def test_the_daily_look_tells_of_drift_and_of_the_day_to_train_again(crowd, now):
    shot = read_snapshot(cut_at(now), crowd[0].pk, crowd[-1].pk)
    row = in_use(shot.table, now, retrain_on=date(2020, 1, 1))
    keeper = UserFactory(role="head_office")
    watch_score_models()
    check = ModelCheck.objects.get(model=row)
    assert check.scored == 120
    assert [code for code, _ in check.warnings] == ["retrain"]
    assert Message.objects.filter(recipient=keeper).count() == 1

    Interaction.objects.bulk_create(
        Interaction(
            customer=one, channel="phone", result="reached", content="x", at=now - timedelta(days=1)
        )
        for one in crowd
    )
    Interaction.objects.update(created_at=now - timedelta(days=1))
    watch_score_models()
    check.refresh_from_db()
    moved = {names["column"] for code, names in check.warnings if code == "drift_input"}
    assert {"silence", "talks"} <= moved
    assert ModelCheck.objects.count() == 1
    watch_score_models()
    told = Message.objects.filter(recipient=keeper).order_by("pk")
    assert told.count() == 2
    with override("en"):
        text = render(told[1].kind, told[1].params)
    assert "Risk of loss" in text.title
    assert "PSI" in text.body


@pytest.mark.django_db
@pytest.mark.spec("ANA-48")
def test_the_daily_look_holds_old_alarms_against_what_came(crowd, now):
    then = now - timedelta(days=100)
    shot = read_snapshot(cut_at(now), crowd[0].pk, crowd[-1].pk)
    row = in_use(shot.table, now)
    common = {"stage": "lead", "before": "none", "engine": "logistic", "at": then}
    for place, one in enumerate(crowd):
        level, points = ("red", 80) if place < 60 else ("green", 20)
        ChurnScoreChange.objects.create(customer=one, after=level, points=points, **common)
    for one in crowd[:24]:
        ChurnLoss.objects.create(
            customer=one,
            on=(now - timedelta(days=30)).date(),
            rule="gave_up",
            stage="lead",
            main_reason="unknown",
            scene="information",
            source=f"test:{one.pk}",
            recorded_at=now,
        )
    watch_score_models()
    check = ModelCheck.objects.get(model=row)
    assert (check.rows, check.losses) == (120, 24)
    assert (check.precision, check.recall) == (0.4, 1.0)
    assert check.in_the_large == pytest.approx(0.5 / 0.2)
    assert check.false_alarms == pytest.approx(36 / 1 / 4)
    codes = {code for code, _ in check.warnings}
    assert {"calibration", "false_alarms", "unfair"} <= codes
    assert check.fairness[0]["group"] == "gender:f"


@pytest.mark.django_db
def test_a_model_that_cannot_be_read_is_a_warning(crowd, now):
    shot = read_snapshot(cut_at(now), crowd[0].pk, crowd[-1].pk)
    row = in_use(shot.table, now)
    ScoreModel.objects.filter(pk=row.pk).update(data="{}")
    watch_score_models()
    assert ModelCheck.objects.get().warnings[0][0] == "checksum"
