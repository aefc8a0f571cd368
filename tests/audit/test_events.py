"""What may enter the trail."""

import pytest

from crm_site.audit.events import UndeclaredKindError
from crm_site.audit.models import AuditEvent
from crm_site.audit.rules.facts import PersonalFactError
from crm_site.audit.services import record, record_bulk

pytestmark = pytest.mark.django_db


def test_event_holds_who_when_what_and_why(supervisor, now):
    event = record(
        kind="staff.role_changed",
        actor=supervisor,
        subject=("user", 12),
        reason="moved to another post",
        facts={"fields": ["phone", "name"], "count": 2},
        ip="10.0.0.7",
        now=now,
    )

    event.refresh_from_db()
    assert (event.kind, event.actor_id, event.role) == (
        "staff.role_changed",
        supervisor.pk,
        "supervisor",
    )
    assert (event.subject_kind, event.subject_id, event.at) == ("user", "12", now)
    assert (event.reason, event.ip) == ("moved to another post", "10.0.0.7")
    assert event.facts == {"fields": ["phone", "name"], "count": 2}
    assert event.transaction > 0


def test_undeclared_kind_is_refused(now):
    with pytest.raises(UndeclaredKindError):
        record(kind="nobody.declared", actor=None, now=now)
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    "facts",
    [
        {"phone": "x"},
        {"name": "x"},
        {"id_number": "x"},
        {"owner_name": "x"},
        {"changes": [{"birthday": "1990"}]},
        {"note": "call 13800138000 back"},
        {"note": "+86 138 0013 8000"},
        {"note": "11010119900307123X"},
        {"list": ["13800138000"]},
    ],
)
def test_personal_data_is_refused_and_nothing_written(facts, now):
    with pytest.raises(PersonalFactError):
        record(kind="staff.role_changed", actor=None, facts=facts, now=now)
    assert not AuditEvent.objects.exists()


def test_digest_that_holds_a_number_like_a_phone_is_accepted(now):
    facts = {"digest": "ab13800138000cd", "file_name": "customers.xlsx", "sum": 13800138000123}
    assert record(kind="staff.role_changed", actor=None, facts=facts, now=now).facts == facts


def test_numbers_typed_into_a_reason_are_hidden(now):
    event = record(
        kind="staff.role_changed", actor=None, reason="asked by 13800138000, room 1202", now=now
    )
    assert event.reason == "asked by ****, room 1202"


def test_bulk_event_names_its_subjects_once(supervisor, now):
    event = record_bulk(
        kind="staff.role_changed", actor=supervisor, subject_kind="user", ids=[9, 3, 9], now=now
    )
    assert (event.facts["count"], event.facts["ids"]) == (2, [3, 9])
    assert event.subject_kind == "user"
