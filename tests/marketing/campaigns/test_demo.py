"""The demo of campaigns: every step of the way is there, and running it again adds nothing."""

from datetime import timedelta

import pytest

from crm_site.demo.marketing.campaigns import make_campaigns
from customers.models import Lead
from marketing.campaigns.models import BudgetNode, Campaign, CostItem, PlanningCase
from marketing.campaigns.services.budgets import free_of
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db


def test_the_demo_shows_every_state_and_stays_within_its_budgets(
    client, org, marketer, chief, head, payer, now
) -> None:
    for days in range(1, 31):
        customer = CustomerFactory(project=org.project_one, region=org.region_east)
        received = now - timedelta(days=3 * days)
        LeadFactory(customer=customer, owner=None, received_at=received)
    projects = [org.project_one, org.project_two]
    for _again in range(2):
        make_campaigns(projects, now=now)
    states = sorted(Campaign.objects.values_list("state", flat=True))
    assert states == ["approved", "draft", "ended", "reviewed", "reviewed", "running"]
    assert Campaign.objects.awaiting_review(today=now.date()).count() == 1
    assert Lead.objects.exclude(campaign="none").exists()
    assert CostItem.objects.unallocated().count() == 1
    assert all(free_of(node) >= 0 for node in BudgetNode.objects.all())
    assert PlanningCase.objects.get().state == "review"
    for path in ("/campaigns/", "/campaigns/calendar/", "/campaigns/matrix/", "/budgets/"):
        assert client.get(path).status_code == 200
