"""The builder of inputs: what it counts, and that it never looks beyond its cut-off."""

from datetime import timedelta

import numpy as np
import pytest
from django.db.models import F

from analytics.churn.features.building import (
    LEAD,
    OWNER,
    RESERVATION,
    SIGNED,
    VISIT,
    FutureError,
    cut_at,
    read_snapshot,
)
from analytics.churn.features.sources import SOURCES, Source
from analytics.churn.rules.columns import plain
from customers.models import (
    ConsentEvent,
    CustomField,
    FieldEvent,
    IntentRegistration,
    Interaction,
    OwnershipEvent,
)
from customers.models.customer import Customer
from tests.analytics.churn.conftest import deal, known, talk
from tests.analytics.winback.conftest import call, case_of
from tests.analytics.winback.conftest import score as warned
from tests.factories import CustomerFactory
from tests.service.factories import TicketFactory

pytestmark = pytest.mark.django_db
EVERYBODY = (0, 10**9)


def shot_at(moment, sources=SOURCES):
    return read_snapshot(cut_at(moment, sources=sources), *EVERYBODY)


def value(shot, customer, name):
    row = int(np.flatnonzero(shot.ids == customer.pk)[0])
    return shot.table.values[name][row]


@pytest.mark.spec("ANA-47")
def test_inputs_are_what_happened(consultant, now) -> None:
    customer = known(consultant, now, days=100, budget_max=1_000_000)
    for days in (120, 100, 20):
        talk(customer, now - timedelta(days=days), channel="visit", result="visited")
    talk(customer, now - timedelta(days=14), mood="negative")
    talk(customer, now - timedelta(days=2), result="no_answer")
    friend = CustomerFactory(owner=consultant, referrer=customer)
    Customer.objects.filter(pk=friend.pk).update(created_at=now - timedelta(days=1))
    other = friend.owner
    OwnershipEvent.objects.create(
        customer=customer, at=now - timedelta(days=10), from_owner=other, to_owner=consultant
    )
    customer_b = known(consultant, now, days=5)
    OwnershipEvent.objects.create(
        customer=customer_b, at=now - timedelta(days=3), from_owner=None, to_owner=consultant
    )
    late = TicketFactory(customer=customer, opened_at=now - timedelta(days=9))
    late.clocks.create(
        kind="closure",
        started_at=now - timedelta(days=9),
        due_at=now - timedelta(days=2),
        basis="natural",
        limit_minutes=60,
        policy_version=1,
        calendar_key="x",
    )
    IntentRegistration.objects.create(
        customer=customer, version=1, purpose="own_use", competitors="隔壁楼盘", at=now
    )
    shot = shot_at(now)
    assert plain("silence", value(shot, customer, "silence")) == pytest.approx(14, abs=0.01)
    assert value(shot, customer, "visits") == 1
    assert value(shot, customer, "visits_fallen") == 1
    assert value(shot, customer, "no_answers") == 1
    assert value(shot, customer, "bad_moods") == 1
    assert value(shot, customer, "referrals") == 1
    assert value(shot, customer, "complaints_open") == 1
    assert value(shot, customer, "complaints_overdue") == 1
    assert value(shot, customer, "competitor_seen") == 1
    assert value(shot, customer, "channel") == "walk_in"
    assert value(shot, customer, "consultant_changes") == 0, "from and to are the same person"
    assert value(shot, customer_b, "consultant_changes") == 0, "the first owner is no change"
    assert np.isnan(value(shot, customer_b, "rating"))


def test_stages(consultant, now) -> None:
    lead = known(consultant, now)
    visited = known(consultant, now)
    talk(visited, now - timedelta(days=3), channel="visit", result="visited")
    ago = now - timedelta(days=20)
    reserved, signed, owner, back = (known(consultant, now, days=60) for _ in range(4))
    deal(reserved, ago)
    deal(signed, ago, state="signed", signed_at=ago)
    deal(owner, ago, state="handed_over", signed_at=ago, handed_over_at=ago)
    deal(back, ago, state="cancelled", ended_at=now - timedelta(days=1))
    shot = shot_at(now)
    found = dict(zip(shot.ids.tolist(), shot.stages.tolist(), strict=True))
    expected = {lead: LEAD, visited: VISIT, reserved: RESERVATION, signed: SIGNED, owner: OWNER}
    for customer, stage in (expected | {back: LEAD}).items():
        assert found[customer.pk] == stage
    earlier = shot_at(now - timedelta(days=10))
    found = dict(zip(earlier.ids.tolist(), earlier.stages.tolist(), strict=True))
    assert found[back.pk] == RESERVATION, "it was not cancelled then"
    assert found[visited.pk] == LEAD, "the visit came later"


