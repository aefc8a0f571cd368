"""The demo shows warnings that were worked on and judged, the same with each seed."""

import pytest
from django.utils import timezone

from analytics.winback.models import ChurnAlert, HoldoutDraw, ToolUse, WinbackCase
from crm_site.demo.analytics.winback import make_winback
from customers.models import Customer
from tests.factories import CustomerFactory, InteractionFactory

pytestmark = pytest.mark.django_db


def test_the_demo_has_both_groups_and_their_results(consultant, supervisor, now):
    people = [CustomerFactory(owner=consultant) for _ in range(24)]
    old = now - timezone.timedelta(days=90)
    Customer.objects.filter(pk__in=[one.pk for one in people]).update(created_at=old)
    for one in people:
        InteractionFactory(customer=one, author=consultant, at=old)
    unanswered = CustomerFactory(owner=consultant)
    assert make_winback(now=now) == 24
    assert not ChurnAlert.objects.filter(customer=unanswered).exists()
    assert ChurnAlert.objects.exclude(verdict="").count() == 24
    assert HoldoutDraw.objects.exists()
    assert WinbackCase.objects.worked().exists()
    assert {"warning", "callback"} <= set(ToolUse.objects.values_list("tool", flat=True))
    assert make_winback(now=now) == 0  # a second run tells nothing twice
