"""One person, one record, however many places capture them (CUS-01, CUS-04, CUS-49)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from crm_site.audit.models import AuditEvent
from customers.errors import EntryError, PhoneQuestionsUsedUpError
from customers.models import Customer, Lead, LeadClock, LeadEvent, OwnershipEvent, SourceEvent
from customers.rules.entry import CustomerEntry
from customers.services.customers import find_duplicate, register_customer

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


def test_known_number_outside_the_scope_is_hidden_and_stays_with_its_owner(
    org, consultant, consultant_c, now
):
    first = register_customer(entry=entry(), actor=consultant, now=now)
    again = register_customer(entry=entry(name="张先生"), actor=consultant_c, now=now)
    assert (again.created, again.is_hidden) == (False, True)
    customer = Customer.objects.get()
    assert (customer.owner, customer.name) == (consultant, "张三")
    assert SourceEvent.objects.count() == 2
    assert again.lead.project == org.project_two
    assert again.lead.pk != first.lead.pk
    audit = AuditEvent.objects.get(kind="customer.captured_again")
    assert (audit.actor, audit.facts["is_hidden"]) == (consultant_c, True)


@pytest.mark.parametrize(("days", "keeps"), [(29, True), (31, False)])
def test_dispute_is_decided_by_the_protection(consultant, consultant_b, now, days, keeps):
    register_customer(entry=entry(), actor=consultant, now=now)
    later = now + timedelta(days=days)
    again = register_customer(entry=entry(), actor=consultant_b, now=later)
    customer = Customer.objects.get()
    assert customer.owner == (consultant if keeps else consultant_b)
    assert again.is_hidden is keeps
    assert Lead.objects.get().owner == customer.owner
    assert OwnershipEvent.objects.count() == (1 if keeps else 2)


def test_duplicate_question_tells_only_what_may_be_seen(consultant, consultant_c, now):
    done = register_customer(entry=entry(), actor=consultant, now=now)
    ask = {"phone": "138 0013 8000", "now": now}
    assert find_duplicate(actor=consultant, **ask) == (True, done.customer)
    assert find_duplicate(actor=consultant_c, **ask) == (True, None)
    assert find_duplicate(actor=consultant_c, phone="13900139000", now=now) == (False, None)
    assert AuditEvent.objects.filter(kind="customer.duplicate_asked").count() == 2
    for _ in range(28):
        find_duplicate(actor=consultant_c, phone="13900139000", now=now)
    with pytest.raises(PhoneQuestionsUsedUpError) as caught:
        find_duplicate(actor=consultant_c, **ask)
    assert caught.value.retry_after == 60
    assert find_duplicate(
        actor=consultant_c, phone="139 0013 9000", now=now + timedelta(minutes=1)
    ) == (False, None)


def test_project_and_owner_out_of_reach_are_refused_like_unknown_ones(
    org, consultant, consultant_c, now
):
    for field, value in [("project", org.project_two), ("owner", consultant_c)]:
        with pytest.raises(EntryError) as caught:
            register_customer(entry=entry(**{field: value}), actor=consultant, now=now)
        assert caught.value.codes == {field: ["unknown_reference"]}
    assert Customer.objects.count() == 0


def test_public_form_does_not_write_into_a_known_record(consultant, now):
    register_customer(entry=entry(), actor=consultant, now=now)
    more = {"city": "杭州市", "layout": "三房", "email": "A@b.cn"}
    register_customer(entry=entry(capture_point="web_form", **more), actor=None, now=now)
    customer = Customer.objects.get()
    assert (customer.city, customer.layout, customer.version) == ("", "", 1)
    register_customer(entry=entry(**more), actor=consultant, now=now)
    customer.refresh_from_db()
    assert (customer.city, customer.layout, customer.version) == ("杭州", "bed3", 2)
    assert customer.completeness == 47
    assert customer.contacts.get().value == "a@b.cn"


def test_import_without_name_and_phone_is_unreachable_until_a_contact_exists(org, now):
    raw = {
        "capture_point": "import",
        "name": "",
        "phone": "",
        "external_source": "crm",
        "external_id": "L000001",
    }
    done = register_customer(entry=entry(**raw, project=org.project_one), actor=None, now=now)
    assert done.customer.name.endswith(" · L000001")
    assert done.customer.is_unreachable
    again = register_customer(entry=entry(**(raw | {"phone": "13800138000"})), actor=None, now=now)
    assert (again.created, again.customer.pk) == (False, done.customer.pk)
    assert (again.customer.phone, again.customer.is_unreachable) == ("+8613800138000", False)
    assert Lead.objects.count() == 1


def test_same_number_with_another_id_number_is_nobody_known(consultant, now):
    register_customer(entry=entry(id_number="11010519491231002X"), actor=consultant, now=now)
    with pytest.raises(EntryError) as caught:
        register_customer(entry=entry(id_number="440308198503124511"), actor=consultant, now=now)
    assert caught.value.codes == {"phone": ["phone_taken"]}
    assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_record_when_many_capture_the_number_at_once(org, consultant, now):
    def capture(place):
        try:
            point = ["web_form", "hotline", "front_desk"][place % 3]
            done = register_customer(
                entry=entry(
                    capture_point=point, phone=f"138 0013 800{place % 2}", project=org.project_one
                ),
                actor=None,
                now=now,
            )
            return done.created
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        created = list(pool.map(capture, range(12)))
    assert created.count(True) == 2
    assert Customer.objects.count() == 2
    assert Lead.objects.count() == 2
    assert SourceEvent.objects.count() == 12
    assert LeadEvent.objects.filter(kind="captured").count() == 2
    assert LeadClock.objects.count() == 6
