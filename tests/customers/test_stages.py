"""Buying stages by event and by hand, the days in each, and the board (CUS-20)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.audit.models import AuditEvent
from customers.errors import EntryError, StageMoveError
from customers.models import Customer, Playbook, PlaybookRun, StageEvent
from customers.rules.axes import LeadState
from customers.services.leads import Enquiry, capture_lead, move_lead
from customers.services.stages import change_stage, place_unplaced
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def customer(consultant, now):
    made = CustomerFactory(owner=consultant, stage_since=now - 20 * DAY)
    Customer.objects.filter(pk=made.pk).update(created_at=now - 20 * DAY)
    made.refresh_from_db()
    return made


def by_hand(customer, to, now, **more):
    values = {"reason": "", "held_from": None, "manual": True, "actor": None} | more
    return change_stage(customer=customer, to=to, now=now, **values)


def stages_of(customer):
    events = StageEvent.objects.filter(customer=customer).order_by("at", "pk")
    return [(e.from_stage, e.to_stage, e.reason, e.is_manual) for e in events]


def test_the_states_of_a_lead_move_the_stage_and_never_back(customer, consultant, now):
    lead = capture_lead(
        customer=customer, enquiry=Enquiry(capture_point="front_desk"), actor=consultant, now=now
    )
    assert Customer.objects.get(pk=customer.pk).buying_stage == "preparing"
    steps = ("contacted", "qualified", "visited", "subscribed", "visited", "subscribed", "signed")
    reached = []
    for place, state in enumerate(steps):
        at = now + place * DAY
        lead = move_lead(lead=lead, to=LeadState(state), actor=consultant, now=at)
        reached.append(Customer.objects.get(pk=customer.pk).buying_stage)
    assert reached == ["watching", "watching", *["deciding"] * 4, "signing"]
    assert stages_of(customer) == [
        ("preparing", "watching", "lead:contacted", False),
        ("watching", "deciding", "lead:visited", False),
        ("deciding", "signing", "lead:signed", False),
    ]
    assert Customer.objects.get(pk=customer.pk).stage_since == now + 6 * DAY


def test_a_lost_lead_leaves_the_stage_and_dates_the_loss(customer, consultant, now):
    lead = LeadFactory(customer=customer, state="visited")
    by_hand(customer, "deciding", now - DAY)
    move_lead(lead=lead, to=LeadState.LOST, reason="价格", actor=consultant, now=now)
    current = Customer.objects.get(pk=customer.pk)
    assert (current.buying_stage, current.stage_since) == ("deciding", now - DAY)
    assert stages_of(customer)[-1] == ("deciding", "deciding", "lead:lost", False)
    assert StageEvent.objects.get(reason="lead:lost").at == now


def test_by_hand_a_stage_holds_from_a_day_and_no_jump_is_taken(customer, consultant, now):
    moved = by_hand(customer, "watching", now, held_from=date(2026, 5, 12), actor=consultant)
    assert moved.stage_since.isoformat() == "2026-05-12T00:00:00+08:00"
    assert AuditEvent.objects.filter(kind="customer.stage_changed").count() == 1
    before = stages_of(customer)
    with pytest.raises(StageMoveError):
        by_hand(customer, "moved_in", now)
    for day, code in ((date(2026, 5, 21), "future"), (date(2026, 5, 11), "stage_order")):
        with pytest.raises(EntryError) as refused:
            by_hand(customer, "deciding", now, held_from=day)
        assert refused.value.codes == {"held_from": [code]}
    assert stages_of(customer) == before
    assert Customer.objects.get(pk=customer.pk).buying_stage == "watching"


def test_entering_a_stage_starts_its_playbooks_once(customer, now):
    steps = [
        {"key": "one", "title": "送资料", "offset_hours": 24, "role": "owner", "task_kind": "call"}
    ]
    kept = Playbook.objects.create(key="a", name="观望跟进", trigger="stage:watching", steps=steps)
    Playbook.objects.create(key="b", name="别的", trigger="stage:signing", steps=steps)
    by_hand(customer, "watching", now)
    assert [run.playbook for run in PlaybookRun.objects.filter(customer=customer)] == [kept]


def test_records_written_in_bulk_get_the_stage_of_leads_and_class_once(consultant, now):
    rows = [("new", "potential"), ("visited", "intent"), ("signed", "first_purchase")]
    rows += [("signed", "existing"), ("lost", "intent")]
    made = [CustomerFactory(owner=consultant, customer_class=owned) for _state, owned in rows]
    for customer, (state, _owned) in zip(made, rows, strict=True):
        lost = "价格" if state == "lost" else ""
        LeadFactory(customer=customer, state=state, lost_reason=lost)
    assert place_unplaced(now=now) == 5
    found = {c.pk: c for c in Customer.objects.filter(pk__in=[m.pk for m in made])}
    assert [(found[m.pk].buying_stage, found[m.pk].phase) for m in made] == [
        ("preparing", "potential"),
        ("deciding", "active"),
        ("signing", "active"),
        ("moved_in", "active"),
        ("preparing", "potential"),
    ]
    assert found[made[0].pk].stage_since == now - timedelta(hours=2)  # when the lead came
    assert place_unplaced(now=now) == 0


@pytest.mark.spec("CUS-20")
def test_the_record_shows_the_days_in_each_stage_and_the_board_moves_a_card(
    customer, consultant, client_for, now, monkeypatch
):
    monkeypatch.setattr("customers.views.axes.timezone.now", lambda: now)
    client = client_for(consultant)
    url = f"/customers/{customer.pk}/stage/"
    first = client.post(url, {"to": "watching", "held_from": "2026-05-10", "reason": "看了样板间"})
    assert first.status_code == 302
    second = client.post(
        url, {"to": "deciding", "held_from": "2026-05-17", "next": "/customers/board/"}
    )
    assert (second.status_code, second.headers["Location"]) == (302, "/customers/board/")
    tab = client.get(f"/customers/{customer.pk}/standing/")
    days = {key: number for key, _label, number in tab.context["stages"]}
    assert days == {
        "preparing": 9,
        "watching": 7,
        "deciding": 3,
        "signing": None,
        "moved_in": None,
    }
    board = client.get("/customers/board/")
    counts = {column.key: column.count for column, _cards in board.context["columns"]}
    assert counts == {"preparing": 0, "watching": 0, "deciding": 1, "signing": 0, "moved_in": 0}
    assert customer.name in board.content.decode()
    timeline = client.get(f"/customers/{customer.pk}/").content.decode()
    assert "看了样板间" in timeline


def test_a_move_that_is_not_allowed_is_refused_and_nothing_written(
    customer, consultant, client_for, now
):
    client, url = client_for(consultant), f"/customers/{customer.pk}/stage/"
    assert client.post(url, {"to": "moved_in"}).status_code == 409
    assert client.post(url, {"to": "nowhere"}).status_code == 422
    assert client.post(url, {"to": "watching", "held_from": "2199-01-01"}).status_code == 422
    assert not StageEvent.objects.exists()
    assert Customer.objects.get(pk=customer.pk).buying_stage == "preparing"


def test_the_board_shows_twenty_cards_a_column_and_counts_all(consultant, client_for):
    CustomerFactory.create_batch(23, owner=consultant, buying_stage="watching")
    CustomerFactory(owner=consultant, buying_stage="deciding")
    client = client_for(consultant)
    board = client.get("/customers/board/")
    columns = {column.key: column for column, _cards in board.context["columns"]}
    watching = columns["watching"]
    assert (watching.count, len(watching.cards), watching.more) == (23, 20, 3)
    assert "view=all&amp;stage=watching" in board.content.decode()
    listed = client.get("/customers/?view=all&stage=watching&page_size=50")
    assert len(listed.context["rows"]) == 23
    assert client.get("/customers/board/?stage=nowhere").status_code == 422


def test_the_board_costs_the_same_for_one_card_and_for_twenty(consultant, client_for):
    client = client_for(consultant)

    def statements():
        client.get("/customers/board/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/customers/board/")
        return len(seen)

    CustomerFactory(owner=consultant)
    one = statements()
    CustomerFactory.create_batch(19, owner=consultant)
    assert statements() == one


def test_somebody_elses_customer_is_not_found(customer, consultant_b, marketing, client_for):
    url = f"/customers/{customer.pk}/stage/"
    assert client_for(consultant_b).post(url, {"to": "watching"}).status_code == 404
    assert client_for(marketing).post(url, {"to": "watching"}).status_code == 403
    assert not StageEvent.objects.exists()
