"""Warnings the demo company worked on two months ago, drawn, called and judged by the product.

Run after the scores of churn. Who was red then is chosen from those who are not warned of today, so
that nothing here touches what tonight's scores say.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils import timezone

from analytics.churn.hooks import ScoreChange
from analytics.churn.rules.words import BLOCKS
from analytics.winback.models import ChurnAlert, WinbackCase
from analytics.winback.policies import WinbackRules, rules_at
from analytics.winback.rules.words import Upgrade
from analytics.winback.services.following import apply_levels
from analytics.winback.services.judging import judge_all
from analytics.winback.services.planning import Planned, plan_case, proposed_for
from analytics.winback.services.recording import Called, record_call
from analytics.winback.services.rewarding import give
from analytics.winback.services.tending import tend
from analytics.winback.services.upgrading import Upgraded, grant
from customers.models import Customer, Interaction
from customers.rules.axes import Channel, Result
from customers.services.interactions import InteractionEntry, log_interaction

SEED: Final = 20_260_520
DAYS_AGO: Final = 48
MOST: Final = 80
RED_SHARE, CALLED_SHARE, PLANNED_SHARE = 0.7, 0.8, 0.4
BACK_ALONE, BACK_CALLED = 0.28, 0.5  # who comes back without and with a callback
SAID: Final = (
    ("到访后没有人再联系", "希望一位顾问跟到底，预算三百二十万", "指定专属顾问，周六带看"),
    ("维修报了两次没有回音", "先把漏水处理好，再谈认购", "维修主管当天上门，三天内回访"),
    ("家人觉得总价高", "想了解分期和近期成交价", "整理三套备选与付款方案，周末面谈"),
    ("担心交付延期", "想看现场进度", "邀请参加工地开放日，按月发进度照片"),
)  # fmt: skip


def make_winback(*, now: datetime) -> int:
    """Open, work and judge past warnings, then do what is due today; return how many of them."""
    chance, rules = random.Random(SEED), rules_at(now)  # noqa: S311 -- a demo, not a secret
    then = now - timedelta(days=DAYS_AGO)
    people = _people(now)
    apply_levels([_change(one, chance) for one in people], now=then)
    for alert in ChurnAlert.objects.filter(customer__in=people).select_related("customer"):
        _live(alert, chance, rules, then)
    judge_all(rules=rules, now=now)
    calm = [ScoreChange(one.pk, "red", "green", 0.2, blocks={"price": 0.1}) for one in people]
    apply_levels(calm, now=now - timedelta(days=6))
    tend(now=now)
    return len(people)


def _people(now: datetime) -> Sequence[Customer]:
    """Return prospects of consultants, answered before the warning, of whom none is out today."""
    then = now - timedelta(days=DAYS_AGO)
    answered = Interaction.objects.filter(customer=OuterRef("pk"), at__lt=then)
    rows = Customer.objects.filter(
        Exists(answered),
        merged_into__isnull=True,
        owner__isnull=False,
        owner__is_active=True,
        purchases__isnull=True,
        churn_alerts__isnull=True,
    )
    return list(rows.exclude(phase="churned").order_by("pk")[:MOST])


def _change(customer: Customer, chance: random.Random) -> ScoreChange:
    level = "red" if chance.random() < RED_SHARE else "yellow"
    points = chance.randint(70, 92) if level == "red" else chance.randint(42, 66)
    order = chance.sample(BLOCKS, 3)
    blocks = dict(zip(order, (1.6, 0.7, 0.2), strict=True))
    return ScoreChange(
        customer.pk, "green", level, points / 100, blocks=blocks, points=points, stage="visit"
    )


def _live(alert: ChurnAlert, chance: random.Random, rules: WinbackRules, then: datetime) -> None:
    """Call the customer, or leave them alone as drawn; some come back."""
    case = WinbackCase.objects.filter(alert=alert).select_related("owner").first()
    called = case is not None and case.owner is not None and chance.random() < CALLED_SHARE
    if case is not None and called:
        _work(case, chance, rules, then)
    if chance.random() < (BACK_CALLED if called else BACK_ALONE):
        log_interaction(
            customer=alert.customer,
            entry=InteractionEntry(
                channel=Channel.VISIT, result=Result.VISITED, content="再次到访，看了两套样板间"
            ),
            actor=alert.owner,
            now=_in_office(then + timedelta(days=chance.randint(4, 20)), chance),
        )


def _in_office(day: datetime, chance: random.Random) -> datetime:
    """Return a moment of the local day at which somebody is in the office."""
    return timezone.localtime(day).replace(hour=chance.randint(9, 17), minute=chance.randint(0, 59))


def _work(case: WinbackCase, chance: random.Random, rules: WinbackRules, then: datetime) -> None:
    owner, at = case.owner, _in_office(then + timedelta(days=1), chance)
    if owner is None:
        return
    if chance.random() < PLANNED_SHARE:
        found = proposed_for(case.cause, now=at)
        if found is not None:
            given = Planned(
                cause=case.cause,
                offer=found.offer,
                actions="\n".join(found.actions),
                ceiling=found.ceiling,
            )
            plan_case(case=case, given=given, actor=owner, now=at)
            _spend(case, found.ceiling, chance, at)
    if chance.random() < 0.25:
        record_call(
            case=case, called=Called(channel="phone", reached=False), turn=1, actor=owner, now=at
        )
        case.refresh_from_db()
        at += timedelta(days=1)
    problem, need, solution = chance.choice(SAID)
    called = Called(
        channel=case.channel or "phone",
        reached=True,
        problem=problem,
        need=need,
        solution=solution,
        outcome=chance.choice(("pending", "recovered", "recovered")),
        next_at=at + timedelta(days=5),
    )
    record_call(case=case, called=called, turn=case.turn, actor=owner, now=at)


def _spend(case: WinbackCase, ceiling: Decimal, chance: random.Random, at: datetime) -> None:
    if case.owner is None:
        return
    if ceiling >= 800:
        grant(
            case=case,
            given=Upgraded(
                kind=Upgrade.ADVISER,
                what="专属顾问服务三十天",
                ends_at=at + timedelta(days=30),
                adviser=case.owner,
                before=Decimal(chance.randint(3, 6)),
            ),
            actor=case.owner,
            now=at,
        )
    elif chance.random() < 0.5:
        give(
            case=case,
            amount=Decimal(88),
            what="节气果篮",
            key=f"demo-{case.pk}",
            actor=case.owner,
            now=at,
        )
