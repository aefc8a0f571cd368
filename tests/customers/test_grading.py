"""The regrade: its SQL against the rule, once per slot, locks, messages, single customers."""

import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from crm_site.common import whole_tables
from crm_site.outbox.models import Message
from crm_site.policies.services import in_force
from customers.grade_policy import WEIGHTS, GradePolicy
from customers.models import Customer, CustomerGrade, GradeEvent, RegradeRun
from customers.rules.axes import Channel, Grade
from customers.rules.consent import Purpose
from customers.rules.grades import Mode, grade_by_share, grade_for, score
from customers.services import grading
from customers.services.consents import record_consent
from customers.services.customers import update_customer
from customers.services.grade_locks import lock_grade
from customers.services.grading import (
    LOCK_KEY,
    RegradeBusyError,
    Regraded,
    regrade,
    regrade_customers,
    run_nightly_regrade,
)
from customers.tasks import grade_customers
from customers.tasks import regrade_customers as regrade_task
from tests.customers.crowds import inputs_of, put_weights_in_force, random_customers
from tests.factories import LeadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(org, consultant, now):
    regions = [org.region_east.pk, org.region_south.pk, None]
    return random_customers(200, owner=consultant, regions=regions, now=now)


@pytest.mark.parametrize("mode", list(Mode))
def test_the_sql_agrees_with_the_rule_for_every_customer(crowd, executive, head_office, now, mode):
    policy = GradePolicy(mode=mode)
    put_weights_in_force(policy, author=executive, approver=head_office, now=now)
    done = regrade(slot="one", now=now)
    assert (done.scored, done.written, done.changed) == (200, 200, 200)
    expected = {
        row.pk: score(inputs_of(row, now), weights=policy.weight_list)
        for row in Customer.objects.all()
    }
    held = {row.customer_id: row for row in CustomerGrade.objects.all()}
    assert {pk: (tuple(row.points), row.score) for pk, row in held.items()} == {
        pk: (scored.points, scored.score) for pk, scored in expected.items()
    }
    assert {row.policy_version for row in held.values()} == {2}
    grades = {pk: grade_for(s.score, cutoffs=policy.lowest_scores) for pk, s in expected.items()}
    if mode is Mode.PERCENTILE:
        grades = {}
        for region in Customer.objects.values_list("region", flat=True).distinct():
            ids = Customer.objects.filter(
                **({"region": region} if region else {"region__isnull": True})
            ).values_list("pk", flat=True)
            grades |= grade_by_share(
                {pk: expected[pk].score for pk in ids}, shares=policy.share_list
            )
    assert {pk: row.grade for pk, row in held.items()} == {
        pk: grade.value for pk, grade in grades.items()
    }


@pytest.mark.spec("CUS-12")
def test_a_thousand_customers_split_as_the_benchmark(org, consultant, now):
    random_customers(1000, owner=consultant, regions=[org.region_east.pk], now=now)
    regrade(slot="one", now=now)
    counts = [CustomerGrade.objects.filter(grade=grade.value).count() for grade in Grade]
    assert counts == [150, 300, 450, 50, 50]


@pytest.mark.spec("CUS-13")
@pytest.mark.check("A-53")
def test_the_job_run_twice_writes_nothing_the_second_time_and_a_locked_customer_stays(
    crowd, supervisor, now
):
    run_nightly_regrade(now=now)
    locked = crowd[0]
    lock_grade(
        customer=locked,
        grade=Grade.A,
        reason="老客户推荐人",
        until=now + timedelta(days=30),
        actor=supervisor,
        now=now,
    )
    before = snapshot()
    again = run_nightly_regrade(now=now + timedelta(minutes=1))
    assert again.is_repeat
    assert snapshot() == before
    other = regrade(slot="other", now=now + timedelta(minutes=2))
    assert (other.scored, other.written, other.changed) == (200, 0, 0)
    assert snapshot() == before

    Customer.objects.filter(pk=locked.pk).update(contribution=0, intent=None, budget_max=None)
    regrade(slot="third", now=now + timedelta(minutes=3))
    held = CustomerGrade.objects.get(customer=locked)
    assert (held.grade, held.lock_reason) == ("A", "老客户推荐人")


