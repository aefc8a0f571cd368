"""The consent ledger: who agreed to what, under which words, and what follows (PLT-06)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from crm_site.audit.models import AuditEvent
from crm_site.policies.models import PolicyVersion
from crm_site.policies.services import in_force
from crm_site.policies.shapes import to_json
from customers.consent_policy import DEFAULT_TEXTS, TEXTS
from customers.models import ConsentEvent, Customer
from customers.rules.axes import Channel
from customers.rules.consent import Purpose, Standing, digest_of
from customers.services.consents import (
    consent_standing,
    has_consent,
    has_withdrawn,
    record_consent,
    with_consent,
    without_withdrawal,
)
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
MARKETING = Purpose.MARKETING


@pytest.fixture
def customer(consultant):
    return CustomerFactory(name="王浩然", owner=consultant)


def say(customer, now, *, purpose=MARKETING, given=True, actor=None, channel=Channel.PHONE):
    return record_consent(
        customer=customer, purpose=purpose, is_given=given, channel=channel, actor=actor, now=now
    )


def change_text(purpose, text, *, at):
    """Put another text into force, as an approval would."""
    value = to_json(in_force(TEXTS, at=at).value)
    value["texts"][purpose.value] = text
    latest = PolicyVersion.objects.filter(key=TEXTS).order_by("-version").first()
    PolicyVersion.objects.create(
        key=TEXTS,
        version=latest.version + 1,
        payload=value,
        state="approved",
        valid_from=at,
        created_at=at,
        decided_at=at,
    )


def test_who_was_never_asked_has_not_agreed(customer, now):
    for purpose in Purpose:
        assert not has_consent(customer, purpose, at=now)
        assert not has_withdrawn(customer, purpose)
        assert consent_standing(customer.pk, purpose, at=now) is Standing.NEVER_ASKED


def test_a_consent_is_for_its_purpose_only_and_keeps_version_digest_channel(
    customer, consultant, now
):
    event = say(customer, now, actor=consultant, channel=Channel.VISIT)
    assert [purpose for purpose in Purpose if has_consent(customer, purpose, at=now)] == [MARKETING]
    row = ConsentEvent.objects.get(pk=event.pk)
    assert (row.text_version, row.channel, row.actor, row.at) == (1, "visit", consultant, now)
    assert row.text_digest == digest_of(DEFAULT_TEXTS["marketing"])
    trail = AuditEvent.objects.get(kind="consent.given")
    assert (trail.subject_id, trail.facts["purpose"]) == (str(customer.pk), "marketing")


def test_the_newest_row_counts_and_the_ledger_is_only_added_to(customer, now):
    say(customer, now)
    say(customer, now + timedelta(minutes=1), given=False)
    assert not has_consent(customer, MARKETING, at=now + timedelta(minutes=2))
    assert has_withdrawn(customer, MARKETING)
    say(customer, now + timedelta(minutes=3))
    assert has_consent(customer, MARKETING, at=now + timedelta(minutes=4))
    assert ConsentEvent.objects.count() == 3


def test_two_rows_of_one_moment_count_by_their_order(customer, now):
    say(customer, now)
    say(customer, now, given=False)
    assert consent_standing(customer.pk, MARKETING, at=now) is Standing.WITHDRAWN


@pytest.mark.check("A-36")
def test_a_changed_text_asks_for_a_new_consent_and_spares_the_other_purposes(customer, now):
    say(customer, now)
    say(customer, now, purpose=Purpose.CONTACT)
    later = now + timedelta(days=1)
    change_text(MARKETING, "我同意接收项目资讯，每周至多一次。", at=later)
    assert has_consent(customer, MARKETING, at=now)
    assert not has_consent(customer, MARKETING, at=later)
    assert consent_standing(customer.pk, MARKETING, at=later) is Standing.OUTDATED
    assert has_consent(customer, Purpose.CONTACT, at=later)
    assert list(with_consent(Customer.objects.all(), MARKETING, at=later)) == []
    event = say(customer, later)
    assert event.text_version == 2
    assert has_consent(customer, MARKETING, at=later)


def test_the_set_says_what_the_single_question_says(consultant, now, django_assert_num_queries):
    people = [CustomerFactory(owner=consultant) for _ in range(4)]
    say(people[0], now)
    say(people[1], now, given=False)
    say(people[2], now)
    say(people[2], now + timedelta(seconds=1), given=False)
    at = now + timedelta(hours=1)
    everyone = Customer.objects.order_by("pk")
    alone = [person for person in people if has_consent(person, MARKETING, at=at)]
    with django_assert_num_queries(2):
        assert list(with_consent(everyone, MARKETING, at=at)) == alone == [people[0]]
    assert list(without_withdrawal(everyone, MARKETING)) == [people[0], people[3]]


@pytest.mark.parametrize(
    ("bad", "field"), [({"channel": Channel.NOTE}, "channel"), ({"proof": "x" * 301}, "proof")]
)
def test_a_consent_without_a_channel_of_speech_is_refused(customer, now, bad, field):
    values = {"channel": Channel.PHONE, "proof": ""} | bad
    with pytest.raises(ValidationError) as refused:
        record_consent(
            customer=customer, purpose=MARKETING, is_given=True, actor=None, now=now, **values
        )
    assert list(refused.value.message_dict) == [field]
    assert ConsentEvent.objects.count() == 0
    assert not AuditEvent.objects.filter(kind__startswith="consent.").exists()
