"""The nightly scoring through its job: rows, levels, history, hooks, and what goes wrong."""

import math
from datetime import timedelta

import pytest
from django.db import connection, transaction

from analytics.churn.features import building
from analytics.churn.models import (
    ChurnRun,
    ChurnScore,
    ChurnScoreChange,
    ChurnShard,
    OwnerHealth,
)
from analytics.churn.services import running
from analytics.churn.services.running import open_run, score_churn, work_on
from analytics.scoring.models import ScoreModel
from customers.models import ConsentEvent, Customer, Lead
from tests.analytics.churn.conftest import deal, known, talk
from tests.service.factories import TicketFactory

pytestmark = pytest.mark.django_db


def night(now, name="nightly:1"):
    return score_churn(slot=name, now=now)


def neglect(customer, now):
    """Everything that speaks for leaving at once."""
    for days in (2, 4, 6, 8):
        talk(customer, now - timedelta(days=days), result="no_answer", mood="negative")
    talk(customer, now - timedelta(days=80), result="reached")
    for _ in range(2):
        ticket = TicketFactory(customer=customer, opened_at=now - timedelta(days=30))
        ticket.clocks.create(
            kind="closure",
            started_at=now - timedelta(days=30),
            due_at=now - timedelta(days=20),
            basis="natural",
            limit_minutes=60,
            policy_version=1,
            calendar_key="x",
        )


@pytest.mark.spec("CUS-98", "ANA-47")
def test_the_job_writes_one_row_for_each_active_customer(consultant, now, heard) -> None:
    quiet = known(consultant, now, days=100)
    neglect(quiet, now)
    fresh = known(consultant, now, days=1)
    buyer = known(consultant, now, days=60)
    deal(buyer, now - timedelta(days=9))
    owner = known(consultant, now, days=400)
    deal(owner, now - timedelta(days=99), state="handed_over", signed_at=now, handed_over_at=now)
    lost = known(consultant, now)
    Customer.objects.filter(pk=lost.pk).update(phase="churned")
    done = night(now)
    assert done.is_finished
    rows = {row.pk: row for row in ChurnScore.objects.all()}
    assert set(rows) == {quiet.pk, fresh.pk, buyer.pk}
    assert [rows[each.pk].stage for each in (quiet, fresh, buyer)] == [
        *("lead", "lead", "reservation")
    ]
    score = rows[quiet.pk]
    assert score.points > rows[fresh.pk].points
    assert score.level == "red"
    assert 1 <= len(score.reasons) <= 3
    assert all(share > 0 for _name, _value, share in score.reasons)
    assert {name for name, _value, _share in score.reasons} <= {
        *("silence", "no_answers", "bad_moods", "complaints_open", "complaints_overdue", "talks"),
        *("visits", "talks_fallen", "online_moves"),
    }
    assert (score.engine, score.model_version, score.scored_at) == ("card", 0, now)
    assert OwnerHealth.objects.get().customer == owner, "owners get a health score instead"
    assert ChurnScoreChange.objects.filter(customer=quiet, after="red").count() == 1
    told = {change.customer_id: change for change in heard}
    assert set(told) == set(rows)
    assert [
        (change.before, change.after) for change in heard if change.customer_id == quiet.pk
    ] == [*(("none", "yellow"), ("yellow", "red"))]
    assert told[quiet.pk].blocks == pytest.approx(score.blocks)


def test_a_second_night_tells_only_what_changed(consultant, now, heard) -> None:
    quiet = known(consultant, now, days=100)
    neglect(quiet, now)
    night(now)
    heard.clear()
    assert night(now).was_done
    night(now + timedelta(minutes=1), "nightly:2")
    assert heard == []
    assert ChurnScoreChange.objects.filter(customer=quiet).count() == 2
    talk(quiet, now + timedelta(hours=1), channel="visit", result="visited", mood="positive")
    night(now + timedelta(hours=2), "nightly:3")
    assert ChurnScore.objects.get().stage == "visit"


