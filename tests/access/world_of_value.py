"""One record of each kind of value, for the tests of access."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from analytics.value.models import (
    AdviceCard,
    BasketRule,
    Cluster,
    ClusterMember,
    ClusterRun,
    CustomerIncome,
    CustomerValue,
    Forecast,
    LikelyValue,
    MixLine,
    MixPlan,
)
from analytics.value.services.booking import CostDraft, book_cost
from analytics.value.services.fitting import model_in_use
from customers.models import Customer


def value_of(customer: Customer, people: dict[str, Any], _made: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds what was made before."""
    now, finance = timezone.now(), people["finance"]
    income = CustomerIncome.objects.create(
        customer=customer,
        kind="fee",
        amount=Decimal(100),
        received_on=timezone.localdate(now),
        reference="WY-1",
        recorded_by=finance,
        recorded_at=now,
    )
    draft = CostDraft(
        kind="care",
        month_on=timezone.localdate(now),
        project=customer.project,
        amount=Decimal(100),
        reference="CB-1",
        customer=customer,
    )
    cost = book_cost(draft=draft, actor=finance, now=now)
    card = AdviceCard.objects.create(
        kind="calls",
        project=customer.project,
        slot="2026-W21",
        evidence={"customers": [customer.pk], "value": "1", "silent_days": 21},
        baseline=0,
        made_at=now,
    )
    plan = MixPlan.objects.create(
        title="三季度", project=customer.project, total=Decimal(1000), made_by=people["marketing"]
    )
    lines = [
        MixLine.objects.create(plan=plan, channel=name, spent=Decimal(100), answers=Decimal(9))
        for name in ("短视频", "中介")
    ]
    run = ClusterRun.objects.create(
        slot="2026-05", run_at=now, seed=1, features=["value"], customers=1, k=1, silhouette=0,
        tried=[],
    )  # fmt: skip
    cluster = Cluster.objects.create(
        run=run, number=1, words=[["value", "high"]], centre={"value": 1}, off={"value": 1}, size=1
    )
    ClusterMember.objects.create(cluster=cluster, customer=customer)
    rule = BasketRule.objects.create(
        given=["family:三口之家"],
        then="layout:四房",
        support=Decimal("0.1"),
        confidence=Decimal("0.5"),
        lift=2,
        count=1,
        baskets=10,
        mined_at=now,
    )
    return {
        "customer_income_id": income.pk,
        "cost_pool_id": cost.pk,
        "advice_card_id": card.pk,
        "mix_plan_id": plan.pk,
        "mix_line_id": lines[0].pk,
        "value_cluster_id": cluster.pk,
        "basket_rule_id": rule.pk,
        "forecast_id": _worth(customer),
    }


def _worth(customer: Customer) -> int:
    """Value the customer, find a chance, and return the forecast of the project."""
    now = timezone.now()
    model = model_in_use(now=now).row
    parts = ("contract_margin", "received_margin", "expected_first", "expected_second")
    more = ("expected_referral", "expected_fees", "cost", "sales", "fees", "returns", "agreed")
    zero = dict.fromkeys((*parts, *more, "gross", "net"), Decimal(0))
    CustomerValue.objects.create(
        customer=customer,
        **zero,
        contracts=0,
        homes=0,
        stage="preparing",
        by_value="low",
        by_need="unknown",
        by_behaviour="quiet",
        by_stage="preparing",
        model=model,
        policy_version=1,
        computed_at=now,
    )
    LikelyValue.objects.create(
        customer=customer, chance=Decimal("0.7"), drivers=[["visits", 1.2]], found_at=now
    )
    row = Forecast.objects.create(
        series="leads", project=customer.project, state="empty", made_at=now
    )
    return row.pk
