"""Warnings: one per customer, with a task nobody had to ask for (CUS-99, CUS-100)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import numpy as np
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from analytics.churn.hooks import ScoreChange
from analytics.churn.models import ChurnScore
from analytics.churn.rules.levels import LEVELS, PLACE, Cuts, levels_of
from analytics.winback.models import AlertEvent, ChurnAlert, HoldoutDraw, WinbackCase
from analytics.winback.policies import rules_at
from analytics.winback.rules.deadlines import due_at
from analytics.winback.rules.holdout import number_of
from analytics.winback.services.calling import hasten
from analytics.winback.services.following import apply_levels
from analytics.winback.services.tending import tend
from analytics.winback.tasks import tend_winback
from crm_site.calendars.builtin import SALES_OFFICE
from crm_site.calendars.services import calendar_for
from crm_site.outbox.models import Message
from customers.models import Purchase, Task
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from customers.services.merging import merge_customers
from customers.services.ownership import assign_customer
from tests.analytics.winback.conftest import case_of, score
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def kinds(customer):
    events = AlertEvent.objects.filter(alert__customer=customer).order_by("pk")
    return list(events.values_list("kind", flat=True))


def run_scores(customer, points, before, now):
    """Score a customer as the nightly run does; return the level it leaves."""
    places = np.array([PLACE[before]])
    after = LEVELS[levels_of(np.array([points]), places, Cuts())[0]]
    score(customer, before, after, now, points=points)
    return after


@pytest.mark.spec("CUS-99")
def test_a_score_that_rises_opens_one_red_warning_and_its_fall_closes_it(
    customer, no_holdout, set_rules, now
):
    set_rules(opens_from="red")
    level = run_scores(customer, 69, "yellow", now)
    assert not ChurnAlert.objects.exists()
    level = run_scores(customer, 71, level, now)
    alert = ChurnAlert.objects.get()
    assert (alert.level, alert.points, alert.cause, alert.closed_at) == ("red", 71, "service", None)
    level = run_scores(customer, 73, level, now)
    tend_winback()
    tend_winback()
    level = run_scores(customer, 65, level, now)  # below the limit, within the slack
    tend_winback()
    assert level == "red"
    assert ChurnAlert.objects.count() == Task.objects.count() == 1
    assert kinds(customer) == ["opened"]
    level = run_scores(customer, 59, level, now)
    alert.refresh_from_db()
    assert (level, alert.ending) == ("yellow", "calmed")
    assert kinds(customer) == ["opened", "closed"]
    assert Task.objects.get().state == "cancelled"
    assert WinbackCase.objects.get().state == "dropped"


def test_levels_raise_and_lower_the_same_warning(customer, no_holdout, now):
    score(customer, "none", "yellow", now)
    first = Task.objects.get().due_at
    later = now + timedelta(hours=1)
    score(customer, "yellow", "red", later)
    alert = ChurnAlert.objects.get()
    assert (alert.level, alert.rank, alert.counted_from) == ("red", 3, later)
    task = Task.objects.get()
    assert task.due_at < first  # a red one cannot wait three days
    assert case_of(customer).due_at == task.due_at
    score(customer, "red", "yellow", later)
    assert ChurnAlert.objects.get().level == "yellow"
    assert kinds(customer) == ["opened", "raised", "lowered"]


def test_who_rises_again_while_being_judged_has_the_same_warning(customer, no_holdout, now):
    score(customer, "none", "red", now)
    score(customer, "red", "green", now + timedelta(days=1))
    score(customer, "green", "red", now + timedelta(days=2))
    alert = ChurnAlert.objects.get()
    assert (alert.closed_at, alert.ending) == (None, "")
    assert kinds(customer) == ["opened", "closed", "reopened"]


def test_a_green_customer_is_called_only_where_the_policy_says_so(customer, set_rules, now):
    score(customer, "none", "green", now)
    assert not ChurnAlert.objects.exists()
    set_rules(opens_from="green")
    tend(now=now)
    case = case_of(customer)
    assert case.due_at == due_at(now, 168, calendar_for(SALES_OFFICE)).at


@pytest.mark.spec("CUS-100")
def test_a_red_score_makes_a_task_and_a_notice_and_silence_escalates(
    customer, no_holdout, consultant, supervisor, now
):
    score(customer, "none", "red", now)
    task, case = Task.objects.get(), case_of(customer)
    due = due_at(now, 24, calendar_for(SALES_OFFICE)).at
    assert (task.owner, task.due_at, task.kind) == (consultant, due, "call")
    assert (task.subject_kind, task.subject_id) == ("churn-case", str(case.pk))
    told = Message.objects.filter(kind="winback.callback")
    assert [row.recipient for row in told] == [consultant]
    tend(now=due - timedelta(minutes=1))
    assert not Message.objects.filter(kind="winback.late").exists()
    late = due + timedelta(minutes=1)
    assert tend(now=late)["escalated"] == 1
    assert tend(now=late + timedelta(hours=1))["escalated"] == 0
    told = Message.objects.filter(kind="winback.late")
    assert [row.recipient for row in told] == [supervisor]
    case.refresh_from_db()
    assert case.escalated_at == late


@pytest.mark.parametrize(("level", "hours"), [("red", 24), ("yellow", 72)])
def test_the_time_depends_on_the_level(customer, no_holdout, now, level, hours):
    score(customer, "none", level, now)
    assert Task.objects.get().due_at == due_at(now, hours, calendar_for(SALES_OFFICE)).at


def test_a_warning_closes_for_who_refuses_contact(customer, no_holdout, consultant, now):
    score(customer, "none", "red", now)
    record_consent(
        customer=customer, purpose=Purpose.CONTACT, is_given=False, channel=Channel.PHONE,
        actor=consultant, now=now,
    )  # fmt: skip
    assert tend(now=now)["closed"] == 1
    assert ChurnAlert.objects.get().ending == "opted_out"
    assert not Task.objects.open().exists()
    assert tend(now=now)["closed"] == 0
    score(customer, "red", "yellow", now)
    score(customer, "yellow", "red", now)
    assert ChurnAlert.objects.count() == 1


def test_a_warning_closes_for_a_merged_record(customer, no_holdout, consultant, supervisor, now):
    kept = CustomerFactory(name="林晓燕", owner=consultant)
    score(customer, "none", "red", now)
    score(kept, "none", "red", now)
    merge_customers(kept=kept, gone=customer, actor=supervisor, now=now)
    tend(now=now)
    standing = ChurnAlert.objects.open().get()
    assert standing.customer == kept
    assert ChurnAlert.objects.exclude(pk=standing.pk).get().ending == "merged"


def test_a_warning_closes_when_the_keys_are_handed_over(
    customer, no_holdout, consultant, unit, now
):
    score(customer, "none", "yellow", now, stage="signed")
    Purchase.objects.create(
        project=customer.project, unit=unit, customer=customer, consultant=consultant,
        state="handed_over", contract_no="HT-1", subscribed_at=now, agreed_total=1, deposit=1,
        state_since=now, begun_at=now, signed_at=now, handed_over_at=now,
    )  # fmt: skip
    tend(now=now)
    assert ChurnAlert.objects.get().ending == "handed_over"


def test_a_lost_score_closes_the_warning(customer, no_holdout, now):
    score(customer, "none", "red", now)
    score(customer, "red", "none", now)
    assert ChurnAlert.objects.get().ending == "unassessed"


def test_the_job_finds_scores_nobody_told_of_and_makes_lost_tasks_again(
    customer, no_holdout, consultant, consultant_b, supervisor, now
):
    score(customer, "red", "red", now)
    assert tend(now=now)["moved"] == 1
    assert tend(now=now)["moved"] == 0
    case = case_of(customer)
    assign_customer(customer=customer, owner=consultant_b, actor=supervisor, reason="调组", now=now)
    tend(now=now)
    case.refresh_from_db()
    assert Task.objects.open().get(source="winback").owner == consultant_b
    assert case.owner == consultant_b
    Task.objects.update(state="cancelled")
    assert tend(now=now)["tasks"] == 1
    assert Task.objects.open().get(source="winback").source_id == f"{case.pk}:2"


def test_a_chunk_of_many_customers_takes_few_statements(
    consultant, no_holdout, now, django_assert_max_num_queries
):
    def changes(number):
        people = [CustomerFactory(owner=consultant) for _ in range(number)]
        return [
            ScoreChange(person.pk, "none", "red", 0.8, blocks={"price": 1.0}, points=80)
            for person in people
        ]

    few, many = changes(2), changes(40)
    apply_levels(few, now=now)
    with django_assert_max_num_queries(60):
        assert apply_levels(many, now=now) == 40
    assert Task.objects.filter(source="winback").count() == 42


@pytest.mark.django_db(transaction=True)
def test_two_workers_open_one_warning(org, consultant, now, set_rules):
    set_rules(holdout_percent=0)
    customer = CustomerFactory(owner=consultant)
    change = ScoreChange(customer.pk, "none", "red", 0.8, blocks={"price": 1.0}, points=80)

    def run(_number):
        try:
            return apply_levels([change], now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert ChurnAlert.objects.count() == WinbackCase.objects.count() == 1
    assert Task.objects.filter(source="winback").count() == 1
    assert AlertEvent.objects.count() == 1


def test_killed_half_way_nothing_has_happened(customer, no_holdout, now, monkeypatch):
    def dies(*_args, **_kwargs):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("analytics.winback.services.starting.plan_callbacks", dies)
        with pytest.raises(MemoryError):
            score(customer, "none", "red", now)
    assert not ChurnAlert.objects.exists()
    assert ChurnScore.objects.exists()
    assert tend(now=now)["moved"] == 1  # the next run ends it
    assert Task.objects.filter(source="winback").count() == 1


def test_a_case_is_held_while_its_callback_is_brought_forward(customer, no_holdout, now):
    score(customer, "none", "yellow", now)
    case = case_of(customer)
    with transaction.atomic(), CaptureQueriesContext(connection) as told:
        hasten([case], rules=rules_at(now), now=now)
    cases = [each["sql"] for each in told if "analytics_winbackcase" in each["sql"]]
    assert "FOR UPDATE" in cases[0]


def test_a_draw_can_be_computed_again_from_what_it_keeps(customer, set_rules, now):
    set_rules(holdout_percent=50, seed="一" * 60)
    score(customer, "none", "red", now)
    draw = HoldoutDraw.objects.get()
    again = number_of(seed=draw.seed, quarter=draw.quarter, customer_id=draw.drawn_for)
    assert round(again, 9) == round(float(draw.number), 9)
