"""The demo of campaigns: every step of the way is there, and running it again adds nothing."""

from datetime import timedelta

import pytest

from crm_site.demo.marketing.campaigns import make_campaigns
from crm_site.demo.marketing.told import HOME, campaign_of_lead
from customers.models import Lead
from marketing.campaigns.models import BudgetNode, Campaign, CostItem, PlanningCase
from marketing.campaigns.services.budgets import free_of
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db


def test_the_demo_shows_every_state_and_stays_within_its_budgets(
    client, org, marketer, chief, head, payer, now
) -> None:
    for number in range(30):
        customer = CustomerFactory(project=org.project_one, region=org.region_east)
        received = now - timedelta(days=3 * number + 3)
        given = {"source": "walk_in", "received_at": received, "number": number, "now": now}
        code = campaign_of_lead(project=HOME, **given)
        LeadFactory(customer=customer, owner=None, received_at=received, campaign=code)
    projects = [org.project_one, org.project_two]
    for _again in range(2):
        make_campaigns(projects, now=now)
    states = sorted(Campaign.objects.values_list("state", flat=True))
    assert states == ["approved", "draft", "ended", "reviewed", "reviewed", "running"]
    assert Campaign.objects.awaiting_review(today=now.date()).count() == 1
    named = set(Lead.objects.exclude(campaign="none").values_list("campaign", flat=True))
    assert named == {"garden-open", "autumn-billboard"}
    assert CostItem.objects.unallocated().count() == 1
    assert all(free_of(node) >= 0 for node in BudgetNode.objects.all())
    assert PlanningCase.objects.get().state == "review"
    for path in ("/campaigns/", "/campaigns/calendar/", "/campaigns/matrix/", "/budgets/"):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({}, "garden-open"),
        ({"project": "elsewhere"}, "none"),
        ({"number": 4}, "none"),
        ({"source": "exhibition"}, "none"),
        ({"days": 33}, "none"),
        ({"source": "short_video", "days": 80}, "lake-video"),
    ],
)
def test_a_lead_of_the_demo_names_the_campaign_of_its_days_and_channel(now, more, code) -> None:
    given = {"project": HOME, "source": "walk_in", "number": 3, "days": 50} | more
    days = given.pop("days")
    assert campaign_of_lead(**given, received_at=now - timedelta(days=days), now=now) == code
