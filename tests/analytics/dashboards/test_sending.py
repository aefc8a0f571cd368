"""Dashboards sent on schedule: with the receiver's rights of that moment, once, and stopping."""

from datetime import datetime, timedelta

import pytest

from analytics.dashboards.models import DashboardSending, DashboardSubscription
from analytics.dashboards.services import sending
from analytics.dashboards.services.sending import forget_old, send_due, subscribe
from analytics.dashboards.tasks import send_dashboards
from crm_site.audit.models import AuditEvent
from crm_site.common.refusals import RefusedError
from crm_site.outbox.models import Message
from tests.analytics.dashboards.test_exports import words_in

pytestmark = pytest.mark.django_db
MONDAY = timedelta(days=5)  # after Wednesday 20 May, 10:32


@pytest.fixture
def sent(cast, ask, now):
    """The team's dashboard for the supervisor, Mondays at eight."""
    return subscribe(ask(cast["supervisor"], "team"), weekday=1, hour=8, now=now)


@pytest.mark.spec("ANA-25")
def test_it_is_sent_once_a_slot_with_its_filters(cast, sell, sent, now, client_for) -> None:
    sell(cast["consultant"], "signed")
    assert send_due(now=now) == {"sent": 0, "stopped": 0}
    assert send_due(now=now + MONDAY) == {"sent": 1, "stopped": 0}
    assert send_due(now=now + MONDAY) == {"sent": 0, "stopped": 0}
    sending = DashboardSending.objects.get()
    assert ["Team", "云栖里一组"] in sending.filters or ["团队", "云栖里一组"] in sending.filters
    said = words_in(sending.data())
    assert "云栖里一组" in said
    assert "2026-05-01 ~ 2026-05-25" in said
    message = Message.objects.get(kind="dashboard.sent")
    assert message.recipient == cast["supervisor"]
    assert "云栖里一组" in message.params["filters"]
    url = f"/analytics/sent/{sending.pk}/"
    answer = client_for(cast["supervisor"]).get(url)
    assert answer.content.startswith(b"%PDF")
    assert client_for(cast["executive"]).get(url).status_code == 404
    page = client_for(cast["supervisor"]).get("/analytics/sent/").content.decode()
    assert url in page


@pytest.mark.parametrize(
    ("lose", "why"), [("right", "right"), ("place", "place"), ("account", "account")]
)
def test_it_stops_when_the_right_is_gone(cast, org, sent, now, lose, why) -> None:
    user = cast["supervisor"]
    if lose == "right":
        user.role = "engineering"
    elif lose == "place":
        user.node = org.team_b
    else:
        user.is_active = False
    user.save()
    assert send_due(now=now + MONDAY) == {"sent": 0, "stopped": 1}
    sent.refresh_from_db()
    assert (sent.is_active, sent.stopped_why) == (False, lose)
    assert not DashboardSending.objects.exists()
    assert send_due(now=now + MONDAY) == {"sent": 0, "stopped": 0}
    assert AuditEvent.objects.filter(kind="dashboard.stopped").count() == 1
    told = Message.objects.filter(kind="dashboard.stopped").count()
    assert told == (0 if lose == "account" else 1)


def test_an_old_file_is_no_longer_handed_out(cast, org, sent, now, client_for) -> None:
    send_due(now=now + MONDAY)
    sending = DashboardSending.objects.get()
    user = cast["supervisor"]
    user.node = org.team_b
    user.save()
    assert client_for(user).get(f"/analytics/sent/{sending.pk}/").status_code == 403
    assert forget_old(now=now + MONDAY) == 0
    assert forget_old(now=now + MONDAY + timedelta(days=91)) == 1


def test_what_was_missed_for_long_is_not_made_up_for(sent, now) -> None:
    assert send_due(now=now + MONDAY + timedelta(days=1)) == {"sent": 0, "stopped": 0}
    assert send_due(now=now + MONDAY + timedelta(days=7)) == {"sent": 1, "stopped": 0}


def test_the_form_and_stopping_it(cast, client_for) -> None:
    client = client_for(cast["supervisor"])
    url = "/analytics/boards/team/send/?period=quarter"
    assert client.get(url).status_code == 200
    assert client.post(url, {"weekday": "9", "hour": "8"}).status_code == 422
    for _again in range(2):
        assert client.post(url, {"weekday": "5", "hour": "18"}).status_code == 302
    row = DashboardSubscription.objects.get()
    assert (row.board, row.period, row.weekday, row.hour) == ("team", "quarter", 5, 18)
    stop = f"/analytics/subscriptions/{row.pk}/stop/"
    assert client_for(cast["executive"]).post(stop).status_code == 404
    assert client.post(stop).status_code == 302
    row.refresh_from_db()
    assert not row.is_active
    client.post(url, {"weekday": "5", "hour": "18"})
    row.refresh_from_db()
    assert row.is_active


def test_there_is_an_end_to_it(cast, ask, now) -> None:
    asked = ask(cast["supervisor"], "team")
    for hour in range(20):
        subscribe(asked, weekday=0, hour=hour, now=now)
    with pytest.raises(RefusedError):
        subscribe(asked, weekday=0, hour=20, now=now)
    subscribe(asked, weekday=0, hour=19, now=now)


def test_the_job_says_what_it_did(sent) -> None:
    assert send_dashboards() == {"sent": 0, "stopped": 0, "forgotten": 0}


def test_one_that_cannot_be_drawn_keeps_no_other_from_being_sent(
    cast, ask, sent, now, monkeypatch
) -> None:
    subscribe(ask(cast["executive"], "region"), weekday=1, hour=8, now=now)
    draw = sending.board_pdf

    def drawn(page):
        if page.asked.board.key == "team":
            raise ValueError("team")
        return draw(page)

    monkeypatch.setattr(sending, "board_pdf", drawn)
    with pytest.raises(ValueError, match="team"):
        send_due(now=now + MONDAY)
    assert list(DashboardSending.objects.values_list("user", flat=True)) == [cast["executive"].pk]
    monkeypatch.setattr(sending, "board_pdf", draw)
    assert send_due(now=now + MONDAY) == {"sent": 1, "stopped": 0}


def test_the_name_of_a_file_has_the_local_day(cast, ask, now) -> None:
    subscribe(ask(cast["supervisor"], "team"), weekday=1, hour=6, now=now)
    send_due(now=datetime.fromisoformat("2026-05-24T22:05+00:00"))
    assert DashboardSending.objects.get().name.endswith("2026-05-25.pdf")
