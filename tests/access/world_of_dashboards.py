"""One record of each kind of dashboards, for the tests of access."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from analytics.dashboards.models import DashboardSending
from analytics.dashboards.questions import question_of
from analytics.dashboards.services.sending import send_due, subscribe
from customers.models import Customer


def dashboards_of(
    _customer: Customer, people: dict[str, Any], _made: dict[str, Any]
) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds what was made before.

    The supervisor is sent the dashboard of the team every day and got one.
    """
    now = timezone.now()
    asked = question_of(people["supervisor"], "team", {}, now=now)
    row = subscribe(asked, weekday=0, hour=0, now=now - timedelta(days=1))
    send_due(now=timezone.localtime(now).replace(hour=1))
    sending = DashboardSending.objects.get(subscription=row)
    return {
        "dashboard_key": "consultant",
        "dashboard_subscription_id": row.pk,
        "dashboard_sending_id": sending.pk,
    }
