"""Bookings of another system become purchases of the leads that came before."""

from datetime import timedelta
from decimal import Decimal

import pytest

from crm_site.common.refusals import NotAllowedError
from crm_site.exchange.errors import MappingError
from crm_site.exchange.models import ImportKept
from customers.models import (
    Customer,
    Lead,
    LeadEvent,
    Purchase,
    PurchaseEvent,
    PurchaseParty,
    StageEvent,
)
from customers.purchase.errors import PurchaseStepError
from customers.purchase.services.advancing import cancel, sign
from customers.purchase.services.holding import hold_unit
from tests.customers.importing import causes, checked, set_options, shared_file, uploaded
from tests.customers.importing import imported as imported_with
from tests.customers.test_import_command import run
from tests.customers.test_import_revert import reverted
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
HEAD = ["lead_id", "booking_ts", "project_name", "base_price", "discount", "final_price", "unit"]
HEAD += ["booking_status"]
GOOD = ["L1", "2026-05-01 10:00", "", "2000000", "20000", "1980000", "", "Confirmed"]


@pytest.fixture
def leads(seller, now) -> list[Lead]:
    """Leads that another system numbered L1 to L9."""
    return [
        LeadFactory(
            customer=CustomerFactory(owner=seller),
            external_source="lead_id",
            external_id=f"L{number}",
            received_at=now - timedelta(days=60),
        )
        for number in range(1, 10)
    ]


def row(**changed: str) -> list[str]:
    return list((dict(zip(HEAD, GOOD, strict=True)) | changed).values())


def imported(rows, *, actor, now, **options):
    return imported_with([HEAD, *rows], actor=actor, now=now, kind="purchase", **options)


def test_bookings_join_their_leads_and_the_leads_follow(executive, leads, now) -> None:
    job = uploaded(
        [HEAD, row(), row(lead_id="L2", discount="")], actor=executive, now=now, kind="purchase"
    )
    assert job.options["external_source"] == "lead_id"
    checked(job, now=now)
    assert job.counts == {"created": 2}
    assert Purchase.objects.count() == 0
    job = imported([row(), row(lead_id="L2", discount="20000")], actor=executive, now=now)
    assert job.counts == {"created": 2}
    first = Purchase.objects.get(external_id="L1")
    assert (first.lead, first.customer, first.state) == (leads[0], leads[0].customer, "subscribed")
    assert (first.list_total, first.agreed_total) == (Decimal(2_000_000), Decimal(1_980_000))
    assert first.unit is None
    assert first.consultant == leads[0].owner or first.consultant == leads[0].customer.owner
    [event] = first.events.all()
    assert (event.step, event.at, event.facts["import_job"]) == (
        "subscribe",
        first.begun_at,
        job.pk,
    )
    assert PurchaseParty.objects.filter(purchase=first, role="buyer").count() == 1
    leads[0].refresh_from_db()
    assert leads[0].state == "subscribed"
    customer = Customer.objects.get(pk=leads[0].customer_id)
    assert (customer.buying_stage, customer.phase, customer.customer_class) == (
        *("deciding", "active"),
        "intent",
    )
    assert LeadEvent.objects.filter(lead=leads[0], to_value="subscribed").count() == 1


def test_the_same_file_again_changes_nothing(executive, leads, now) -> None:
    rows = [row(), row(lead_id="L2", booking_status="已取消")]
    imported(rows, actor=executive, now=now)
    before = list(Purchase.objects.order_by("pk").values())
    again = imported(rows, actor=executive, now=now + timedelta(days=1))
    assert again.counts == {"unchanged": 2}
    assert list(Purchase.objects.order_by("pk").values()) == before
    assert PurchaseEvent.objects.count() == 2
    differs = imported([row(final_price="1990000", discount="10000")], actor=executive, now=now)
    assert causes(differs) == {"booking_differs": [2]}
    assert list(Purchase.objects.order_by("pk").values()) == before


