"""What the auditor sees, and the alarm when one account views very many records."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.audit import alarms, sealing
from crm_site.audit.models import AuditEvent
from crm_site.audit.services import record
from crm_site.audit.tasks import seal_audit
from crm_site.common.models import JobRun
from crm_site.outbox.models import Message

pytestmark = pytest.mark.django_db
ALARM = "audit.mass_viewing"


def views(user, count, at):
    AuditEvent.objects.bulk_create(
        AuditEvent(
            kind="customer.viewed",
            actor=user,
            role=user.role,
            subject_kind="customer",
            subject_id=str(number),
            at=at,
        )
        for number in range(count)
    )


def rows(response):
    return [line.event for line in response.context["rows"]]


def test_list_is_newest_first_and_names_people_and_subjects(auditor, finance, client_for, now):
    first = record(kind="staff.user_created", actor=None, subject=("user", finance.pk), now=now)
    second = record(kind="staff.role_changed", actor=finance, reason="new post", now=now)

    page = client_for(auditor).get("/audit/")

    assert rows(page) == [second, first]
    html = page.content.decode()
    assert finance.name in html
    assert "new post" in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "staff.role_changed"}, [2]),
        ({"actor": "finance"}, [2]),
        ({"subject_kind": "user", "subject_id": "77"}, [1]),
        ({"since": "2026-05-20"}, [2, 1]),
        ({"since": "2026-05-21"}, []),
        ({"until": "2026-05-19"}, [0]),
        ({"since": "2026-05-19", "until": "2026-05-19"}, [0]),
        ({}, [2, 1, 0]),
    ],
)
def test_filters(query, found, auditor, finance, client_for, now):
    events = [
        record(kind="staff.user_moved", actor=None, now=now - timedelta(hours=11)),
        record(kind="staff.user_created", actor=None, subject=("user", 77), now=now),
        record(kind="staff.role_changed", actor=finance, now=now),
    ]
    page = client_for(auditor).get("/audit/", query)
    assert rows(page) == [events[number] for number in found]


def test_unreadable_filter_gives_no_rows(auditor, client_for, now):
    record(kind="staff.user_moved", actor=None, now=now)
    page = client_for(auditor).get("/audit/", {"since": "yesterday"})
    assert (page.status_code, rows(page)) == (422, [])


def test_pages_follow_each_other_without_gap(auditor, client_for, now):
    client = client_for(auditor)
    made = [record(kind="staff.user_moved", actor=None, now=now) for _ in range(45)]
    seen, url = [], "?page_size=20"
    while url:
        page = client.get(f"/audit/{url}")
        seen += rows(page)
        url = page.context["page"].next_url
    assert seen == made[::-1]


def test_list_costs_the_same_for_few_and_many(auditor, finance, client_for, now):
    client = client_for(auditor)
    record(kind="staff.role_changed", actor=finance, subject=("user", finance.pk), now=now)
    client.get("/audit/")
    with CaptureQueriesContext(connection) as few:
        client.get("/audit/")
    for _ in range(20):
        record(kind="staff.role_changed", actor=finance, subject=("user", auditor.pk), now=now)
    with CaptureQueriesContext(connection) as many:
        client.get("/audit/")
    assert len(many) == len(few)


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "executive", "privacy", "head_office"])
def test_nobody_else_reads_the_trail_and_the_try_is_recorded(role, cast, client_for, now):
    record(kind="staff.user_moved", actor=None, reason="to be hidden", now=now)
    client = client_for(cast[role])
    for answer in (client.get("/audit/"), client.post("/audit/chain/")):
        assert answer.status_code == 403
        assert b"to be hidden" not in answer.content
    assert AuditEvent.objects.filter(kind="access.refused", actor=cast[role]).count() == 2


def test_chain_state_is_shown_and_checked_on_request(auditor, client_for):
    client = client_for(auditor)
    page = client.post("/audit/chain/")
    verdict = page.context["verdict"]
    assert (page.status_code, verdict.is_sound, verdict.seals) == (200, True, 0)
    assert verdict.head == sealing.GENESIS


@pytest.mark.spec("PLT-03")
def test_two_hundred_views_an_hour_raise_one_alarm_on_the_page(
    auditor, secadmin, consultant, supervisor, client_for, monkeypatch
):
    now = timezone.now()
    views(consultant, 200, now - timedelta(minutes=30))
    views(supervisor, 199, now - timedelta(minutes=30))
    told = []
    monkeypatch.setattr(alarms, "_hooks", [*alarms._hooks, told.append])
    seal_audit()
    seal_audit()

    alarm = AuditEvent.objects.get(kind=ALARM)
    assert (alarm.subject_kind, alarm.subject_id) == ("user", str(consultant.pk))
    assert alarm.facts == {"views": 200, "minutes": 60, "role": "consultant"}
    assert told == [alarm]
    messages = Message.objects.filter(kind=ALARM)
    assert {message.recipient for message in messages} == {auditor, secadmin}
    assert messages[0].params == {"person": consultant.name, "views": 200}
    page = client_for(auditor).get("/audit/")
    assert page.context["alarms"] == 1
    assert "banner-red" in page.content.decode()
    run = JobRun.objects.get(name="seal-audit")
    assert (run.outcome, run.counts["alarms"]) == ("done", 0)


def test_views_of_another_hour_raise_no_alarm(consultant, now):
    views(consultant, 150, now - timedelta(minutes=61))
    views(consultant, 150, now - timedelta(minutes=5))
    assert alarms.check_mass_viewing(now=now) == []


def test_lasting_mass_viewing_is_reported_again_after_an_hour(consultant, now):
    views(consultant, 200, now)
    assert len(alarms.check_mass_viewing(now=now)) == 1
    assert alarms.check_mass_viewing(now=now + timedelta(minutes=59)) == []
    views(consultant, 200, now + timedelta(minutes=61))
    assert len(alarms.check_mass_viewing(now=now + timedelta(minutes=62))) == 1
