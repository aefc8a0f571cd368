"""Batches: who gets them, when, once, and what came of it (MKT-37)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.models import Message
from customers.models import CustomerContact, Interaction
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import opt_out
from marketing.messaging.errors import MessagingError
from marketing.messaging.models import Batch, BatchMessage, Reply
from marketing.messaging.services.batches import preview, send_batch, stop_batch, work_batches
from marketing.messaging.services.replies import note_reply, read_replies
from marketing.messaging.services.settling import held_by_reason, settle, tally
from tests.factories import CustomerFactory, InteractionFactory
from tests.marketing.messaging.conftest import states

pytestmark = pytest.mark.django_db


def rows_of(batch):
    return BatchMessage.objects.filter(batch=batch)


def contact(customer, kind, value):
    return CustomerContact.objects.create(
        customer=customer, kind=kind, value=value, value_index=value.encode()
    )


@pytest.mark.spec("MKT-37")
def test_who_refused_never_receives_and_the_rates_count(
    people, make_batch, launch, agree, now, consultant
):
    never = CustomerFactory(owner=consultant, name="没问过")
    only_contact = CustomerFactory(owner=consultant, name="只同意联系")
    agree(only_contact, purposes=[Purpose.CONTACT])
    refused = people[4]
    opt_out(customer=refused, channel=Channel.SMS, actor=None, now=now)
    batch = launch(make_batch())
    assert preview(batch, now=now) == {"asked": 7, "refused": 2, "recipients": 5}
    assert work_batches(now=now)["rows"] == 5
    assert {never.name, only_contact.name}.isdisjoint(states(batch))
    assert states(batch)[refused.name] == ("held", "opted_out")
    agree(people[3], given=False, at=now)  # after the messages were written
    done = deliver_due(now=now + timedelta(seconds=1))
    assert (done.sent, done.suppressed) == (3, 1)
    settle(batch)
    assert states(batch)[people[3].name] == ("held", "do_not_contact")
    note_reply(
        customer=people[0], source="inbound", source_key="a", at=now + timedelta(hours=1), now=now
    )
    found = tally(batch)
    assert (found.recipients, found.sent, found.held, found.failed) == (5, 3, 2, 0)
    assert found.delivery_rate == 100
    assert found.reply_rate == pytest.approx(100 / 3)
    assert dict(held_by_reason(batch)) == {"opted_out": 1, "do_not_contact": 1}
    assert Message.objects.exclude(state="sent").filter(sent_at__isnull=False).count() == 0
    assert work_batches(now=now)["ended"] == 1
    batch.refresh_from_db()
    assert (batch.state, batch.ended_at) == ("done", now)


@pytest.mark.parametrize(
    ("channel", "kind"),
    [("sms", "phone"), ("email", "email"), ("app", "app"), ("wechat", "wechat")],
)
def test_each_means_reaches_its_address(
    channel, kind, people, make_batch, launch, now, monkeypatch
):
    one = people[0]
    if kind != "phone":
        contact(one, kind, "address-1")
    taken = []

    class Provider:
        def deliver(self, letter):
            taken.append((letter.to, letter.body))

    monkeypatch.setattr("crm_site.outbox.delivery.adapter_for", lambda _channel: Provider())
    batch = launch(make_batch(channel=channel, audience="list", asked={"ids": [one.pk]}))
    work_batches(now=now)
    assert deliver_due(now=now).sent == 1
    to = one.phone if kind == "phone" else "address-1"
    assert taken == [(to, "客户0，周六开放日等您来。")]
    row = rows_of(batch).get()
    assert (row.state, row.channel, row.sent_at) == ("sent", channel, now)
    line = Interaction.objects.get(customer=one)
    assert (line.is_automatic, line.content) == (True, "样板间开放")


def test_the_best_channel_is_chosen_and_who_has_none_is_held(people, make_batch, launch, now):
    people[0].channel_wish = "wechat"
    people[0].save()
    contact(people[0], "wechat", "wx-1")
    CustomerFactory._meta.model.objects.filter(pk=people[1].pk).update(
        phone=None, phone_index=None, phone_tail_index=None
    )
    batch = launch(make_batch(channel="best"))
    work_batches(now=now)
    found = {row.customer_id: (row.channel, row.state) for row in rows_of(batch)}
    assert found[people[0].pk] == ("wechat", "queued")
    assert found[people[1].pk] == ("", "held")
    assert found[people[2].pk] == ("sms", "queued")


def test_a_missing_variable_is_named_and_nothing_is_written(people, make_batch, launch, now):
    batch = make_batch(values={})
    with pytest.raises(MessagingError, match="event") as refusal:
        launch(batch)
    assert refusal.value.code == "missing-variable"
    assert refusal.value.extra == {"missing": ["event"]}
    batch.refresh_from_db()
    assert (batch.state, batch.body) == ("draft", "")
    assert work_batches(now=now)["rows"] == 0
    assert not Message.objects.exists()
    batch.values = {"event": "开放日", "prize": "电视"}
    batch.save()
    with pytest.raises(MessagingError, match="prize"):
        launch(batch)
    batch.values = {"event": "请打13800138000"}
    batch.save()
    with pytest.raises(MessagingError) as refusal:
        launch(batch)
    assert refusal.value.code == "number"


def test_a_record_that_lacks_the_name_of_its_place_is_held_back(
    make_batch, make_text, launch, agree, org, now
):
    alone = CustomerFactory(name="无顾问", project=org.project_one, region=org.region_east)
    agree(alone)
    text = make_text(body="{name}，您的顾问{consultant}")
    batch = launch(make_batch(template=text, values={}))
    work_batches(now=now)
    assert states(batch) == {"无顾问": ("held", "value_missing")}
    assert not Message.objects.exists()


@pytest.mark.parametrize("body", ["{Event}", "{a b}", "半个{", "电话13912345678", "绝对划算"])
def test_a_text_with_broken_places_or_words_is_not_kept(make_text, body):
    with pytest.raises(ValidationError) as refusal:
        make_text(body=body)
    assert "body" in refusal.value.message_dict


def test_messages_leave_in_the_hours_of_the_batch_only(people, make_batch, launch, now):
    batch = launch(make_batch(hour_from=14, hour_until=16))
    work_batches(now=now)
    early = deliver_due(now=now)
    assert (early.sent, early.postponed) == (0, 5)
    assert set(Message.objects.values_list("next_attempt_at", flat=True)) == {
        now + timedelta(hours=3, minutes=28)
    }
    assert deliver_due(now=now + timedelta(hours=3)).sent == 0
    assert deliver_due(now=now + timedelta(hours=4)).sent == 5
    settle(batch)
    assert tally(batch).sent == 5


def test_after_its_days_nothing_leaves(people, make_batch, launch, now):
    batch = launch(make_batch(ends_at=now + timedelta(hours=1)))
    work_batches(now=now)
    done = deliver_due(now=now + timedelta(hours=2))
    assert (done.sent, done.suppressed) == (0, 5)
    settle(batch)
    assert held_by_reason(batch) == [("window_over", 5)]


def test_a_stopped_batch_sends_nothing_more(people, make_batch, launch, marketing, now):
    batch = launch(make_batch())
    work_batches(now=now)
    stop_batch(batch=batch, actor=marketing, now=now)
    assert deliver_due(now=now).sent == 0
    assert held_by_reason(batch) == [("called_off", 5)]
    assert work_batches(now=now) == {"rows": 0, "ended": 0}
    with pytest.raises(MessagingError):
        stop_batch(batch=batch, actor=marketing, now=now)


def test_sending_again_makes_no_second_row(people, make_batch, launch, now):
    batch = launch(make_batch())
    assert send_batch(batch=batch, now=now) == 5
    Batch.objects.filter(pk=batch.pk).update(state="preparing", frozen_to=0)
    assert send_batch(batch=batch, now=now) == 5  # looked at again, written once
    assert rows_of(batch).count() == Message.objects.count() == 5
    with pytest.raises(MessagingError):
        launch(batch)


def test_the_weekly_number_counts_all_channels(people, make_batch, launch, now):
    one = people[0]
    contact(one, "email", "a@example.com")
    contact(one, "wechat", "wx")
    for number, channel in enumerate(["sms", "email", "wechat", "sms"]):
        launch(make_batch(channel=channel, audience="list", asked={"ids": [one.pk]}))
        work_batches(now=now)
        assert deliver_due(now=now).sent == (1 if number < 3 else 0)
    assert Message.objects.get(state="suppressed").reason == "too_often"


def test_answers_are_read_from_talks_and_enquiries_after_the_message(
    people, make_batch, launch, consultant, now
):
    batch = launch(make_batch())
    work_batches(now=now)
    deliver_due(now=now)
    later = now + timedelta(hours=2)
    talk = {"author": consultant, "at": later}
    InteractionFactory(customer=people[0], channel="wechat", result="reached", **talk)
    InteractionFactory(customer=people[1], channel="phone", result="reached", **talk)
    InteractionFactory(customer=people[2], channel="visit", result="visited", **talk)
    InteractionFactory(
        customer=people[3],
        channel="sms",
        result="reached",
        author=consultant,
        at=now - timedelta(hours=2),
    )
    Interaction.objects.update(created_at=later)
    read_replies(now=later)
    read_replies(now=later)
    answered = set(rows_of(batch).filter(replied_at=later).values_list("customer__name", flat=True))
    assert answered == {"客户0", "客户2"}
    assert tally(batch).reply_rate == 40
    assert Reply.objects.filter(customer=people[0]).count() == 1