def snapshot():
    """Every grade row with its physical place, and every event: a rewritten row would differ."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text, xmin::text, g.* FROM customers_customergrade g")
        grades = sorted(map(str, cursor.fetchall()))
    return grades, GradeEvent.objects.count(), Message.objects.count()


def test_an_expired_lock_ends_with_the_next_run(crowd, supervisor, now):
    run_nightly_regrade(now=now)
    held = CustomerGrade.objects.filter(grade="E").first()
    lock_grade(
        customer=held.customer,
        grade=Grade.A,
        reason="x",
        until=now + timedelta(days=1),
        actor=supervisor,
        now=now,
    )
    regrade(slot="inside", now=now + timedelta(days=1) - timedelta(seconds=1))
    held.refresh_from_db()
    assert held.grade == "A"
    regrade(slot="after", now=now + timedelta(days=1))
    held.refresh_from_db()
    assert (held.grade, held.locked_until, held.lock_reason) == ("E", None, "")


def test_history_holds_old_new_score_points_and_version(crowd, now):
    run_nightly_regrade(now=now)
    customer = crowd[3]
    first = GradeEvent.objects.get(customer=customer)
    held = CustomerGrade.objects.get(customer=customer)
    assert (first.from_grade, first.to_grade, first.policy_version) == ("", held.grade, 1)
    assert (first.score, first.points, first.run) == (
        held.score,
        held.points,
        RegradeRun.objects.get(),
    )


def test_owners_get_one_message_about_all_their_changed_customers(
    crowd, consultant_b, executive, head_office, now
):
    for row in crowd[:100]:
        Customer.objects.filter(pk=row.pk).update(owner=consultant_b)
    regrade(slot="one", now=now)
    assert Message.objects.count() == 0  # first grades are no change
    put_weights_in_force(
        GradePolicy(mode=Mode.THRESHOLD), author=executive, approver=head_office, now=now
    )
    regrade(slot="two", now=now)
    run = RegradeRun.objects.get(slot="two")
    changed = GradeEvent.objects.filter(run=run).values_list("customer__owner__username", flat=True)
    assert run.changed == len(changed) > 20
    sent = {row.recipient.username: row for row in Message.objects.all()}
    assert set(sent) == {"consultant", "consultant_b"}
    for name, message in sent.items():
        assert message.kind == "grades.changed"
        assert message.params["count"] == list(changed).count(name)


def test_a_run_under_way_refuses_another_and_single_gradings(crowd, now):
    taken, release = threading.Event(), threading.Event()

    def hold():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
        taken.set()
        release.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert taken.wait(10)
        with pytest.raises(RegradeBusyError):
            regrade(slot="one", now=now)
        with pytest.raises(RegradeBusyError):
            regrade_customers(customer_ids=[crowd[0].pk], now=now)
    finally:
        release.set()
        holder.join(10)
    assert not RegradeRun.objects.exists()
    assert not CustomerGrade.objects.exists()


def test_a_run_that_dies_between_two_chunks_is_done_to_the_end_by_the_next(crowd, now, monkeypatch):
    real, calls = grading._write_chunk, []

    def dies_at_the_third(params):
        calls.append(params["first"])
        if len(calls) == 3:
            raise RuntimeError
        return real(params)

    monkeypatch.setattr(whole_tables, "CHUNK", 30)
    with monkeypatch.context() as patch:
        patch.setattr(grading, "_write_chunk", dies_at_the_third)
        with pytest.raises(RuntimeError):
            run_nightly_regrade(now=now)
    assert CustomerGrade.objects.count() == 60
    assert RegradeRun.objects.get().finished_at is None
    done = run_nightly_regrade(now=now)
    assert (done.scored, done.written, done.is_repeat) == (200, 140, False)
    run = RegradeRun.objects.get()
    assert (run.graded, run.changed) == (200, 200)
    assert GradeEvent.objects.filter(run=run).count() == CustomerGrade.objects.count() == 200
    assert run_nightly_regrade(now=now).is_repeat


def test_a_run_whose_time_is_over_hands_on_and_tells_nobody_yet(crowd, now, monkeypatch):
    monkeypatch.setattr(whole_tables, "CHUNK", 30)
    done = run_nightly_regrade(now=now, seconds=0)
    assert (done.written, done.is_finished) == (30, False)
    with monkeypatch.context() as patch:
        patch.setattr("customers.tasks.WRITING", 0)
        asked = []
        patch.setattr(regrade_task, "delay", lambda: asked.append(1))
        patch.setattr("customers.tasks.timezone.now", lambda: now)
        regrade_task()
        assert asked == [1]
    assert CustomerGrade.objects.count() == 60
    assert run_nightly_regrade(now=now).written == 140


def test_between_two_chunks_people_lock_grades_refuse_and_are_deleted(
    crowd, supervisor, now, monkeypatch
):
    real = grading._write_chunk
    lone = [row for row in crowd if not row.referred.exists()]
    regrade(slot="before", now=now)
    Customer.objects.update(intent=1, contribution=5)
    locked, refusing, leaving = sorted(lone[-3:], key=lambda row: row.pk)

    def with_life_in_between(params):
        if params["first"] == 31:
            lock_grade(
                customer=locked,
                grade=Grade.A,
                reason="x",
                until=now + timedelta(days=1),
                actor=supervisor,
                now=now,
            )
            record_consent(
                customer=refusing,
                purpose=Purpose.PROFILING,
                is_given=False,
                channel=Channel.PHONE,
                actor=None,
                now=now,
            )
            Customer.objects.filter(pk=leaving.pk).delete()
        return real(params)

    monkeypatch.setattr(whole_tables, "CHUNK", 30)
    monkeypatch.setattr(grading, "_write_chunk", with_life_in_between)
    done = regrade(slot="two", now=now)
    assert (done.scored, done.is_finished) == (200, True)
    assert CustomerGrade.objects.get(customer=locked).grade == "A"
    assert not CustomerGrade.objects.filter(customer=refusing).exists()
    assert CustomerGrade.objects.count() == 198


def test_one_customer_is_graded_by_the_cut_scores_of_the_last_run(crowd, consultant, now):
    regrade(slot="one", now=now)
    customer = crowd[0]
    region = customer.region_id
    cut = next(k for k in RegradeRun.objects.get().cutoffs if k["region"] == region)
    before = {row.pk: row.grade for row in CustomerGrade.objects.exclude(customer=customer)}
    Customer.objects.filter(pk=customer.pk).update(contribution=0, budget_max=None, intent=None)
    done = regrade_customers(customer_ids=[customer.pk], now=now, reason="edited")
    assert (done.scored, done.written) == (1, 1)
    held = CustomerGrade.objects.get(customer=customer)
    cents = int(held.score * 100)
    expected = next((g for g in "ABCD" if cents >= cut[g.lower()]), "E")
    assert held.grade == expected
    assert before == {row.pk: row.grade for row in CustomerGrade.objects.exclude(customer=customer)}
    assert regrade_customers(customer_ids=[customer.pk], now=now).written == 0


def test_a_single_change_of_grade_tells_the_owner_and_points_at_the_customer(
    crowd, consultant, now
):
    regrade(slot="one", now=now)
    held = CustomerGrade.objects.filter(grade="E", customer__region__isnull=False).first()
    Customer.objects.filter(pk=held.pk).update(
        contribution=10**9, budget_max=10**9, intent=3, project_role="decider", spending_power=5
    )
    LeadFactory(customer=held.customer, project=None, owner=None, state="signed")
    regrade_customers(customer_ids=[held.pk], now=now)
    held.refresh_from_db()
    assert held.grade == "A"
    message = Message.objects.get()
    assert (message.kind, message.recipient, message.subject_id) == (
        "grade.changed",
        consultant,
        str(held.pk),
    )


def test_before_the_first_run_one_customer_is_graded_by_the_fixed_cut_offs(crowd, now):
    regrade_customers(customer_ids=[crowd[0].pk, crowd[1].pk], now=now)
    lowest = in_force(WEIGHTS, at=now).value.lowest_scores
    rows = CustomerGrade.objects.all()
    assert len(rows) == 2
    assert all(row.grade == grade_for(row.score, cutoffs=lowest).value for row in rows)


def test_single_gradings_keep_the_version_of_the_last_run_until_the_next(
    crowd, executive, head_office, now
):
    regrade(slot="one", now=now)
    put_weights_in_force(
        GradePolicy(mode=Mode.THRESHOLD), author=executive, approver=head_office, now=now
    )
    Customer.objects.filter(pk=crowd[0].pk).update(contribution=12345)
    regrade_customers(customer_ids=[crowd[0].pk], now=now)
    assert CustomerGrade.objects.get(customer=crowd[0]).policy_version == 1


def test_the_command_prints_counts_and_never_repeats_a_slot(crowd, capsys):
    call_command("regrade_customers", slot="cli")
    assert capsys.readouterr().out == "scored 200, written 200, grades changed 200\n"
    call_command("regrade_customers", slot="cli")
    assert capsys.readouterr().out == "slot cli has run already; nothing done\n"


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_run_the_night_once(org, consultant, now):
    random_customers(20, owner=consultant, regions=[org.region_east.pk], now=now)
    barrier, outcomes = threading.Barrier(2), []

    def run():
        try:
            barrier.wait(10)
            outcomes.append(run_nightly_regrade(now=now).written)
        except RegradeBusyError:
            outcomes.append("busy")
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert outcomes.count(20) == 1
    assert RegradeRun.objects.count() == 1
    assert GradeEvent.objects.count() == 20


def test_an_edit_has_the_customer_graded_once_it_commits(
    crowd, consultant, now, django_capture_on_commit_callbacks, monkeypatch
):
    queued = []
    monkeypatch.setattr(
        grade_customers, "apply_async", lambda args, **options: queued.append(args[0])
    )
    customer = crowd[0]
    with django_capture_on_commit_callbacks(execute=True):
        update_customer(
            customer=customer,
            changes={"layout": "四室两厅"},
            version=customer.version,
            actor=consultant,
            now=now,
        )
    assert queued == [[customer.pk]]
    assert grade_customers(queued[0]) == 1
    assert CustomerGrade.objects.filter(customer=customer).exists()


def test_the_background_grading_waits_for_a_run_under_way(crowd, monkeypatch):
    calls = []

    def busy(**values):
        calls.append(values["customer_ids"])
        if len(calls) < 3:
            raise RegradeBusyError
        return Regraded(written=1)

    monkeypatch.setattr("customers.services.grading.regrade_customers", busy)
    grade_customers.apply(args=([crowd[0].pk],))
    assert calls == [[crowd[0].pk]] * 3
