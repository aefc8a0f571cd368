"""Carrying customers away one by one is noticed within a minute (A-62)."""

from typing import Any

import pytest
from django.utils import timezone

from crm_site.audit import alarms
from crm_site.audit.models import AuditEvent
from crm_site.audit.tasks import seal_audit
from crm_site.exchange.export_policy import ExportRules
from crm_site.outbox.models import Message
from crm_site.policies.shapes import ShapeError, from_json, to_json
from crm_site.settings.schedule import BEAT_SCHEDULE
from customers import record_page
from tests.factories import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.check("A-62")]
WAYS = ("/api/v1/customers/{}/", "/api/v1/customers/{}/portrait/", "/api/v1/customers/{}/intents/")


def look_at(client: Any, customers: list[Any]) -> None:
    for place, customer in enumerate(customers):
        url = WAYS[place % len(WAYS)].format(customer.pk)
        assert client.get(url).status_code == 200


def raised() -> Any:
    return AuditEvent.objects.filter(kind=alarms.MASS_VIEWING)


def test_three_hundred_profiles_in_an_hour_raise_one_alarm(
    client_for: Any, consultant: Any, secadmin: Any, auditor: Any
) -> None:
    """By whatever way they are opened; the watch runs every minute and tells who has to know."""
    customers = CustomerFactory.create_batch(300, owner=consultant)
    client = client_for(consultant)
    for customer in customers[:3]:
        assert client.get(f"/customers/{customer.pk}/").status_code == 200
    look_at(client, customers[3:199])
    seal_audit()
    assert raised().count() == 0
    look_at(client, customers[199:])
    assert AuditEvent.objects.filter(kind="customer.viewed", actor=consultant).count() == 300
    seal_audit()
    alarm = raised().get()
    assert (alarm.subject_id, alarm.facts["views"]) == (str(consultant.pk), 300)
    seal_audit()
    assert raised().count() == 1
    told = Message.objects.filter(kind=alarms.MASS_VIEWING).values_list("recipient", flat=True)
    assert set(told) == {secadmin.pk, auditor.pk}
    assert BEAT_SCHEDULE["seal-audit"]["schedule"] <= 60
    page = client_for(auditor).get("/audit/", headers={"accept-language": "en"})
    assert page.context["alarms"] == 1


def test_the_same_few_profiles_all_day_are_no_alarm(client_for: Any, consultant: Any) -> None:
    client = client_for(consultant)
    few = CustomerFactory.create_batch(20, owner=consultant)
    look_at(client, few * 11)
    seal_audit()
    assert raised().count() == 0


def test_without_the_record_of_looks_nothing_is_noticed(
    client_for: Any, consultant: Any, monkeypatch: Any
) -> None:
    """The control: the same looks with their record switched off leave nothing to notice."""
    monkeypatch.setattr(alarms, "MASS_VIEWS", 20)
    client, customers = client_for(consultant), CustomerFactory.create_batch(20, owner=consultant)
    with monkeypatch.context() as patch:
        patch.setattr(record_page, "audit", lambda **_event: None)
        look_at(client, customers)
    assert alarms.check_mass_viewing(now=timezone.now()) == []
    look_at(client, customers)
    with monkeypatch.context() as patch:
        patch.setattr(alarms, "MASS_VIEWS", 21)
        assert alarms.check_mass_viewing(now=timezone.now()) == []
    assert len(alarms.check_mass_viewing(now=timezone.now())) == 1


def test_no_policy_lets_more_than_five_hundred_rows_go_without_a_signature() -> None:
    usual = to_json(ExportRules())
    assert ExportRules().rows_without_approval == 0
    assert ExportRules().file_hours == 24
    assert from_json(ExportRules, usual | {"rows_without_approval": 500}).file_hours == 24
    with pytest.raises(ShapeError):
        from_json(ExportRules, usual | {"rows_without_approval": 501})
