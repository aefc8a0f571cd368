"""The consent ledger: who agreed to what, under which words, and what follows (PLT-06)."""

import threading
import time
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from crm_site.outbox import kinds
from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.kinds import MessageKind
from crm_site.outbox.models import Message
from crm_site.outbox.services import ToAddressee, send_outside
from crm_site.outbox.tasks import deliver_messages
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
    opt_in,
    opt_out,
    record_consent,
    with_consent,
    without_withdrawal,
)
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
MARKETING = Purpose.MARKETING
ENGLISH = {"accept-language": "en"}
WORDS = {"title": "样板间开放", "body": "本周六十点"}


@pytest.fixture(autouse=True)
def _letters(monkeypatch):
    kind = MessageKind("test.letter", "%(title)s", "%(body)s", channels=())
    monkeypatch.setitem(kinds._KINDS, kind.key, kind)


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


# The tab of the record -------------------------------------------------------------------------


def url(customer, name):
    return reverse(f"customers:{name}", args=[customer.pk])


def post(client, customer, **data):
    return client.post(url(customer, "consent-record"), data, headers=ENGLISH)


def test_the_tab_asks_for_each_purpose_apart_and_ticks_nothing(client_for, consultant, customer):
    page = client_for(consultant).get(url(customer, "consents"), headers=ENGLISH).content.decode()
    for purpose, text in DEFAULT_TEXTS.items():
        assert page.count(f'name="purpose" value="{purpose}"') == 1
        assert text in page
    assert page.count('name="agreed"') == len(Purpose)
    tab = page.split('id="rec-tab"')[1].split("<dialog")[0]
    assert tab.count("<form") > len(Purpose)
    assert "checked" not in tab
    assert page.count("Not asked") == len(Purpose)


@pytest.mark.spec("PLT-06")
@pytest.mark.check("A-36")
def test_given_on_the_page_withdrawn_with_one_click_and_both_in_the_history(
    client_for, consultant, customer
):
    client = client_for(consultant)
    given = {"purpose": "marketing", "is_given": "yes", "channel": "visit", "proof": "纸质，第3柜"}
    given["text_version"] = 1
    assert post(client, customer, **given).status_code == 422
    assert post(client, customer, **{**given, "channel": ""}, agreed="on").status_code == 422
    assert post(client, customer, **{**given, "purpose": "all"}, agreed="on").status_code == 422
    assert ConsentEvent.objects.count() == 0
    assert post(client, customer, **given, agreed="on").status_code == 302
    assert has_consent(customer, MARKETING)
    later = timezone.now()
    assert Message.objects.count() == 0
    write_to(customer, later)
    answer = post(client, customer, purpose="marketing", is_given="no", channel="phone")
    assert answer.status_code == 302
    assert not has_consent(customer, MARKETING)
    deliver_messages()
    message = Message.objects.get()
    assert (message.state, message.reason) == ("suppressed", "no_consent")
    page = client.get(url(customer, "consents"), headers=ENGLISH).content.decode()
    assert "纸质，第3柜" in page
    assert "Agreed · Visit to the sales office" in page
    assert "Withdrawn · Phone call" in page
    rows = ConsentEvent.objects.order_by("pk").values_list("is_given", "channel", "actor")
    assert list(rows) == [(True, "visit", consultant.pk), (False, "phone", consultant.pk)]


def test_a_consent_to_a_text_that_is_no_longer_todays_is_not_kept(client_for, consultant, customer):
    client, shown = client_for(consultant), 'name="text_version" value="{}"'
    assert shown.format(1) in client.get(url(customer, "consents")).content.decode()
    change_text(MARKETING, "我同意接收项目资讯，每周至多一次。", at=timezone.now())
    given = {"purpose": "marketing", "is_given": "yes", "channel": "visit", "agreed": "on"}
    for version in ({}, {"text_version": 1}):
        answer = post(client, customer, **given, **version)
        assert answer.status_code == 409
        assert "show the customer today&#x27;s text" in answer.content.decode()
    assert ConsentEvent.objects.count() == 0
    assert shown.format(2) in client.get(url(customer, "consents")).content.decode()
    assert post(client, customer, **given, text_version=2).status_code == 302
    assert ConsentEvent.objects.get().text_version == 2


def test_who_may_look_may_not_always_record_and_others_find_nothing(
    client_for, consultant_b, marketing, customer
):
    answer = {"purpose": "contact", "is_given": "no", "channel": "phone"}
    reader = client_for(marketing)
    assert "<form" not in reader.get(url(customer, "consents")).content.decode().split("rec-tab")[1]
    assert post(reader, customer, **answer).status_code == 403
    stranger = client_for(consultant_b)
    assert stranger.get(url(customer, "consents")).status_code == 404
    assert post(stranger, customer, **answer).status_code == 404
    assert ConsentEvent.objects.count() == 0


# At the moment of sending ----------------------------------------------------------------------


def write_to(customer, now, *, purpose="marketing", channel="sms", key="k"):
    letter = ToAddressee("test.letter", ("customer", customer.pk), channel, purpose, key, WORDS)
    send_outside([letter], now=now)


