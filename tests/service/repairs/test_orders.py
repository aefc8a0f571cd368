"""The way of a repair in the database and its ticket; charge-backs; the scorecard (SVC-99)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override

from crm_site.common.refusals import StaleError
from crm_site.policies.models import PolicyVersion
from crm_site.policies.services import ensure_default
from crm_site.policies.shapes import to_json
from service.repairs import selectors
from service.repairs.errors import RepairRefusedError
from service.repairs.models import BuiltBy, Contractor, RepairOrder
from service.repairs.policies import WARRANTY, WarrantyRules
from service.repairs.rules.steps import ChargeState
from service.repairs.services import accepting, charging, orders
from service.tickets.errors import NotClosableError
from service.tickets.models import TicketCallback
from service.tickets.services.moving import move_ticket
from tests.property.conftest import png
from tests.service.factories import CategoryFactory, TicketFactory
from tests.service.repairs.conftest import HANDED

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_every_repair_ticket_has_an_order_wherever_it_was_opened(
    unit, owner, project, manager, now
) -> None:
    from service.tickets.drafts import TicketDraft
    from service.tickets.services.opening import open_ticket

    draft = TicketDraft(kind="repair", project=project, unit=unit, customer=owner, subject="灯不亮")
    ticket = open_ticket(draft, actor=manager, now=now)
    order = ticket.repair
    assert (order.stage, order.standing, order.standing_reason) == (
        *("reported", "unknown"),
        "no_part",
    )
    other = TicketFactory(customer=owner, project=project, kind="complaint")
    assert not RepairOrder.objects.filter(ticket=other).exists()
    orders.classify(order=order, part="services", trade="power", actor=manager, now=now)
    order.refresh_from_db()
    assert (order.standing, str(order.warranty_until)) == ("in", "2026-06-10")
    assert order.handed_on == HANDED.date()


def test_a_home_keeps_the_warranty_of_the_day_it_was_handed_over(reported, manager, now) -> None:
    ensure_default(WARRANTY)
    PolicyVersion.objects.create(
        key=WARRANTY,
        version=2,
        payload=to_json(WarrantyRules(decoration_years=3)),
        state=PolicyVersion.State.APPROVED,
        valid_from=HANDED + timedelta(days=30),
        created_at=HANDED,
        decided_at=HANDED,
    )
    order = reported("decoration", "walls", at=now + timedelta(days=60))
    assert (order.standing, order.warranty_version) == ("out", 1)
    assert str(order.warranty_until) == "2026-06-10"


def test_the_day_the_defect_was_seen_counts(reported, now) -> None:
    later = now + timedelta(days=60)
    assert reported("decoration", "walls", at=later).standing == "out"
    seen = reported("decoration", "walls", at=later, occurred_on=now.date())
    assert seen.standing == "in"


def test_a_refusal_sends_it_back_and_the_ticket_stays_open(reported, rounds, manager, now) -> None:
    order = rounds(reported(), accepted=False)
    assert (order.stage, order.refusals) == ("reported", 1)
    assert order.jobs.get().outcome == "refused"
    order = rounds(order, at=now + timedelta(days=2))
    assert (order.stage, order.jobs.count()) == ("accepted", 2)
    assert order.accepted_at is not None
    order.ticket.refresh_from_db()
    assert (order.ticket.answer, order.ticket.solution) == ("accepted", "已重做")
    steps = list(order.events.order_by("pk").values_list("step", flat=True))
    assert steps == [
        *("report", "classify", "dispatch", "visit", "repair", "refuse"),
        *("dispatch", "visit", "repair", "accept"),
    ]


def test_nobody_closes_the_ticket_before_the_owner_accepts(reported, rounds, manager, now) -> None:
    order = reported()
    ticket = order.ticket
    ticket.category = CategoryFactory(kind="repair")
    ticket.handler = manager
    ticket.save()
    for state in ("classified", "assigned"):
        move_ticket(ticket, state, actor=manager, now=now)
    rounds(order, accepted=None)
    ticket.refresh_from_db()
    assert ticket.state == "executing"  # the dispatch took it along
    assert accepting.closing_gate(ticket) is not None
    order.refresh_from_db()
    accepting.accept(order=order, remark="", actor=manager, now=now + 10 * HOUR)
    ticket.refresh_from_db()
    assert ticket.state == "replied"
    move_ticket(ticket, "callback", actor=manager, now=now + 11 * HOUR)
    with pytest.raises(NotClosableError):  # without the callback
        move_ticket(ticket, "closed", actor=manager, now=now + 11 * HOUR)
    TicketCallback.objects.create(
        ticket=ticket, at=now, solved="yes", pleasant=5, is_satisfied=True, by=manager
    )
    move_ticket(ticket, "closed", actor=manager, now=now + 12 * HOUR)
    assert accepting.closing_gate(ticket) is None
    move_ticket(ticket, "reopened", actor=manager, now=now + 90 * HOUR, note="又漏了")
    order.refresh_from_db()
    assert (order.stage, order.reopened) == ("reported", 1)
    assert order.jobs.get().came_back_at == now + 90 * HOUR


@pytest.mark.parametrize("state", ["closed", "callback", "replied"])
def test_what_comes_back_opens_its_ticket_again(state, reported, rounds, manager, now) -> None:
    order = rounds(reported())
    order.ticket.state = state
    order.ticket.closed_at = now if state == "closed" else None
    order.ticket.save()
    accepting.reopen(order=order, remark="又漏了", actor=manager, now=now + timedelta(days=9))
    ticket = order.ticket
    ticket.refresh_from_db()
    assert ticket.state == ("executing" if state == "replied" else "reopened")
    assert ticket.closed_at is None
    order.refresh_from_db()
    assert (order.stage, order.reopened, order.jobs.count()) == ("reported", 1, 1)
    assert ticket.events.order_by("-pk").first().note == "又漏了"
    rounds(order, at=now + timedelta(days=10))
    ticket.refresh_from_db()
    assert ticket.state == "replied"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"contractor": "other"}, RepairRefusedError),
        ({"contractor": "gone"}, RepairRefusedError),
        ({"until": -1}, RepairRefusedError),
    ],
)
def test_who_cannot_be_sent(reported, contractor, manager, now, change, refusal) -> None:
    sent = contractor
    if change.get("contractor") == "other":
        sent = Contractor.objects.create(name="电工队", trades=["power"])
    if change.get("contractor") == "gone":
        Contractor.objects.filter(pk=contractor.pk).update(is_active=False)
        sent.refresh_from_db()
    until = now + HOUR * change.get("until", 3)
    sending = orders.Sending(contractor=sent, start=now - 3 * HOUR, until=until)
    with pytest.raises(refusal):
        orders.dispatch(order=reported(), sending=sending, actor=manager, now=now)


def test_steps_out_of_turn_and_empty_words_are_refused(reported, contractor, manager, now) -> None:
    order = reported()
    seen = orders.Visit(finding="破损", plan="重做", finish_on=now.date())
    with pytest.raises(StaleError):
        orders.visit(order=order, seen=seen, actor=manager, now=now)
    sending = orders.Sending(contractor=contractor, start=now, until=now + HOUR)
    first = orders.dispatch(order=order, sending=sending, actor=manager, now=now)
    again = orders.dispatch(order=order, sending=sending, actor=manager, now=now)
    assert again == first  # before the visit the appointment is changed, not doubled
    orders.visit(order=order, seen=seen, actor=manager, now=now)
    for work, photos in (("", (png(),)), ("已修", ())):
        with pytest.raises(RepairRefusedError):
            orders.repair(order=order, work=work, photos=photos, actor=manager, now=now)
    orders.repair(order=order, work="已修", photos=(png(),), actor=manager, now=now)
    with pytest.raises(RepairRefusedError):
        accepting.refuse(order=order, remark=" ", actor=manager, now=now)


def test_only_a_repair_still_owed_is_charged_back(reported, rounds, manager, now) -> None:
    money = {"amount": Decimal("1200.00"), "reason": "防水返工", "actor": manager}
    out = reported("decoration", "walls", at=now + timedelta(days=60))
    assert out.standing == "out"
    rounds(out, at=now + timedelta(days=60))
    with pytest.raises(RepairRefusedError):
        charging.claim(order=out, now=now, **money)
    order = reported()
    with pytest.raises(RepairRefusedError):  # nobody was sent
        charging.claim(order=order, now=now, **money)
    rounds(order)
    charge = charging.claim(order=order, now=now, **money)
    assert (charge.state, charge.contractor) == ("claimed", order.jobs.get().contractor)
    with pytest.raises(RepairRefusedError):  # one stands
        charging.claim(order=order, now=now, **money)
    more = {"charge": charge, "actor": manager, "now": now}
    with pytest.raises(RepairRefusedError):
        charging.move_charge(to=ChargeState.AGREED, note="", amount=Decimal("1200.01"), **more)
    with pytest.raises(StaleError):
        charging.move_charge(to=ChargeState.SETTLED, note="", **more)
    agreed = charging.move_charge(to=ChargeState.AGREED, note="", amount=Decimal(900), **more)
    assert (agreed.agreed_amount, agreed.agreed_at) == (Decimal(900), now)
    settled = charging.move_charge(to=ChargeState.SETTLED, note="已扣款", **more)
    assert settled.settled_at == now
    with pytest.raises(StaleError):
        charging.move_charge(to=ChargeState.WITHDRAWN, note="撤", **more)


def test_who_built_or_spoilt_it_pays_and_nobody_else(reported, rounds, manager, now) -> None:
    first, builder, stranger = (
        Contractor.objects.create(name=name, trades=["sealing"]) for name in ("甲", "乙", "丙")
    )
    order = reported()
    assert charging.liable(order) == []
    BuiltBy.objects.create(project=order.ticket.project, trade="sealing", contractor=builder)
    done = rounds(order, by=first, accepted=False)
    assert charging.liable(order) == [first, builder]
    second = rounds(done, at=now + timedelta(days=1)).jobs.order_by("number").last().contractor
    assert charging.liable(order) == [first, builder, second]
    money = {"amount": Decimal(10), "reason": "返工", "actor": manager, "now": now}
    with override("en"), pytest.raises(RepairRefusedError, match="neither built nor repaired"):
        charging.claim(order=order, contractor=stranger, **money)
    assert charging.claim(order=order, **money).contractor == first


def test_the_scorecard_counts_what_the_rows_are(reported, rounds, contractor, manager, now) -> None:
    rounds(reported())
    rounds(reported(), late=True)
    twice = rounds(reported(), accepted=False)
    rounds(twice, at=now + timedelta(days=1))
    back = rounds(reported())
    accepting.reopen(order=back, remark="又漏了", actor=manager, now=now + timedelta(days=9))
    [score] = selectors.scores(manager, [contractor])
    assert score.counts == {
        "jobs": 5,
        "decided": 5,
        "first": 4,
        "fixed_first": 2,
        "accepted": 4,
        "came_back": 1,
        "refused": 1,
        "visited": 5,
        "in_time": 4,
    }
    rates = {key: (share.hits, share.cases) for key, share in score.rates.items()}
    assert rates == {
        "first_time_fix": (2, 4),
        "came_back": (1, 4),
        "refused": (1, 5),
        "in_time": (4, 5),
    }