def test_who_leaves_the_circle_loses_the_score(consultant, now, heard) -> None:
    refuses, merged, lost, kept = (known(consultant, now) for _ in range(4))
    night(now)
    heard.clear()
    ConsentEvent.objects.create(
        customer=refuses,
        purpose="profiling",
        is_given=False,
        text_version=1,
        text_digest="0" * 64,
        channel="phone",
        at=now,
    )
    Customer.objects.filter(pk=merged.pk).update(merged_into=kept)
    Customer.objects.filter(pk=lost.pk).update(phase="churned")
    done = night(now + timedelta(hours=1), "nightly:2")
    assert done.run.removed == 3
    assert list(ChurnScore.objects.values_list("pk", flat=True)) == [kept.pk]
    assert {(change.customer_id, change.after) for change in heard} == {
        (each.pk, "none") for each in (refuses, merged, lost)
    }


@pytest.mark.spec("CUS-99")
def test_a_week_has_room_for_so_many_red_ones(consultant, now, heard, monkeypatch) -> None:
    from analytics.churn import policies

    monkeypatch.setattr(running, "levels_at", lambda _now: policies.ChurnLevels(reds_a_week=1))
    small = known(consultant, now, days=100, budget_max=500_000)
    large = known(consultant, now, days=100, budget_max=5_000_000)
    for customer in (small, large):
        neglect(customer, now)
    night(now)
    levels = dict(ChurnScore.objects.values_list("pk", "level"))
    assert levels == {small.pk: "yellow", large.pk: "red"}, "the most at stake first"
    assert ChurnScore.objects.get(pk=small.pk).wanted == "red"
    heard.clear()
    night(now + timedelta(minutes=1), "nightly:2")
    assert heard == [], "the week is full"
    night(now + timedelta(days=7), "nightly:3")
    assert ChurnScore.objects.get(pk=small.pk).level == "red"


def test_a_broken_model_keeps_the_last_good_scores(consultant, now) -> None:
    customer = known(consultant, now)
    buyer = known(consultant, now)
    deal(buyer, now - timedelta(days=9))
    night(now)
    before = ChurnScore.objects.get(pk=customer.pk)
    ScoreModel.objects.create(
        kind="churn",
        stage="lead",
        version=1,
        engine="binned",
        state="active",
        activated_at=now,
        trained_at=now,
        rows=1,
        losses=1,
        checksum="x",
        data="{}",
    )
    later = now + timedelta(days=20)
    run = night(later, "nightly:2").run
    assert "lead" in run.kept_back
    assert run.models_used.keys() == {"visit", "reservation", "signed"}
    after = ChurnScore.objects.get(pk=customer.pk)
    assert (after.points, after.scored_at) == (before.points, before.scored_at)
    assert ChurnScore.objects.get(pk=buyer.pk).scored_at == later


def test_a_source_that_sees_the_future_stops_the_run(consultant, now, monkeypatch) -> None:
    customer = known(consultant, now)
    night(now)
    canary = building.Source(
        name="canary",
        rows="customers_interaction x",
        customer="x.customer_id",
        at="x.at",
        picks={"canary": "1"},
        is_cut=False,
    )
    talk(customer, now + timedelta(days=9))
    real = running.cut_at
    monkeypatch.setattr(running, "cut_at", lambda at: real(at, sources=(*building.SOURCES, canary)))
    with pytest.raises(building.FutureError):
        night(now + timedelta(days=1), "nightly:2")
    assert "canary" in ChurnRun.objects.get(slot="nightly:2").failed
    assert ChurnScore.objects.get().scored_at == now


def test_two_starts_at_once_are_one_run(consultant, now) -> None:
    known(consultant, now)
    first = open_run(slot="nightly:1", now=now)
    assert open_run(slot="manual:x", now=now + timedelta(minutes=5)) == first
    second = score_churn(slot="manual:x", now=now + timedelta(minutes=5))
    assert (second.run, second.is_finished) == (first, True)
    assert ChurnRun.objects.count() == 1
    given_up = open_run(slot="nightly:2", now=now)
    later = open_run(slot="nightly:3", now=now + timedelta(hours=13))
    given_up.refresh_from_db()
    assert (later.slot, given_up.failed != "") == ("nightly:3", True)


