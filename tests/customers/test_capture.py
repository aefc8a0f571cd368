"""One person, one record, however many places capture them (CUS-01, CUS-04, CUS-49)."""

from datetime import timedelta

import pytest

from crm_site.audit.models import AuditEvent
from customers.errors import EntryError
from customers.models import Customer, Lead, LeadClock, LeadEvent, OwnershipEvent, SourceEvent
from customers.rules.entry import CustomerEntry
from customers.services.customers import register_customer

pytestmark = pytest.mark.django_db


def entry(**values):
    return CustomerEntry(
        **({"capture_point": "front_desk", "name": "张三", "phone": "13800138000"} | values)
    )


def test_three_capture_points_make_one_record_with_three_source_events(org, now):
    numbers = {
        "web_form": "138-0013 8000",
        "front_desk": "+86 13800138000",
        "hotline": "13８00138000",
    }
    done = [
        register_customer(
            entry=entry(capture_point=point, phone=number, project=org.project_one),
            actor=None,
            now=now + timedelta(minutes=place),
        )
        for place, (point, number) in enumerate(numbers.items())
    ]
    assert [each.created for each in done] == [True, False, False]
    customer = Customer.objects.get()
    assert {each.customer.pk for each in done} == {customer.pk}
    assert customer.phone == "+8613800138000"
    events = SourceEvent.objects.filter(customer=customer).order_by("at")
    assert list(events.values_list("capture_point", "source")) == [
        ("web_form", "website"),
        ("front_desk", "walk_in"),
        ("hotline", "hotline"),
    ]
    lead = Lead.objects.get()
    assert set(events.values_list("lead", flat=True)) == {lead.pk}
    assert (lead.state, lead.source, lead.campaign) == ("new", "website", "none")
    assert sorted(lead.clocks.values_list("kind", flat=True)) == [
        "closure",
        "first_touch",
        "follow_up",
    ]


def test_consultant_owns_whom_they_capture(consultant, now):
    done = register_customer(entry=entry(), actor=consultant, now=now)
    customer = done.customer
    assert (customer.owner, customer.team, customer.owned_since) == (
        consultant,
        consultant.node,
        now,
    )
    assert customer.protected_until == now + timedelta(days=30)
    assert customer.project_id == consultant.node.project_id
    assert customer.region_id == consultant.node.region_id
    assert done.lead.state == "assigned"
    assert done.lead.owner == consultant
    event = OwnershipEvent.objects.get()
    assert (event.from_owner, event.to_owner, event.at) == (None, consultant, now)
    audit = AuditEvent.objects.get(kind="customer.created")
    assert (audit.subject_id, audit.actor) == (str(customer.pk), consultant)