def fate(customer, now, **more):
    """Return the state and the reason of a message after one run of the delivery."""
    write_to(customer, now, **more)
    deliver_due(now=now)
    row = Message.objects.order_by("-pk").first()
    return row.state, row.reason


@pytest.mark.check("A-36")
@pytest.mark.parametrize("purpose", [Purpose.CONTACT, Purpose.MARKETING])
def test_without_consent_nothing_leaves_for_that_purpose(customer, now, purpose):
    for other in Purpose:
        if other is not purpose:
            say(customer, now, purpose=other)
    assert fate(customer, now, purpose=purpose.value) == ("suppressed", "no_consent")
    say(customer, now, purpose=purpose)
    assert fate(customer, now, purpose=purpose.value, key="k2") == ("sent", "")


def test_whoever_wants_no_contact_gets_nothing_whatever_else_was_agreed(customer, now):
    say(customer, now)
    say(customer, now, purpose=Purpose.CONTACT, given=False)
    assert fate(customer, now) == ("suppressed", "do_not_contact")


def test_a_refused_channel_is_not_used_until_it_is_allowed_again(customer, consultant, now):
    say(customer, now)
    assert opt_out(customer=customer, channel=Channel.SMS, actor=consultant, now=now)
    assert not opt_out(customer=customer, channel=Channel.SMS, actor=consultant, now=now)
    assert fate(customer, now) == ("suppressed", "opted_out")
    assert opt_in(customer=customer, channel=Channel.SMS, actor=consultant, now=now)
    assert fate(customer, now, key="k2") == ("sent", "")


def test_at_night_the_message_waits_and_is_asked_about_again_in_the_morning(customer, now):
    night = now.replace(hour=14)  # 22:32 in Shanghai
    say(customer, now)
    assert fate(customer, night) == ("waiting", "")
    morning = Message.objects.get().next_attempt_at
    assert f"{timezone.localtime(morning):%d %H:%M}" == "21 08:00"
    say(customer, night + timedelta(hours=1), given=False)
    deliver_due(now=morning)
    assert Message.objects.get().state == "suppressed"


def test_more_than_the_weekly_number_is_held_back_over_all_channels_together(customer, now):
    say(customer, now)
    say(customer, now, purpose=Purpose.CONTACT)
    customer.contacts.create(kind="wechat", value="wx-1", value_index=b"1")
    channels = ["sms", "wechat", "sms"]
    fates = [fate(customer, now, channel=one, key=f"k{n}") for n, one in enumerate(channels)]
    assert fates == [("sent", "")] * 3
    assert fate(customer, now, channel="wechat", key="k9") == ("suppressed", "too_often")
    assert fate(customer, now, purpose="contact", key="answer") == ("sent", "")
    later = now + timedelta(days=7, seconds=1)
    assert fate(customer, later, key="next") == ("sent", "")


def test_a_merged_customer_and_one_without_address_get_nothing(customer, consultant, now):
    say(customer, now)
    assert fate(customer, now, channel="email") == ("suppressed", "no_address")
    other = CustomerFactory(owner=consultant)
    say(other, now)
    Customer.objects.filter(pk=other.pk).update(merged_into=customer)
    assert fate(other, now, key="k2") == ("suppressed", "merged")


@pytest.mark.check("A-37")
@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_between_selection_and_sending_stops_the_rest_of_the_batch(
    consultant, now, monkeypatch
):
    people = [CustomerFactory(owner=consultant) for _ in range(200)]
    for person in people:
        say(person, now)
        write_to(person, now, key=f"k{person.pk}")
    sent, withdrawn = [], threading.Event()

    class Provider:
        def deliver(self, letter):
            sent.append((letter.key, withdrawn.is_set()))
            if len(sent) == 50:
                withdrawal.start()
                withdrawn.wait(20)

    def withdraw():
        try:
            for person in people[100:]:
                say(person, now + timedelta(seconds=1), given=False)
            withdrawn.set()
        finally:
            connection.close()

    withdrawal = threading.Thread(target=withdraw)
    monkeypatch.setattr("crm_site.outbox.delivery.adapter_for", lambda channel: Provider())
    done = deliver_due(now=now)
    withdrawal.join(20)
    assert (done.sent, done.suppressed) == (100, 100)
    gone = {f"k{person.pk}:sms" for person in people[100:]}
    assert [key for key, after in sent if after and key in gone] == []
    assert Message.objects.filter(state="suppressed", reason="no_consent").count() == 100


@pytest.mark.check("A-37")
@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_waits_for_the_message_that_is_being_handed_over(consultant, now, monkeypatch):
    customer = CustomerFactory(owner=consultant)
    say(customer, now)
    write_to(customer, now)
    order = []

    class SlowProvider:
        def deliver(self, letter):
            withdrawal.start()
            time.sleep(0.5)
            order.append("handed over")

    def withdraw():
        try:
            say(customer, now + timedelta(seconds=1), given=False)
            order.append("withdrawn")
        finally:
            connection.close()

    withdrawal = threading.Thread(target=withdraw)
    monkeypatch.setattr("crm_site.outbox.delivery.adapter_for", lambda channel: SlowProvider())
    assert deliver_due(now=now).sent == 1
    withdrawal.join(20)
    assert order == ["handed over", "withdrawn"]