@pytest.mark.spec("CUS-98")
def test_a_killed_worker_leaves_whole_ranges_behind(consultant, now, heard, monkeypatch) -> None:
    """What a killed transaction wrote is gone; the next start does the rest."""
    monkeypatch.setattr(running, "SHARD", 1)
    customers = [known(consultant, now) for _ in range(4)]
    run = open_run(slot="nightly:1", now=now)
    work_on(run, now=now, seconds=0)
    assert ChurnShard.objects.filter(done_at__isnull=False).count() == 1

    class Killed(BaseException):
        pass

    real = running.write_range

    def dying(*args, **named):
        real(*args, **named)
        raise Killed

    monkeypatch.setattr(running, "write_range", dying)
    with pytest.raises(Killed), transaction.atomic():
        work_on(run, now=now)
    assert ChurnScore.objects.count() == 1
    monkeypatch.setattr(running, "write_range", real)
    assert score_churn(slot="nightly:1", now=now + timedelta(hours=1)).is_finished
    assert set(ChurnScore.objects.values_list("scored_at", flat=True)) == {now}, "one cut-off"
    assert ChurnScoreChange.objects.count() == len(customers)


@pytest.mark.django_db(transaction=True)
def test_workers_share_the_ranges(org, consultant, now, monkeypatch) -> None:
    """A range another worker holds is passed over, not waited for."""
    monkeypatch.setattr(running, "SHARD", 1)
    known(consultant, now)
    known(consultant, now)
    run = open_run(slot="nightly:1", now=now)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            other.set_autocommit(False)
            cursor.execute("SELECT id FROM analytics_churnshard ORDER BY id LIMIT 1 FOR UPDATE")
            work_on(run, now=now)
            assert ChurnShard.objects.filter(done_at__isnull=False).count() == 1
            assert running.end_run(run, now=now) is False
            other.rollback()
    finally:
        other.close()
    assert score_churn(slot="nightly:1", now=now).is_finished
    assert ChurnScore.objects.count() == 2


def test_ranges_are_read_in_blocks_and_written_one_by_one(consultant, now, monkeypatch) -> None:
    monkeypatch.setattr(running, "SHARD", 1)
    customers = [known(consultant, now) for _ in range(12)]
    real, read = running.read_snapshot, []

    def counted(cut, first, last):
        read.append((first, last))
        return real(cut, first, last)

    monkeypatch.setattr(running, "read_snapshot", counted)
    done = night(now)
    assert (done.is_finished, done.shards, done.scored) == (True, 12, 12)
    pairs = [customers[place : place + 2] for place in range(0, 12, 2)]
    assert read == [(one.pk, other.pk) for one, other in pairs], "six blocks of two"
    assert ChurnScore.objects.count() == 12


def test_what_happens_between_reading_and_writing_counts(
    consultant, now, monkeypatch, heard
) -> None:
    """Who refuses, is merged, lost or deleted once the inputs were read gets no score."""
    refuses, merged, lost, deleted, kept = (known(consultant, now) for _ in range(5))
    gone = deleted.pk
    real = running.read_snapshot

    def late(cut, first, last):
        shot = real(cut, first, last)
        ConsentEvent.objects.create(
            customer=refuses,
            purpose="profiling",
            is_given=False,
            text_version=1,
            text_digest="0" * 64,
            channel="phone",
            at=now,
        )
        Customer.objects.filter(pk=merged.pk).update(merged_into=kept)
        Customer.objects.filter(pk=lost.pk).update(phase="churned")
        Lead.objects.filter(customer=gone).delete()
        Customer.objects.filter(pk=gone).delete()
        return shot

    monkeypatch.setattr(running, "read_snapshot", late)
    assert night(now).is_finished
    assert list(ChurnScore.objects.values_list("pk", flat=True)) == [kept.pk]
    assert {change.customer_id for change in heard} == {kept.pk}


def test_scores_add_up(consultant, now) -> None:
    """Base and blocks are the log odds of the probability (the stored ones to four digits)."""
    from analytics.churn.features.building import cut_at, read_snapshot
    from analytics.churn.rules.delivered import delivered_card
    from analytics.churn.rules.scored import score

    for place in range(5):
        neglect(known(consultant, now, days=20 + place), now)
    shot = read_snapshot(cut_at(now), 0, 10**9)
    champion = delivered_card(0.38)
    found, exact = score(champion, shot.table), champion.explain(shot.table)
    for row in range(len(shot.ids)):
        odds = found.base[row] + found.blocks[row].sum()
        p = found.probabilities[row]
        assert odds == pytest.approx(math.log(p / (1 - p)), abs=1e-6)
        assert found.probabilities[row] == pytest.approx(exact.probabilities[row], abs=1e-9)
        said = {name: values[row] for name, values in exact.by_block().items()}
        mine = dict(zip(found.block_names, found.blocks[row], strict=True))
        assert {name: said[name] for name in mine} == pytest.approx(mine, abs=1e-9)
