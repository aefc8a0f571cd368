"""Leads move by the table, keep their source, and close only with answer, notice, confirmation."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from crm_site.common.refusals import StaleError
from customers.errors import ClassMoveError, EntryError, LeadMoveError, StageError
from customers.models import ClassEvent, Customer, Lead, LeadEvent, SourceEvent
from customers.rules.axes import LEAD_TRANSITIONS, CaseStage, CustomerClass, LeadState
from customers.services.classes import change_class, move_class
from customers.services.leads import (
    Enquiry,
    advance_to,
    capture_lead,
    close_case,
    move_lead,
    stamp_stage,
)
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(consultant):
    return LeadFactory(customer=CustomerFactory(owner=consultant))


def capture(customer, now, **values):
    enquiry = Enquiry(**({"capture_point": "hotline"} | values))
    return capture_lead(customer=customer, enquiry=enquiry, actor=None, now=now)


def test_repeat_enquiry_joins_the_open_lead_and_a_new_project_opens_one(org, consultant, now):
    customer = CustomerFactory(owner=consultant)
    first = capture(customer, now)
    again = capture(customer, now, source="抖音", campaign="may")
    other = capture(customer, now, project=org.project_two)
    assert again.pk == first.pk
    assert other.pk != first.pk
    assert (first.project, other.project) == (org.project_one, org.project_two)
    assert (again.source, again.campaign) == ("hotline", "none")
    sources = SourceEvent.objects.filter(customer=customer).order_by("pk")
    assert list(sources.values_list("source", "lead")) == [
        ("hotline", first.pk),
        ("short_video", first.pk),
        ("hotline", other.pk),
    ]
    move_lead(lead=first, to=LeadState.LOST, reason="太贵", actor=consultant, now=now)
    assert capture(customer, now).pk not in (first.pk, other.pk)


@pytest.mark.parametrize("values", [{"source": "火星"}, {"capture_point": "moon"}])
def test_unknown_source_is_refused_and_nothing_is_written(lead, now, values):
    with pytest.raises(EntryError) as caught:
        capture(lead.customer, now, **values)
    assert set(caught.value.faults) == {"source"}
    assert (Lead.objects.count(), SourceEvent.objects.count()) == (1, 0)


def test_enquiry_from_the_future_is_refused(lead, now):
    with pytest.raises(EntryError) as caught:
        capture(lead.customer, now, received_at=now + timedelta(seconds=1))
    assert caught.value.codes == {"received_at": ["future"]}


@pytest.mark.parametrize("from_", LeadState)
def test_every_pair_of_states_follows_the_table(lead, consultant, now, from_):
    for to in LeadState:
        Lead.objects.filter(pk=lead.pk).update(
            state=from_.value, lost_reason="price" if from_ is LeadState.LOST else ""
        )
        lead.refresh_from_db()
        allowed = to in LEAD_TRANSITIONS[from_] and to is not LeadState.NEW
        events = LeadEvent.objects.count()
        if allowed:
            move_lead(lead=lead, to=to, reason="价格", actor=consultant, now=now)
            event = LeadEvent.objects.latest("pk")
            assert (event.kind, event.from_value, event.to_value) == ("state", from_, to)
            assert (event.actor, event.at) == (consultant, now)
        else:
            with pytest.raises(LeadMoveError):
                move_lead(lead=lead, to=to, reason="价格", actor=consultant, now=now)
            assert LeadEvent.objects.count() == events
        assert Lead.objects.get(pk=lead.pk).state == (to if allowed else from_)


def test_no_lost_lead_without_reason(lead, consultant, now):
    for reason in ("", "  \n"):
        with pytest.raises(EntryError) as caught:
            move_lead(lead=lead, to=LeadState.LOST, reason=reason, actor=consultant, now=now)
        assert caught.value.codes == {"reason": ["required"]}
    lead.refresh_from_db()
    assert (lead.state, LeadEvent.objects.count()) == ("assigned", 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(state="lost")
    move_lead(lead=lead, to=LeadState.LOST, reason="太贵", actor=consultant, now=now)
    assert lead.lost_reason == "price"
    move_lead(lead=lead, to=LeadState.ASSIGNED, actor=consultant, now=now)
    assert (lead.state, lead.lost_reason) == ("assigned", "")


@pytest.mark.parametrize("field", ["source", "campaign", "capture_point"])
def test_database_refuses_to_change_where_a_lead_came_from(lead, field):
    before = Lead.objects.values_list(field, flat=True).get(pk=lead.pk)
    with pytest.raises(IntegrityError, match="lead source never changes"), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(**{field: "referral"})
    assert Lead.objects.values_list(field, flat=True).get(pk=lead.pk) == before


def test_second_mover_is_told(lead, consultant, now):
    stale = Lead.objects.get(pk=lead.pk)
    move_lead(lead=lead, to=LeadState.CONTACTED, actor=consultant, now=now)
    with pytest.raises(StaleError):
        move_lead(lead=stale, to=LeadState.VISITED, actor=consultant, now=now)
    assert Lead.objects.get(pk=lead.pk).state == "contacted"
    assert LeadEvent.objects.filter(kind="state").count() == 1


def test_advance_goes_over_the_states_between_and_never_back(lead, consultant, now):
    Lead.objects.filter(pk=lead.pk).update(state="new")
    assert advance_to(lead=lead, to=LeadState.CONTACTED, actor=consultant, now=now)
    assert lead.state == "contacted"
    moves = LeadEvent.objects.order_by("pk").values_list("from_value", "to_value")
    assert list(moves) == [("new", "assigned"), ("assigned", "contacted")]
    assert not advance_to(lead=lead, to=LeadState.ASSIGNED, actor=consultant, now=now)
    assert not advance_to(lead=lead, to=LeadState.CONTACTED, actor=consultant, now=now)
    waiting = LeadFactory(customer=CustomerFactory())
    assert not advance_to(lead=waiting, to=LeadState.CONTACTED, actor=consultant, now=now)
    assert waiting.state == "new"


def test_case_cannot_skip_collecting_the_need(lead, consultant, now):
    with pytest.raises(StageError):
        stamp_stage(lead=lead, stage=CaseStage.SOLVE_PROBLEM, actor=consultant, now=now)
    assert Lead.objects.get(pk=lead.pk).stages == {}
    stamp_stage(lead=lead, stage=CaseStage.COLLECT_NEED, actor=consultant, now=now)
    later = now + timedelta(hours=1)
    stamp_stage(lead=lead, stage=CaseStage.COLLECT_NEED, actor=None, now=later)
    assert Lead.objects.get(pk=lead.pk).stages == {
        "collect_need": {"at": now.isoformat(), "by": consultant.pk}
    }
    assert LeadEvent.objects.filter(kind="stage").count() == 1


def test_case_closes_with_answer_notice_and_confirmation(consultant, now):
    customer = CustomerFactory(owner=consultant)
    lead = capture(customer, now - timedelta(days=1))
    done = {
        "solution": "首付三成，已发户型图",
        "told_at": now - timedelta(hours=2),
        "confirmed_at": now,
    }

    def close(**changed):
        return close_case(lead=lead, actor=consultant, now=now, **(done | changed))

    with pytest.raises(StageError):
        close()
    stamp_stage(lead=lead, stage=CaseStage.COLLECT_NEED, actor=consultant, now=now)
    for missing in done:
        with pytest.raises(EntryError) as caught:
            close(**{missing: "" if missing == "solution" else None})
        assert caught.value.codes == {missing: ["required"]}
    with pytest.raises(EntryError) as caught:
        close(told_at=now, confirmed_at=now - timedelta(seconds=1))
    assert caught.value.codes == {"told_at": ["time_order"]}
    with pytest.raises(EntryError) as caught:
        close(confirmed_at=now + timedelta(seconds=1))
    assert caught.value.codes == {"confirmed_at": ["future"]}
    assert lead.clocks.get(kind="closure").met_at is None
    closed = close()
    assert closed.solution == done["solution"]
    assert lead.clocks.get(kind="closure").met_at == now
    assert list(closed.stages) == ["collect_need", "solve_problem", "follow_up"]
    with pytest.raises(StageError):
        close()


def test_events_move_one_customer_through_all_five_classes(lead, consultant, now):
    steps = ["contacted", "visited", "subscribed", "signed"]
    for step in steps:
        move_lead(lead=lead, to=LeadState(step), actor=consultant, now=now)
    customer = lead.customer
    for to, reason in [("existing", "handover"), ("high_value", "value test")]:
        move_class(customer=customer, to=CustomerClass(to), reason=reason, actor=None, now=now)
    rows = ClassEvent.objects.filter(customer=customer).order_by("pk")
    assert list(rows.values_list("from_class", "to_class", "reason", "is_manual")) == [
        ("potential", "intent", "lead:contacted", False),
        ("intent", "first_purchase", "lead:signed", False),
        ("first_purchase", "existing", "handover", False),
        ("existing", "high_value", "value test", False),
    ]
    assert Customer.objects.get(pk=customer.pk).customer_class == "high_value"


def test_illegal_class_jumps_are_refused(lead, supervisor, now):
    for to in ("existing", "high_value", "first_purchase", "potential"):
        with pytest.raises(ClassMoveError):
            change_class(
                customer=lead.customer, to=to, reason="客户要求", actor=supervisor, now=now
            )
    with pytest.raises(EntryError):
        change_class(customer=lead.customer, to="intent", reason="误", actor=supervisor, now=now)
    assert ClassEvent.objects.count() == 0
    assert Customer.objects.get(pk=lead.customer_id).customer_class == "potential"


def test_class_set_by_hand_holds_until_a_purchase(lead, supervisor, consultant, now):
    change_class(customer=lead.customer, to="intent", reason="已到访过", actor=supervisor, now=now)
    customer = change_class(
        customer=lead.customer, to="potential", reason="只是看看", actor=supervisor, now=now
    )
    assert (customer.customer_class, customer.class_is_manual) == ("potential", True)
    move_lead(lead=lead, to=LeadState.CONTACTED, actor=consultant, now=now)
    assert Customer.objects.get(pk=customer.pk).customer_class == "potential"
    for step in ("visited", "subscribed", "signed"):
        move_lead(lead=lead, to=LeadState(step), actor=consultant, now=now)
    customer.refresh_from_db()
    assert (customer.customer_class, customer.class_is_manual) == ("first_purchase", False)
