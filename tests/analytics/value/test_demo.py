"""What the demo says of value is written through the services and found by the jobs."""

import pytest

from analytics.value.models import CostPool, CustomerIncome, CustomerValue, Forecast, MixPlan
from analytics.value.services.budgeting import propose
from crm_site.demo.analytics.value import make_value
from crm_site.registers.models import RegisterEntry

pytestmark = pytest.mark.django_db


def test_the_demo_books_plans_and_values(org, owner, finance, marketing, now):
    make_value([org.project_one, org.project_two], now=now)
    assert CustomerIncome.objects.get().customer == owner
    assert CostPool.objects.count() == 2 * 3 * 5
    assert CustomerValue.objects.get(customer=owner).fees > 0
    proposal = propose(MixPlan.objects.get())
    assert proposal.answers > proposal.answers_as_was
    assert Forecast.objects.exists()
    states = set(RegisterEntry.objects.of("needs-research").values_list("state", flat=True))
    assert states == {"open", "used"}
