"""A consultant leaves: nothing is orphaned, everything has a new owner (CUS-50, A-08)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm_site.audit.models import AuditEvent
from crm_site.outbox.models import Message
from crm_site.registers.models import RegisterEntry
from crm_site.staff.leaving import WorkOpenError
from crm_site.staff.models import User
from crm_site.staff.services import deactivate
from customers.errors import HandoverPlanError, NotAssignableError, OverCapError
from customers.models import (
    Customer,
    Handover,
    Lead,
    Meeting,
    MeetingGuest,
    OwnershipEvent,
    Task,
    UpkeepPlan,
)
from customers.policies import OwnershipRules
from customers.promises import PROMISES
from customers.rules.ownership import deal
from customers.services import ownership
from customers.services.handing_over import hand_over, open_work
from tests.factories import (
    CustomerFactory,
    InteractionFactory,
    LeadFactory,
    TaskFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def work(consultant, consultant_b, now):
    """Everything that can hang on ``consultant``: four customers and all around them."""
    customers = CustomerFactory.create_batch(4, owner=consultant)
    for customer in customers:
        LeadFactory(customer=customer)
        TaskFactory(customer=customer)
        InteractionFactory(customer=customer, content="喜欢南向三居", author=consultant)
    foreign = CustomerFactory(owner=consultant_b, backup=consultant)
    TaskFactory(customer=foreign, owner=consultant)
    TaskFactory(customer=None, owner=consultant, title="整理样板间")
    LeadFactory(customer=foreign, owner=consultant)
    meeting = Meeting.objects.create(
        kind="visit", title="看房", owner=consultant, starts_at=now + DAY, ends_at=now + DAY + HOUR
    )
    MeetingGuest.objects.create(meeting=meeting, customer=customers[0])
    UpkeepPlan.objects.create(
        customer=customers[1],
        title="月度回访",
        person=consultant,
        place="售楼处",
        area="A区",
        every_days=30,
        time_of_day="10:00",
        starts_on=now.date(),
    )
    RegisterEntry.objects.create(
        register=PROMISES,
        subject_kind="customer",
        subject_id=customers[2].pk,
        title="承诺送车位券",
        owner=consultant,
        due_at=now + 5 * DAY,
        values={"kind": "promise"},
    )
    return customers


def left(user):
    return {one.key: one.count for one in open_work(user)}


NOTHING = dict.fromkeys(
    ("customers", "backups", "leads", "tasks", "meetings", "upkeep", "promises"), 0
)


def test_customers_are_dealt_in_turn():
    assert deal([1, 2, 3, 4, 5], {7: 3, 8: 2, 9: 0}) == {7: [1, 3, 5], 8: [2, 4]}


@pytest.mark.spec("CUS-50")
@pytest.mark.check("A-08")
def test_a_leaver_is_blocked_handed_over_then_closed(
    work, client_for, consultant, consultant_b, supervisor, sysadmin
):
    admin, boss, leaver = client_for(sysadmin), client_for(supervisor), client_for(consultant)
    close = reverse("staff:user-deactivate", args=[consultant.pk])
    refused = admin.post(close, headers=ENGLISH)
    body = refused.content.decode()
    assert refused.status_code == 409
    assert "This person still has open work" in body
    assert "Customers: 4" in body
    assert "Open promises: 1" in body
    assert not any(customer.name in body for customer in work)
    assert User.objects.get(pk=consultant.pk).is_active
    assert leaver.get("/").status_code == 200

    url = reverse("customers:hand-over", args=[consultant.pk])
    page = boss.get(url, headers=ENGLISH)
    assert f'name="to_{consultant_b.pk}" value="4"' in page.content.decode()
    wrong = boss.post(url, {f"to_{consultant_b.pk}": 3, "reason": "离职"}, headers=ENGLISH)
    assert wrong.status_code == 422
    assert "there are 4 to hand over" in wrong.content.decode()
    assert Handover.objects.count() == 0
    plan = {f"to_{consultant_b.pk}": 3, f"to_{supervisor.pk}": 1, "reason": "离职"}
    assert boss.post(url, plan, headers=ENGLISH).status_code == 302

    assert left(consultant) == NOTHING
    owners = Customer.objects.filter(pk__in=[one.pk for one in work]).values_list("owner", "team")
    assert sorted(owners) == sorted(
        [(consultant_b.pk, consultant_b.node_id)] * 3 + [(supervisor.pk, supervisor.node_id)]
    )
    assert not Lead.objects.filter(owner=consultant).exists()
    assert not Task.objects.filter(owner=consultant, state="open").exists()
    row = Handover.objects.get()
    assert row.counts["customers"] == 4
    assert row.counts["promises"] == 1
    calls = Task.objects.filter(source="handover")
    assert {(one.kind, one.due_at - row.at) for one in calls} == {("call", 3 * DAY)}
    assert sorted(calls.values_list("customer", flat=True)) == sorted(one.pk for one in work)
    told = Message.objects.filter(kind="handover.received").values_list("recipient", "params")
    assert {key: params["count"] for key, params in told} == {consultant_b.pk: 3, supervisor.pk: 1}
    assert AuditEvent.objects.filter(kind="customers.handed_over").count() == 2

    briefing = client_for(consultant_b).get(
        reverse("customers:handover-briefing", args=[row.pk]), headers=ENGLISH
    )
    text = briefing.content.decode()
    assert text.count("喜欢南向三居") == 3
    mine = Customer.objects.filter(owner=consultant_b, pk__in=[one.pk for one in work])
    assert all(customer.name in text for customer in mine)
    assert (
        "承诺送车位券"
        in boss.get(reverse("customers:handover-briefing", args=[row.pk])).content.decode()
    )

    assert admin.post(close, headers=ENGLISH).status_code == 302
    assert not User.objects.get(pk=consultant.pk).is_active
    assert leaver.get("/").status_code == 302
    assert not Customer.objects.filter(owner__is_active=False).exists()
    assert OwnershipEvent.objects.filter(kind="handover", is_backup=False).count() == 4


def test_nobody_hands_over_beyond_their_reach(
    work, client_for, consultant, consultant_b, consultant_c, supervisor, executive, now
):
    other = reverse("customers:hand-over", args=[consultant_c.pk])
    assert client_for(supervisor).get(other).status_code == 404
    assert client_for(executive).get(other).status_code == 200
    assert client_for(consultant_b).get(other).status_code == 403
    with pytest.raises(NotAssignableError):
        hand_over(
            leaver=consultant, plan={consultant_c.pk: 4}, reason="离职", actor=supervisor, now=now
        )
    with pytest.raises(HandoverPlanError):
        hand_over(
            leaver=consultant, plan={consultant_b.pk: 5}, reason="离职", actor=supervisor, now=now
        )
    assert Customer.objects.filter(owner=consultant).count() == 4
    assert (Handover.objects.count(), Task.objects.filter(source="handover").count()) == (0, 0)


def test_the_cap_holds_unless_it_is_confirmed(
    work, consultant, consultant_b, supervisor, now, monkeypatch
):
    monkeypatch.setattr(ownership, "ownership_rules", lambda now: OwnershipRules(open_cap=3))
    asked = {"leaver": consultant, "reason": "离职", "actor": supervisor, "now": now}
    with pytest.raises(OverCapError):
        hand_over(plan={consultant_b.pk: 4}, **asked)
    assert Customer.objects.filter(owner=consultant).count() == 4
    hand_over(plan={consultant_b.pk: 4}, over_cap=True, **asked)
    assert left(consultant) == NOTHING


def test_whoever_was_closed_by_other_means_is_listed_and_can_be_handed_over(
    work, client_for, consultant, consultant_b, supervisor
):
    User.objects.filter(pk=consultant.pk).update(is_active=False)  # as an import does
    boss = client_for(supervisor)
    page = boss.get(reverse("customers:hand-over-list"), headers=ENGLISH).content.decode()
    assert "1 closed account still has open work" in page
    assert "To hand over" in page
    url = reverse("customers:hand-over", args=[consultant.pk])
    answer = boss.post(url, {f"to_{consultant_b.pk}": 4, "reason": "已离职"}, headers=ENGLISH)
    assert answer.status_code == 302
    assert left(consultant) == NOTHING
    page = boss.get(reverse("customers:hand-over-list"), headers=ENGLISH).content.decode()
    assert "closed account" not in page


def test_the_account_of_somebody_with_a_task_only_stays_open(consultant, sysadmin, now):
    TaskFactory(customer=None, owner=consultant)
    with pytest.raises(WorkOpenError) as refused:
        deactivate(user=consultant, actor=sysadmin, now=now)
    assert [(one.key, one.count) for one in refused.value.blockers] == [("tasks", 1)]
    assert User.objects.get(pk=consultant.pk).is_active
    assert AuditEvent.objects.filter(kind="staff.user_deactivated").count() == 0


@pytest.mark.parametrize("number", [1, 20])
def test_pages_cost_the_same_for_one_and_for_twenty(
    number, client_for, consultant, consultant_b, supervisor, now
):
    boss = client_for(supervisor)
    for _ in range(number):
        UserFactory(node=supervisor.node)
        customer = CustomerFactory(owner=consultant)
        InteractionFactory(customer=customer)
        TaskFactory(customer=customer)
    asked = {"leaver": consultant, "reason": "离职", "actor": supervisor, "now": now}
    row = hand_over(plan={consultant_b.pk: number}, **asked)
    costs = {}
    for name, args in (("hand-over-list", []), ("handover-briefing", [row.pk])):
        url = reverse(f"customers:{name}", args=args)
        assert boss.get(url).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            boss.get(url)
        costs[name] = len(captured)
    assert costs == {"hand-over-list": 6, "handover-briefing": 8}