def test_what_comes_later_changes_nothing(consultant, now) -> None:
    """The same moment gives the same inputs before and after things happen."""
    then = now - timedelta(days=10)
    customer = known(consultant, now, days=60, budget_max=900_000)
    talk(customer, now - timedelta(days=40))
    field = CustomField.objects.create(key="floor", label="楼层", kind="number")
    Customer.objects.filter(pk=customer.pk).update(custom={field.key: 7})
    before = shot_at(then)
    talk(customer, now - timedelta(days=1))
    talk(customer, then - timedelta(days=1), recorded=then + timedelta(days=2))
    TicketFactory(customer=customer, opened_at=now)
    deal(customer, now)
    Customer.objects.filter(pk=customer.pk).update(budget_max=1, custom={field.key: 99})
    for name, old in (("budget_max", "900000"), ("custom:floor", "7")):
        FieldEvent.objects.create(
            customer=customer, field=name, old_value=old, new_value="1", source="edit", at=now
        )
    after = shot_at(then)
    assert before.stages.tolist() == after.stages.tolist()
    assert value(after, customer, "custom:floor") == 7
    for name in before.table.names:
        np.testing.assert_array_equal(before.table.values[name], after.table.values[name], name)


@pytest.mark.spec("ANA-47")
@pytest.mark.parametrize("reached", [True, False])
def test_our_callback_is_no_contact_of_the_customer(consultant, no_holdout, now, reached) -> None:
    """A warning makes us call: that call changes no input, the customer's own moves do."""
    customer = known(consultant, now, days=100)
    talk(customer, now - timedelta(days=40))
    warned(customer, "none", "red", now)
    later = now + timedelta(hours=2)
    before = shot_at(later)
    call(case_of(customer), consultant, now + timedelta(hours=1), reached=reached)
    assert customer.interactions.count() == 2, "it stands in the timeline all the same"
    Interaction.objects.update(created_at=F("at"))
    after = shot_at(later)
    for name in before.table.names:
        np.testing.assert_array_equal(before.table.values[name], after.table.values[name], name)
    assert plain("silence", value(after, customer, "silence")) == pytest.approx(40, abs=0.1)
    talk(customer, later - timedelta(minutes=1))
    answered = shot_at(later)
    assert plain("silence", value(answered, customer, "silence")) < 1
    assert value(answered, customer, "talks") == 1


def test_loaded_history_counts_from_its_own_time(consultant, now) -> None:
    customer = known(consultant, now, days=300)
    talk(customer, now - timedelta(days=200), recorded=now)
    shot = shot_at(now - timedelta(days=150))
    assert plain("silence", value(shot, customer, "silence")) == pytest.approx(50, abs=0.01)


@pytest.mark.spec("ANA-47")
def test_a_canary_from_the_future_is_refused(consultant, now) -> None:
    """A column equal to the label, dated after the snapshot, makes the builder fail by name."""
    customer = known(consultant, now, days=60)
    talk(customer, now, result="refused")
    canary = Source(
        name="canary",
        rows="customers_interaction x",
        customer="x.customer_id",
        at="x.at",
        picks={"canary": "bool_or(x.result = 'refused')::int"},
        is_cut=False,
    )
    then = now - timedelta(days=30)
    with pytest.raises(FutureError) as refused:
        shot_at(then, (*SOURCES, canary))
    assert refused.value.source == "canary"
    shot_at(now + timedelta(seconds=1), (*SOURCES, canary))


def test_who_refuses_or_was_merged_is_not_looked_at(consultant, now) -> None:
    kept, refuses, gone = (known(consultant, now) for _ in range(3))
    ConsentEvent.objects.create(
        customer=refuses,
        purpose="profiling",
        is_given=False,
        text_version=1,
        text_digest="0" * 64,
        channel="phone",
        at=now,
    )
    Customer.objects.filter(pk=gone.pk).update(merged_into=kept)
    assert shot_at(now).ids.tolist() == [kept.pk]


def test_fields_of_the_company_are_inputs(consultant, now) -> None:
    customer = known(consultant, now)
    CustomField.objects.create(key="score", label="分", kind="number")
    CustomField.objects.create(key="plan", label="方案", kind="choice")
    CustomField.objects.create(key="mother", label="母亲", kind="text", is_personal=True)
    Customer.objects.filter(pk=customer.pk).update(
        custom={"score": "12.5", "plan": "月付", "mother": "王"}
    )
    shot = shot_at(now)
    assert value(shot, customer, "custom:score") == 12.5
    assert value(shot, customer, "custom:plan") == "月付"
    assert "custom:mother" not in shot.table.names
