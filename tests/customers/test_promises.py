"""Promises to customers, from the word given to the alert about the broken one (CUS-60)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm_site.outbox.models import Message
from crm_site.registers.models import RegisterEntry, RegisterEvent
from crm_site.registers.services import EntryDraft, add_entry, move_open_entries, reminders
from crm_site.registers.tasks import sweep_registers
from customers.models import Customer
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db
JSON = "application/json"
ENGLISH = {"accept-language": "en"}
TITLE = "送一年物业费"


@pytest.fixture
def customer(consultant, supervisor) -> Customer:
    return CustomerFactory(name="王浩然", owner=consultant)


def tab_of(customer) -> str:
    return reverse("customers:promise-list", args=[customer.pk])


def typed(due=None, **more):
    due = due or timezone.now() + timedelta(days=3)
    return {
        "kind": "promise",
        "title": TITLE,
        "promised_by": "周倩",
        "due_at": f"{timezone.localtime(due):%Y-%m-%dT%H:%M}",
    } | more


def promise(customer, actor, *, due=None, kind="promise", now=None, title=TITLE, owner=None):
    now = now or timezone.now()
    draft = EntryDraft(
        title=title,
        owner=owner,
        due_at=due,
        subject_id=customer.pk,
        values={"kind": kind, "promised_by": "周倩"},
    )
    return add_entry(register="promises", draft=draft, actor=actor, now=now)


def late_promise(customer, actor, **more):
    """Return a promise given four days ago and due an hour ago."""
    now = timezone.now()
    begun, due = now - timedelta(days=4), now - timedelta(hours=1)
    return promise(customer, actor, due=due, now=begun, **more)


def page(client, path) -> str:
    return client.get(path, headers=ENGLISH).content.decode()


@pytest.mark.spec("CUS-60")
def test_a_promise_is_written_down_and_an_overdue_one_is_red_on_record_and_in_the_managers_list(
    client_for, customer, consultant, supervisor
):
    own, boss = client_for(consultant), client_for(supervisor)
    assert own.post(tab_of(customer), typed(), headers=ENGLISH).status_code == 302
    entry = RegisterEntry.objects.get()
    assert (entry.title, entry.owner, entry.subject_id) == (TITLE, consultant, customer.pk)
    assert entry.values == {"kind": "promise", "promised_by": "周倩"}
    for path in (customer.get_absolute_url(), tab_of(customer), "/registers/promises/"):
        text = page(boss, path)
        assert TITLE in text, path
        assert "c-red" not in text, path
    past = timezone.now() - timedelta(hours=2)
    RegisterEntry.objects.update(due_at=past)
    for path in (customer.get_absolute_url(), tab_of(customer), "/registers/promises/"):
        text = page(boss, path)
        assert TITLE in text, path
        assert "c-red b" in text, path
    assert "Overdue" in page(boss, tab_of(customer))
    late = boss.get("/registers/promises/?state=overdue", headers=ENGLISH)
    assert [line.entry.pk for line in late.context["rows"]] == [entry.pk]
    assert late.context["overdue"] == 1


@pytest.mark.spec("CUS-60")
def test_the_owner_is_reminded_the_day_before_and_owner_and_supervisor_hear_of_the_breach_once(
    customer, consultant, supervisor
):
    now = timezone.now()
    entry = promise(
        customer, consultant, due=now + timedelta(hours=20), now=now - timedelta(days=3)
    )
    calm = promise(customer, consultant, due=now + timedelta(days=9))
    for _run in range(2):
        sweep_registers()
    told = Message.objects.values_list("kind", "recipient__username")
    assert list(told) == [("register.reminder", "consultant")]
    RegisterEntry.objects.filter(pk=entry.pk).update(
        due_at=now - timedelta(minutes=1), next_step_at=now - timedelta(minutes=1)
    )
    for _run in range(2):
        sweep_registers()
    breach = Message.objects.filter(kind="register.breached").order_by("recipient__username")
    assert list(breach.values_list("recipient__username", flat=True)) == [
        "consultant",
        "supervisor",
    ]
    assert Message.objects.count() == 3
    calm.refresh_from_db()
    assert calm.next_step_at == calm.due_at - timedelta(days=1)


def test_two_sweeps_at_once_have_one_effect(customer, consultant, supervisor):
    late_promise(customer, consultant)
    now = timezone.now()
    twice = reminders._claim(now)
    assert reminders.sweep(now=now) == 1
    assert reminders._take(twice, now) == 0
    assert Message.objects.count() == 2


@pytest.mark.spec("CUS-60")
def test_it_is_kept_with_evidence_or_broken_with_a_reason(client_for, customer, consultant):
    client = client_for(consultant)
    kept, broken = (late_promise(customer, consultant, title=word) for word in ("甲", "乙"))
    close = {
        entry.pk: reverse("customers:promise-close", args=[customer.pk, entry.pk])
        for entry in (kept, broken)
    }
    refused = client.post(close[kept.pk], {"outcome": "kept", "evidence": " "}, headers=ENGLISH)
    assert refused.status_code == 422
    assert RegisterEntry.objects.open().count() == 2
    for entry, outcome in ((kept, "kept"), (broken, "broken")):
        data = {"outcome": outcome, "evidence": f"{outcome} because"}
        assert client.post(close[entry.pk], data).status_code == 302
        entry.refresh_from_db()
        assert (entry.state, entry.evidence) == (outcome, f"{outcome} because")
    again = client.post(close[kept.pk], {"outcome": "broken", "evidence": "x"})
    assert again.status_code == 409
    kept.refresh_from_db()
    assert kept.state == "kept"
    sweep_registers()
    assert not Message.objects.exists()
    assert "c-red" not in page(client, customer.get_absolute_url())
    timeline = page(client, customer.get_absolute_url())
    assert "Kept: 甲" in timeline
    assert "Broken: 乙" in timeline


def test_a_try_needs_no_time_and_is_never_a_breach(client_for, customer, consultant):
    client = client_for(consultant)
    data = typed(kind="try", due_at="")
    assert client.post(tab_of(customer), data).status_code == 302
    past = timezone.now() - timedelta(days=1)
    wish = promise(customer, consultant, kind="try", due=past, title="想要朝南的")
    sweep_registers()
    assert not Message.objects.exists()
    text = page(client, customer.get_absolute_url())
    assert "想要朝南的" in text
    assert "c-red" not in text
    assert not wish.is_overdue(timezone.now())


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"due_at": ""}, "due_at"),
        ({"title": " "}, "title"),
        ({"kind": "gift"}, "kind"),
        ({"promised_by": ""}, "promised_by"),
    ],
)
def test_a_promise_without_its_parts_is_refused_and_nothing_is_written(
    client_for, customer, consultant, data, field
):
    answer = client_for(consultant).post(tab_of(customer), typed(**data))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not RegisterEntry.objects.exists()


def test_who_cannot_see_the_customer_sees_no_promise_and_who_cannot_log_adds_none(
    client_for, customer, consultant, consultant_c, finance
):
    entry = late_promise(customer, consultant)
    stranger, reader = client_for(consultant_c), client_for(finance)
    detail = reverse("registers:entry-detail", args=[entry.pk])
    assert stranger.get(tab_of(customer)).status_code == 404
    assert stranger.get(detail).status_code == 404
    assert TITLE not in page(stranger, "/registers/promises/")
    assert (
        stranger.post("/registers/promises/add/", typed(subject_id=customer.pk)).status_code == 422
    )
    assert reader.get(detail).status_code == 200
    assert reader.post(tab_of(customer), typed()).status_code == 403
    assert RegisterEntry.objects.count() == 1


def test_promises_go_along_when_a_consultant_leaves(customer, consultant, consultant_b, supervisor):
    other = CustomerFactory(owner=consultant)
    mine, left = late_promise(customer, consultant), late_promise(other, consultant)
    done = late_promise(customer, consultant, title="done")
    RegisterEntry.objects.filter(pk=done.pk).update(
        state="kept", evidence="x", closed_at=timezone.now()
    )
    now = timezone.now()
    order = {"from_user": consultant, "to_user": consultant_b, "actor": supervisor, "now": now}
    assert move_open_entries(subject_ids=[customer.pk], **order) == 1
    assert move_open_entries(subject_ids=[customer.pk], **order) == 0
    owners = {entry.pk: entry.owner for entry in RegisterEntry.objects.all()}
    assert owners == {mine.pk: consultant_b, left.pk: consultant, done.pk: consultant}
    moved = RegisterEvent.objects.get(kind="moved")
    assert moved.changes == {"owner": [consultant.pk, consultant_b.pk]}
    assert move_open_entries(subject_ids=None, **order) == 1


def test_the_api_lists_adds_and_closes(client_for, customer, consultant, consultant_c):
    client = client_for(consultant)
    due = (timezone.now() + timedelta(days=2)).isoformat()
    data = {"customer": customer.pk, "kind": "promise", "title": TITLE, "due_at": due}
    made = client.post("/api/v1/promises/", data, content_type=JSON)
    assert made.status_code == 201
    assert made.json()["promised_by"] == consultant.name
    for wrong, field in (({"due_at": None}, "due_at"), ({"customer": 10**9}, "customer")):
        answer = client.post("/api/v1/promises/", data | wrong, content_type=JSON)
        assert answer.status_code == 400
        assert field in str(answer.json())
    stranger = client_for(consultant_c)
    assert stranger.post("/api/v1/promises/", data, content_type=JSON).status_code == 400
    path = f"/api/v1/promises/{made.json()['id']}/"
    assert stranger.get(path).status_code == 404
    listed = client.get(f"/api/v1/promises/?customer={customer.pk}&kind=promise&state=open")
    assert [row["title"] for row in listed.json()["results"]] == [TITLE]
    closing = {"outcome": "kept", "evidence": "合同附件"}
    closed = client.post(f"{path}close/", closing, content_type=JSON)
    assert (closed.status_code, closed.json()["state"]) == (200, "kept")
    assert client.post(f"{path}close/", closing, content_type=JSON).status_code == 409
    assert RegisterEntry.objects.count() == 1


def test_the_tab_costs_the_same_for_one_promise_and_for_twenty(client_for, customer, consultant):
    client = client_for(consultant)
    counts = {}
    for number in (1, 19):
        for _one in range(number):
            owner = UserFactory(node=consultant.node)
            promise(customer, consultant, due=timezone.now(), owner=owner)
        for path in (tab_of(customer), "/registers/promises/"):
            client.get(path)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path).status_code == 200
            counts.setdefault(path, []).append(len(captured))
    assert all(len(set(found)) == 1 for found in counts.values()), counts
