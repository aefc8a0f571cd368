"""Losses: each rule of the definition, their reasons, what becomes of them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics.churn import policies
from analytics.churn.models import ChurnLoss, ChurnLossReason
from analytics.churn.rules.words import LossState
from analytics.churn.services import finding
from analytics.churn.services.finding import find_losses
from analytics.churn.services.losses import (
    LossRefusedError,
    Told,
    end_loss,
    end_losses_of_returned,
    record_loss,
    tell_reasons,
)
from crm_site.audit.models import AuditEvent
from customers.models import Customer, Meeting, MeetingGuest, PhaseEvent, Playbook, PlaybookRun
from tests.analytics.churn.conftest import deal, known, lose, talk
from tests.service.factories import TicketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules(monkeypatch):
    """Change the definition in force."""

    def change(**values):
        found = policies.ChurnDefinition(**values)
        monkeypatch.setattr(finding, "definition_at", lambda _now: found)

    return change


def fate(customer):
    customer.refresh_from_db()
    loss = ChurnLoss.objects.filter(customer=customer).first()
    assert (loss is not None) == (customer.phase == "churned")
    return loss and (loss.rule, loss.stage, loss.main_reason)


@pytest.mark.spec("CUS-97", "CUS-21")
def test_each_rule_finds_its_customers(consultant, now) -> None:
    ago = now - timedelta(days=5)
    names = ("silent", "visited", "cancelled", "elsewhere", "price", "refunded", "complaint")
    people = {name: known(consultant, now, days=200, budget_max=900_000) for name in names}
    heard = known(consultant, now, days=200)
    talk(heard, now - timedelta(days=59))
    talk(people["visited"], now - timedelta(days=91), channel="visit", result="visited")
    patient = known(consultant, now, days=200)
    talk(patient, now - timedelta(days=89), channel="visit", result="visited")
    for name in ("cancelled", "elsewhere", "price", "refunded", "complaint"):
        talk(people[name], ago)
    deal(people["cancelled"], ago, state="cancelled", ended_at=ago)
    lose(people["elsewhere"], ago)
    lose(people["price"], ago, "price")
    for name in ("refunded", "complaint"):
        ended = {"state": "refunded", "signed_at": ago, "ended_at": ago}
        deal(people[name], now - timedelta(days=90), **ended)
    TicketFactory(customer=people["complaint"], opened_at=now - timedelta(days=40))
    assert find_losses(now=now) == 7
    assert {name: fate(customer) for name, customer in people.items()} == {
        "silent": ("silent", "lead", "unknown"),
        "visited": ("silent", "visit", "unknown"),
        "cancelled": ("cancelled", "reservation", "unknown"),
        "elsewhere": ("elsewhere", "lead", "unknown"),
        "price": ("gave_up", "lead", "over_budget"),
        "refunded": ("refunded", "signed", "unknown"),
        "complaint": ("complaint", "signed", "slow_after_sales"),
    }
    assert fate(heard) is None
    assert fate(patient) is None
    silent = ChurnLoss.objects.get(customer=people["silent"])
    assert silent.on == timezone.localdate(now - timedelta(days=140)), "200 days less 60"
    assert ChurnLoss.objects.get(customer=people["cancelled"]).money == 1_000_000
    assert silent.money == 900_000
    assert find_losses(now=now) == 0, "a second run finds nothing"
    assert ChurnLossReason.objects.count() == 7


def test_the_definition_is_a_policy(consultant, now, rules) -> None:
    quiet = known(consultant, now, days=50)
    gone = known(consultant, now, days=20)
    lose(gone, now)
    rules(silent_days=30, gave_up=False, elsewhere=False)
    assert find_losses(now=now) == 1
    assert fate(quiet)[0] == "silent"
    assert fate(gone) is None
    rules(silence=False)
    other = known(consultant, now, days=300)
    assert find_losses(now=now) == 1
    assert fate(gone)[0] == "elsewhere"
    assert fate(other) is None


def test_who_has_a_visit_booked_is_not_silent(consultant, now) -> None:
    customer = known(consultant, now, days=100)
    meeting = Meeting.objects.create(
        kind="visit",
        title="看房",
        owner=consultant,
        starts_at=now + timedelta(days=2),
        ends_at=now + timedelta(days=2, hours=1),
    )
    MeetingGuest.objects.create(meeting=meeting, customer=customer)
    assert find_losses(now=now) == 0
    Meeting.objects.update(state="cancelled")
    assert find_losses(now=now) == 1


@pytest.mark.spec("CUS-97")
def test_won_back_is_recovered_not_erased(consultant, now) -> None:
    customer = known(consultant, now, days=100)
    find_losses(now=now)
    won_back = {"as_": LossState.RECOVERED, "actor": consultant, "now": now}
    loss = end_loss(loss=ChurnLoss.objects.get(), why="到访", **won_back)
    assert (loss.state, loss.rule, loss.ended_why) == ("recovered", "silent", "到访")
    customer.refresh_from_db()
    assert customer.phase != "churned"
    with pytest.raises(LossRefusedError):
        end_loss(loss=loss, why="x", **won_back)
    assert find_losses(now=now) == 0, "the same silence is not found again"
    later = now + timedelta(days=70)
    talk(customer, now + timedelta(days=1))
    assert find_losses(now=later) == 1, "a new silence is a new loss"
    assert list(ChurnLoss.objects.values_list("state", flat=True).order_by("pk")) == [
        *("recovered", "standing")
    ]


def test_who_enquires_again_was_won_back(consultant, now) -> None:
    customer = known(consultant, now, days=100)
    find_losses(now=now)
    Customer.objects.filter(pk=customer.pk).update(phase="new")
    assert end_losses_of_returned(now=now) == 1
    assert ChurnLoss.objects.get().state == "recovered"


@pytest.mark.spec("CUS-108")
def test_a_loss_needs_a_main_reason(consultant, now) -> None:
    customer = known(consultant, now)
    day = timezone.localdate(now)
    values = {"customer": customer, "rule": "elsewhere", "on": day, "actor": consultant}
    for main in ("", "unknown", "no such"):
        with pytest.raises(LossRefusedError):
            record_loss(**values, told=Told(main), now=now)
    told = Told("price_cut", ("delay", "price_cut"), note="降价太突然")
    loss = record_loss(**values, told=told, now=now)
    assert (loss.main_reason, loss.scene, loss.said_by) == (
        *("price_cut", "bargaining", "consultant"),
    )
    assert set(loss.reasons.values_list("reason", flat=True)) == {"price_cut", "delay"}
    with pytest.raises(LossRefusedError):
        record_loss(**values, told=told, now=now)
    tell_reasons(loss=loss, told=Told("delay", scene="after_sales"), actor=consultant, now=now)
    loss.refresh_from_db()
    assert (loss.main_reason, loss.scene) == ("delay", "after_sales")
    assert set(loss.reasons.values_list("reason", flat=True)) == {"delay"}
    with pytest.raises(LossRefusedError):
        end_loss(loss=loss, as_=LossState.REVERSED, why=" ", actor=consultant, now=now)
    end_loss(loss=loss, as_=LossState.REVERSED, why="记错人了", actor=consultant, now=now)
    with pytest.raises(LossRefusedError):
        end_loss(loss=loss, as_=LossState.RECOVERED, why="x", actor=consultant, now=now)


def test_who_has_a_deal_is_not_given_up(consultant, now) -> None:
    customer = known(consultant, now)
    purchase = deal(customer, now - timedelta(days=3))
    values = {"customer": customer, "on": timezone.localdate(now), "actor": consultant}
    with pytest.raises(LossRefusedError):
        record_loss(**values, rule="gave_up", told=Told("loan"), now=now)
    assert purchase.state == "subscribed"
    owner = known(consultant, now)
    deal(owner, now, state="handed_over", signed_at=now, handed_over_at=now)
    loss = record_loss(**values | {"customer": owner}, rule="sold", told=Told("delay"), now=now)
    assert (loss.stage, loss.money) == ("owner", 1_000_000)


def _found_and_counted(consultant, now, number):
    """Let so many be found; return the statements of it and who they are."""
    people = [known(consultant, now, days=200) for _ in range(number)]
    with CaptureQueriesContext(connection) as statements:
        assert find_losses(now=now) == number
    return len(statements), people


@pytest.mark.spec("CUS-97")
def test_many_are_found_in_as_many_statements_as_one(consultant, now) -> None:
    """With the trail, the phase event, the reason and the playbook each would get alone."""
    steps = [
        {"key": "one", "title": "回访", "offset_hours": 24, "role": "owner", "task_kind": "call"}
    ]
    Playbook.objects.create(name="挽回", trigger="phase:churned", steps=steps)
    find_losses(now=now)  # policies are read once
    one, alone = _found_and_counted(consultant, now, 1)
    twenty, people = _found_and_counted(consultant, now + timedelta(minutes=1), 20)
    assert twenty == one
    customers = [*alone, *people]
    for rows in (PhaseEvent.objects.filter(to_phase="churned"), PlaybookRun.objects.all()):
        assert sorted(rows.values_list("customer_id", flat=True)) == [each.pk for each in customers]
    event = PhaseEvent.objects.filter(customer=people[7]).latest("pk")
    assert (event.from_phase, event.reason, event.actor) == ("potential", "rule:silent", None)
    trail = AuditEvent.objects.filter(kind="customer.phase_changed", subject_kind="customer")
    assert {row.subject_id: row.facts for row in trail} == {
        str(each.pk): {"from": "potential", "to": "churned"} for each in customers
    }
    assert ChurnLossReason.objects.count() == 21


def test_many_come_back_in_as_many_statements_as_one(consultant, now) -> None:
    spent = []
    for number in (1, 20):
        for _ in range(number):
            known(consultant, now, days=200)
        find_losses(now=now)
        Customer.objects.update(phase="new")
        with CaptureQueriesContext(connection) as statements:
            assert end_losses_of_returned(now=now) == number
        spent.append(len(statements))
    assert spent[0] == spent[1]
    loss = ChurnLoss.objects.latest("pk")
    assert (loss.state, loss.ended_at, loss.ended_by) == ("recovered", now, None)
    trail = AuditEvent.objects.filter(kind="loss.ended", subject_id=str(loss.customer_id))
    assert trail.get().facts == {"loss": loss.pk, "state": "recovered"}