def test_each_dirty_row_is_named_and_none_of_it_is_written(
    executive, leads, make_units, buyer, seller, now
) -> None:
    units = make_units(9)
    hold_unit(unit=units[0], customer=buyer, actor=seller, now=now)
    Lead.objects.filter(external_id="L9").update(state="lost", lost_reason="price")
    rows = [
        row(),
        row(lead_id=""),
        row(lead_id="L77"),
        row(lead_id="L2", final_price="-1980000"),
        row(lead_id="L2", discount="30000"),
        row(lead_id="L2", base_price="1900000", discount=""),
        row(lead_id="L2", booking_ts=""),
        row(lead_id="L2", project_name="别的项目"),
        row(),
        row(lead_id="L3", unit="3栋-1-9999"),
        row(lead_id="L4", unit=str(units[0])),
        row(lead_id="L5", booking_status="待定"),
        row(lead_id="L6", booking_status="已签约"),
        row(lead_id="L9"),
        row(lead_id="L7", unit=str(units[1])),
        row(lead_id="L8", unit=str(units[1])),
    ]
    job = imported(rows, actor=executive, now=now)
    assert causes(job) == {
        "no_lead_id": [3],
        "unknown_lead": [4],
        "price_not_positive": [5],
        "amounts_differ": [6],
        "above_list": [7],
        "no_booked_at": [8],
        "other_project": [9],
        "repeated_booking": [10],
        "unit_unknown": [11],
        "unit_taken": [12, 17],
        "status_unknown": [13],
        "unit_needed": [14],
        "lead_lost": [15],
    }
    assert job.counts == {"created": 2, "bad": 14}
    assert set(Purchase.objects.exclude(external_id="").values_list("external_id", flat=True)) == {
        "L1",
        "L7",
    }
    assert Purchase.objects.get(external_id="L7").unit == units[1]


def test_a_revert_takes_purchases_back_but_for_those_worked_with(
    executive, seller, leads, make_units, now
) -> None:
    states = {lead.pk: lead.state for lead in leads}
    stages = dict(Customer.objects.values_list("pk", "buying_stage"))
    job = imported([row(), row(lead_id="L2")], actor=executive, now=now)
    kept = Purchase.objects.get(external_id="L2")
    cancel(purchase=kept, reason="退认购", actor=seller, now=now + timedelta(hours=1))
    reverted(job, now=now + timedelta(days=1))
    assert set(Purchase.objects.values_list("external_id", flat=True)) == {"L2"}
    assert ImportKept.objects.get(job=job).row == 3
    lead = Lead.objects.get(external_id="L1")
    assert lead.state == states[lead.pk]
    assert Customer.objects.get(pk=lead.customer_id).buying_stage == stages[lead.customer_id]
    assert not LeadEvent.objects.filter(lead=lead, to_value="subscribed").exists()
    assert not StageEvent.objects.filter(customer=lead.customer_id).exists()
    assert Lead.objects.get(external_id="L2").state == "subscribed"


def test_a_booking_without_a_unit_cannot_be_signed(executive, seller, leads, now) -> None:
    imported([row()], actor=executive, now=now)
    purchase = Purchase.objects.get(external_id="L1")
    with pytest.raises(PurchaseStepError):
        sign(purchase=purchase, contract_no="HT-1", actor=executive, now=now)
    assert Purchase.objects.get(pk=purchase.pk).state == "subscribed"


def test_a_file_without_the_lead_and_other_roles_are_refused(executive, boss, leads, now) -> None:
    job = uploaded([["price"], ["1"]], actor=executive, now=now, kind="purchase")
    with pytest.raises(MappingError):
        set_options(job)
    with pytest.raises(NotAllowedError):
        uploaded([HEAD, row()], actor=boss, now=now, kind="purchase")
    assert not Purchase.objects.exists()


def test_the_real_file_joins_the_real_leads(executive) -> None:
    """804 bookings of 15,000 leads; the same file again changes nothing."""
    leads, staff = shared_file("re_crm_leads.csv"), shared_file("re_crm_executives.csv")
    run(staff, "--kind", "staff", "--user", "executive")
    run(leads, "--user", "executive")
    bookings = shared_file("re_crm_bookings.csv")
    _text, counts = run(bookings, "--kind", "purchase", "--user", "executive")
    assert (counts["rows"], counts["created"], counts["bad"]) == (804, 804, 0)
    assert Purchase.objects.filter(lead__state="subscribed", state="subscribed").count() == 804
    first = Purchase.objects.get(external_id="L000048")
    assert (first.project.name, first.agreed_total) == ("UrbanNest", Decimal(11_738_166))
    assert first.events.get().facts["layout"] == "2BHK"
    again = run(bookings, "--kind", "purchase", "--user", "executive")[1]
    assert (again["created"], again["unchanged"]) == (0, 804)
