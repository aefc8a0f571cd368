"""What each member of staff gets over which channel, and when other channels keep quiet."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.models import Message, Notification, NotificationPreference, QuietHours
from crm_site.outbox.preferences import save_preferences
from crm_site.outbox.quiet import quiet_until
from crm_site.outbox.services import Outgoing, send_many

pytestmark = pytest.mark.django_db
PARAMS = {"customer": "张三", "due": "10:32"}
PAGE = "/notifications/preferences/"
NIGHT = datetime(2026, 5, 20, 14, 30, tzinfo=UTC)  # 22:30 in Shanghai
ENGLISH = {"accept-language": "en"}


def tell(user, at, *, kind="test.sample", key="k"):
    send_many([Outgoing(kind, user, key, PARAMS)], now=at)
    return deliver_due(now=at)


def states():
    return dict(Message.objects.values_list("channel", "state"))


def post(client, **data):
    return client.post(PAGE, data, headers=ENGLISH)


@pytest.mark.parametrize(
    ("hour", "minute", "starts", "ends", "until"),
    [
        (22, 30, time(21), time(8), "21 08:00"),
        (7, 59, time(21), time(8), "20 08:00"),
        (8, 0, time(21), time(8), None),
        (20, 59, time(21), time(8), None),
        (21, 0, time(21), time(8), "21 08:00"),
        (12, 30, time(12), time(14), "20 14:00"),
        (14, 0, time(12), time(14), None),
        (3, 0, time(9), time(9), None),
    ],
)
def test_quiet_hours_may_run_past_midnight(hour, minute, starts, ends, until):
    local = timezone.make_aware(datetime(2026, 5, 20, hour, minute))
    end = quiet_until(local, starts=starts, ends=ends)
    assert (f"{end:%d %H:%M}" if end else None) == until


def test_a_channel_turned_on_gets_a_copy_once(consultant, consultant_b, client_for, now):
    answer = post(client_for(consultant), on=["test.sample:sms"])
    assert answer.status_code == 302
    tell(consultant, now)
    tell(consultant_b, now, key="b")
    deliver_due(now=now)
    rows = Message.objects.values_list("recipient", "channel", "idempotency_key")
    assert set(rows) == {
        (consultant.pk, "in_app", "k:in_app"),
        (consultant.pk, "sms", "k:sms"),
        (consultant_b.pk, "in_app", "b:in_app"),
    }
    assert set(states().values()) == {"sent"}
    Message.objects.filter(channel="in_app").update(state="waiting", sent_at=None)
    deliver_due(now=now)
    assert Message.objects.count() == 3


def test_a_channel_turned_off_is_held_back_and_the_application_still_tells(
    consultant, client_for, now
):
    client = client_for(consultant)
    page = client.get(PAGE, headers=ENGLISH).content.decode()
    assert 'value="test.loud:sms" checked' in page
    assert 'value="test.sample:sms" checked' not in page
    post(client, on=[])
    tell(consultant, now, kind="test.loud")
    assert states() == {"in_app": "sent", "sms": "suppressed"}
    assert Message.objects.get(channel="sms").reason == "turned_off"
    assert Notification.objects.filter(recipient=consultant).count() == 1
    assert 'value="test.loud:sms" checked' not in client.get(PAGE).content.decode()


def test_in_quiet_hours_the_application_tells_and_the_rest_waits_for_the_morning(
    consultant, client_for
):
    assert post(client_for(consultant), on=["test.loud:sms"], starts="21:00", ends="08:00")
    assert tell(consultant, NIGHT, kind="test.loud").postponed == 1
    assert states() == {"in_app": "sent", "sms": "waiting"}
    morning = datetime(2026, 5, 21, 0, 0, tzinfo=UTC)
    assert Message.objects.get(channel="sms").next_attempt_at == morning
    assert deliver_due(now=morning - timedelta(seconds=1)).sent == 0
    assert deliver_due(now=morning).sent == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"starts": "21:00"},
        {"ends": "08:00"},
        {"starts": "21:00", "ends": "21:00"},
        {"starts": "25:00", "ends": "08:00"},
        {"on": ["no.such:sms"]},
        {"on": ["test.sample:in_app"]},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(consultant, client_for, bad):
    assert post(client_for(consultant), **bad).status_code == 422
    assert not QuietHours.objects.exists()
    assert not NotificationPreference.objects.exists()


def test_preferences_are_ones_own_and_can_be_taken_back(consultant, consultant_b, client_for):
    client = client_for(consultant)
    post(client, on=["test.sample:email"], starts="21:00", ends="08:00")
    assert "checked" in client.get(PAGE).content.decode().split("test.sample:email")[1][:20]
    other = client_for(consultant_b).get(PAGE).content.decode()
    assert "checked" not in other.split("test.sample:email")[1][:20]
    assert 'value="21:00"' not in other
    save_preferences(user=consultant, switches={("test.sample", "email"): False}, quiet=None)
    assert not QuietHours.objects.exists()


def test_the_centre_links_to_the_preferences(consultant, client_for):
    assert f'href="{PAGE}"' in client_for(consultant).get("/notifications/").content.decode()
