"""One record of each kind of winback, for the tests of access."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from analytics.winback.models import (
    ChurnAlert,
    ServiceUpgrade,
    WinbackAccount,
    WinbackCase,
)
from crm_site.ledger.services import Posting, post
from customers.models import Customer


def winback_of(customer: Customer, people: dict[str, Any], _made: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds what was made before."""
    now, by = timezone.now(), people["consultant"]
    alert = ChurnAlert.objects.create(
        customer=customer,
        project=customer.project,
        owner=by,
        level="yellow",
        rank=2,
        points=55,
        probability=0.45,
        blocks={"service": 1.2},
        cause="service",
        opened_at=now,
        level_at=now,
        counted_from=now,
        judge_at=now + timedelta(days=30),
        policy_version=1,
    )
    case = WinbackCase.objects.create(
        alert=alert,
        customer=customer,
        project=customer.project,
        owner=by,
        cause="service",
        offer="专属顾问一个月",
        actions="上门致歉",
        ceiling=Decimal(500),
        plan_state="ready",
        opened_at=now,
    )
    upgrade = ServiceUpgrade.objects.create(
        case=case,
        customer=customer,
        kind="event",
        what="品鉴会",
        starts_at=now,
        ends_at=now + timedelta(days=5),
        by=by,
    )
    account = WinbackAccount.objects.create(case=case)
    posting = Posting(
        amount=Decimal(10), kind="gift", key="world", note="果篮", more={"case": case}
    )
    entry = post(account=account, posting=posting, actor=by, now=now)
    return {
        "churn_alert_id": alert.pk,
        "churn_case_id": case.pk,
        "service_upgrade_id": upgrade.pk,
        "winback_entry_id": entry.pk,
    }
