"""The demo's purchases agree with how far its leads are, and with the prices of their day."""

from decimal import Decimal

import pytest
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone

from crm_site.approvals.models import Approval
from crm_site.staff.models import User
from customers.models import (
    ClaimCase,
    ClaimDecision,
    Customer,
    DiscountRequest,
    Interaction,
    Lead,
    PriceLetter,
    PriceList,
    Project,
    Purchase,
    PurchaseEvent,
    Task,
    Unit,
)
from customers.pricing.selectors import prices_at
from customers.property.board import counts_of, project_board
from customers.property.gates import launch_blockers
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
BOUGHT = ["signed", "handed_over"]


def test_purchases_agree_with_leads(truth):
    purchases = Purchase.objects.exclude(unit__kind="parking")
    for state, wanted in (("subscribed", ["subscribed"]), ("signed", BOUGHT)):
        leads = Lead.objects.filter(state=state).annotate(
            deals=Count(
                "purchases",
                filter=Q(purchases__state__in=wanted) & ~Q(purchases__unit__kind="parking"),
            )
        )
        assert leads.exists()
        assert set(leads.values_list("deals", flat=True)) == {1}
    handed = {
        one["customer"] for one in truth["customers"] if one["facts"]["stage"] == "handed_over"
    }
    found = Customer.objects.filter(purchases__state="handed_over").values_list(
        "external_id", flat=True
    )
    assert set(found) <= handed
    gone = Lead.objects.filter(state="lost", events__to_value="subscribed")
    assert gone.exists()
    cancelled = purchases.filter(lead__in=gone).values_list("state", flat=True)
    assert set(cancelled) == {"cancelled"}
    for purchase in Purchase.objects.filter(state__in=BOUGHT).select_related("lead", "customer"):
        assert purchase.lead.state == "signed"
        assert purchase.contract_no
        assert purchase.agreed_total is not None
        assert purchase.customer.contribution >= purchase.agreed_total
    states = set(Purchase.objects.values_list("state", flat=True))
    assert {"held", "presubscribed", "subscribed", "cancelled", "expired", "released"} <= states


def test_no_unit_is_sold_twice_and_events_end_where_the_purchase_stands(company):
    sold = Purchase.objects.filter(state__in=["subscribed", *BOUGHT])
    assert sold.count() == sold.values("unit").distinct().count()
    assert not Purchase.objects.filter(unit__withheld_at__isnull=False).exists()
    last = PurchaseEvent.objects.order_by("purchase", "-pk").distinct("purchase")
    at_end = dict(last.values_list("purchase", "to_state"))
    assert at_end == dict(Purchase.objects.values_list("pk", "state"))
    now = timezone.now()
    assert not PurchaseEvent.objects.filter(at__gt=now).exists()
    assert not Purchase.objects.filter(signed_at__lt=F("subscribed_at")).exists()
    assert not Purchase.objects.filter(begun_at__lt=F("lead__received_at")).exists()


def test_prices_are_those_of_the_day_and_discounts_are_signed(company):
    assert PriceList.objects.filter(state="approved").values("project").distinct().count() == 9
    lists = PriceList.objects.filter(project__code="yunqili", state="approved")
    assert lists.count() == 4
    for purchase in Purchase.objects.exclude(list_total=None).select_related("unit")[:60]:
        price = prices_at([purchase.unit_id], at=purchase.subscribed_at)[purchase.unit_id]
        assert purchase.list_total == price.public_total
        assert purchase.agreed_total >= price.floor_total
    lower = Purchase.objects.filter(agreed_total__lt=F("list_total"))
    used = DiscountRequest.objects.filter(state="used")
    assert set(used.values_list("purchase", flat=True)) == set(lower.values_list("pk", flat=True))
    for request in used.select_related("approval", "purchase"):
        assert request.asked_total == request.purchase.agreed_total
        assert request.approval.signatures.count() == len(request.approval.steps)
    waiting = Approval.objects.filter(state="waiting")
    of_prices = waiting.filter(kind__startswith="price.")
    assert set(of_prices.values_list("kind", flat=True)) == {"price.list", "price.discount"}
    assert PriceLetter.objects.count() == 2


def test_talks_and_next_steps_fall_into_office_hours(company):
    for at in Interaction.objects.values_list("at", flat=True):
        assert 9 <= timezone.localtime(at).hour < 20
    for due_at in Task.objects.filter(source="demo").values_list("due_at", flat=True):
        assert 9 <= timezone.localtime(due_at).hour < 20
    open_leads = Lead.objects.filter(state__in=["contacted", "qualified", "visited", "subscribed"])
    planned = open_leads.filter(tasks__state="open").distinct().count()
    assert planned / open_leads.count() > Decimal("0.7")


def test_agencies_claim_customers_of_the_first_project(company):
    assert ClaimCase.objects.filter(project__code="yunqili").count() >= 10
    latest = ClaimDecision.objects.order_by("case", "-number").distinct("case")
    assert {"claim", "undecided"} <= {each.outcome for each in latest}


def test_one_project_waits_for_its_launch(company):
    project = Project.objects.get(code="hupanyuan")
    today = timezone.localdate()
    assert project.launch_on > today
    assert launch_blockers(project, today=today)
    assert not Customer.objects.filter(project=project).exists()


def test_the_pages_of_units_are_full_for_the_consultant(client, company):
    consultant = User.objects.get(username="consultant")
    sign_in(client, consultant)
    assert client.get(reverse("customers:unit-board")).status_code == 200
    counts = dict(counts_of(project_board(Project.objects.get(code="yunqili"))))
    assert all(counts[state] for state in counts), counts
    purchases = client.get(reverse("customers:purchase-list"))
    assert purchases.status_code == 200
    assert Purchase.objects.visible_to(consultant).exists()
    unit = Unit.objects.filter(purchases__consultant=consultant).first()
    assert client.get(reverse("customers:unit-detail", args=[unit.pk])).status_code == 200
    assert client.get("/wall/yunqili/").status_code == 200
    assert client.get(reverse("customers:today")).status_code == 200
