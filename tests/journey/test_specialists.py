"""Each sold unit has a named customer specialist whose first contact is due in a week (CUS-68)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.outbox.models import Message
from customers.journey.policies import SPECIALIST
from customers.models import Project, Purchase, Task
from customers.purchase.services.advancing import cancel, subscribe
from customers.purchase.services.holding import hold_unit
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from customers.services.reminders import sweep_tasks
from customers.services.tasks import complete_task
from tests.conftest import make_user
from tests.customers.test_service_packages import put_in_force
from tests.factories import CustomerFactory, UserFactory
from tests.journey.conftest import TERMS

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def named(project, specialist, org):
    """The specialist whom the project names, beside one who is free as well."""
    UserFactory(role="specialist", node=org.project_one.node, name="闲着的专员")
    Project.objects.filter(pk=project.pk).update(specialist=specialist)
    project.refresh_from_db()
    return specialist


def contact_of(purchase):
    return Task.objects.get(source="specialist", subject_id=str(purchase.pk))


@pytest.mark.spec("CUS-68")
def test_a_subscription_plans_the_contact_for_the_specialist_and_overdue_escalates(
    unit, buyer, seller, named, boss, service_manager, client_for, now
) -> None:
    held = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    assert not Task.objects.filter(source="specialist").exists()
    form = {
        "list_total": "2906000",
        "agreed_total": "2877000",
        "deposit": "50000",
        "idempotency_key": "a",
    }
    done = client_for(seller).post(f"/purchases/{held.pk}/subscribe/", form)
    assert done.status_code == 302
    purchase, task = Purchase.objects.get(), Task.objects.get(source="specialist")
    assert purchase.specialist == task.owner == named
    assert task.due_at - purchase.subscribed_at == WEEK
    assert (task.customer, task.kind, task.state) == (buyer, "call", "open")
    page = client_for(seller).get(f"/purchases/{purchase.pk}/").content.decode()
    assert named.name in page
    before = set(Message.objects.values_list("pk", flat=True))
    sweep_tasks(now=task.due_at + timedelta(days=4))
    told = Message.objects.exclude(pk__in=before)
    assert {message.kind for message in told} >= {"task.escalated"}
    assert service_manager in {message.recipient for message in told}


@pytest.mark.spec("SVC-73")
def test_the_list_names_the_late_contacts(make_units, seller, boss, named, client_for, now) -> None:
    rows = []
    for unit, days in zip(make_units(3), (30, 20, 1), strict=True):
        at = now - timedelta(days=days)
        held = hold_unit(unit=unit, customer=CustomerFactory(owner=seller), actor=boss, now=at)
        rows.append(subscribe(purchase=held, terms=TERMS, actor=boss, now=at))
    in_time, late, _planned = rows
    first = contact_of(in_time)
    assert first.due_at == in_time.subscribed_at + WEEK
    complete_task(task=first, outcome="已致电", actor=named, now=first.due_at - timedelta(days=1))
    Task.objects.filter(pk=contact_of(_planned).pk).update(due_at="2099-01-01T00:00Z")
    browser = client_for(boss)
    page = browser.get("/purchases/contacts/?standing=late")
    assert [row.purchase.pk for row in page.context["rows"]] == [late.pk]
    assert page.context["rows"][0].days_late > 0
    assert page.context["late"] == 1
    everything = browser.get("/purchases/contacts/").context["rows"]
    assert {row.purchase.pk: bool(row.days_late) for row in everything} == {
        in_time.pk: False,
        late.pk: True,
        _planned.pk: False,
    }


def test_the_days_are_a_policy_and_the_least_busy_stands_in(
    unit, buyer, seller, specialist, now
) -> None:
    put_in_force(SPECIALIST, now, contact_days=3)
    held = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    purchase = subscribe(purchase=held, terms=TERMS, actor=seller, now=now)
    assert purchase.specialist == specialist
    assert contact_of(purchase).due_at == now + timedelta(days=3)


def test_without_a_specialist_the_consultant_is_asked_and_the_page_says_so(
    unit, buyer, seller, client_for, now
) -> None:
    held = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    purchase = subscribe(purchase=held, terms=TERMS, actor=seller, now=now)
    assert purchase.specialist is None
    assert contact_of(purchase).owner == seller
    assert "未指定" in client_for(seller).get(f"/purchases/{purchase.pk}/").content.decode()


def test_another_specialist_takes_the_contact_along_and_strangers_are_refused(
    unit, buyer, seller, boss, named, client_for, org, now
) -> None:
    other = UserFactory(role="specialist", node=org.project_one.node, name="新专员")
    far = UserFactory(role="specialist", node=org.project_three.node)
    held = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    purchase = subscribe(purchase=held, terms=TERMS, actor=seller, now=now)
    url = f"/purchases/{purchase.pk}/specialist/"
    assert client_for(seller).post(url, {"person": other.pk}).status_code == 403
    browser = client_for(boss)
    wrong = browser.post(url, {"person": far.pk, "idempotency_key": "a"})
    assert wrong.status_code == 422
    assert contact_of(purchase).owner == named
    assert browser.post(url, {"person": other.pk, "idempotency_key": "b"}).status_code == 302
    purchase.refresh_from_db()
    assert purchase.specialist == contact_of(purchase).owner == other


def test_who_cancels_or_refuses_contact_is_not_called(make_units, seller, named, boss, now) -> None:
    units, buyer = make_units(2), CustomerFactory(owner=seller)
    held = hold_unit(unit=units[0], customer=buyer, actor=seller, now=now)
    purchase = subscribe(purchase=held, terms=TERMS, actor=seller, now=now)
    cancel(purchase=purchase, reason="不买了", actor=seller, now=now)
    assert contact_of(purchase).state == "cancelled"
    record_consent(
        customer=buyer,
        purpose=Purpose.CONTACT,
        is_given=False,
        channel=Channel.PHONE,
        actor=seller,
        now=now,
    )
    held = hold_unit(unit=units[1], customer=buyer, actor=seller, now=now)
    purchase = subscribe(purchase=held, terms=TERMS, actor=seller, now=now)
    assert contact_of(purchase).state == "cancelled"


def test_the_list_costs_the_same_for_one_and_for_twenty(
    make_units, seller, boss, named, client_for, now
) -> None:
    units, browser = make_units(20), client_for(boss)

    def buy(each):
        held = hold_unit(unit=each, customer=CustomerFactory(owner=seller), actor=boss, now=now)
        subscribe(purchase=held, terms=TERMS, actor=boss, now=now)

    buy(units[0])
    browser.get("/purchases/contacts/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/purchases/contacts/")
    for each in units[1:]:
        buy(each)
    with CaptureQueriesContext(connection) as many:
        assert len(browser.get("/purchases/contacts/").context["rows"]) == 20
    assert len(many) == len(few)


def test_the_project_names_its_specialist_on_its_form(
    project, specialist, executive, client_for, org
) -> None:
    far = make_user(org, "service_manager")
    url, browser = f"/projects/{project.pk}/edit/", client_for(executive)
    assert browser.post(url, {"specialist": far.pk}).status_code == 422
    assert browser.post(url, {"specialist": specialist.pk}).status_code == 302
    project.refresh_from_db()
    assert project.specialist == specialist
