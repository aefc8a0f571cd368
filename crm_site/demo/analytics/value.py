"""Fees and costs of the demo, a finding of research, a budget, and what the jobs find in it all."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from analytics.value.registers import RESEARCH
from analytics.value.services.advising import advise
from analytics.value.services.booking import CostDraft, IncomeDraft, book_cost, book_income
from analytics.value.services.budgeting import add_channel, make_plan
from analytics.value.services.discovering import discover
from analytics.value.services.fitting import fit_value_model
from analytics.value.services.foreseeing import forecast_all
from analytics.value.services.grouping import group_customers
from analytics.value.services.intending import score_intent
from analytics.value.services.lasting import measure_lasting
from analytics.value.services.mining import mine_wishes
from analytics.value.services.valuing import value_customers
from crm_site.registers.services import EntryDraft, add_entry, close_entry
from crm_site.staff.models import User
from customers.models import Project, Purchase

OWNERS: Final = 60  # whose yearly fee is booked
MONTHS: Final = 3
# kind of cost -> yuan a month for each project
COSTS: Final = (
    ("acquisition", 186_000),
    ("service", 42_500),
    ("care", 12_800),
    ("compensation", 9_600),
    ("complaint", 15_400),
)
# what was found, research project, method, receiver, answer
FINDINGS: Final = (
    (
        "三口之家普遍缺少进门储物，愿意为多一间储藏室多付三万元",
        "刚需客户需求研究",
        "interviews",
        "design",
        "已用于二期户型：四房加储藏间",
    ),
    ("养老置业客户把医疗距离排在学区之前", "改善与养老需求问卷", "survey", "positioning", ""),
)
# channel, spent and leads last quarter, the quarter before
CHANNELS: Final = (
    ("短视频", 320_000, 410, 180_000, 300),
    ("中介", 260_000, 230, 260_000 // 2, 150),
    ("老带新", 80_000, 120, 40_000, 75),
    ("展会", 150_000, 60, 90_000, 48),
)


def make_value(projects: Sequence[Project], *, now: datetime) -> None:
    """Book, plan and research for the first projects, then let the jobs of the night run."""
    finance = User.objects.get(username="finance")
    marketing = User.objects.get(username="marketing")
    _book_fees(finance, now)
    for project in projects[:2]:
        _book_costs(project, finance, now)
    _research(marketing, now)
    _plan(projects[0], marketing, now)
    fit_value_model(now=now)
    value_customers(now=now)
    measure_lasting(now=now)
    discover(now=now)
    group_customers(now=now)
    mine_wishes(now=now)
    forecast_all(now=now)
    advise(now=now)
    score_intent(now=now)


def _book_fees(actor: User, now: datetime) -> None:
    owned = Purchase.objects.filter(state="handed_over").select_related("customer")
    for number, purchase in enumerate(owned.order_by("pk")[:OWNERS], start=1):
        draft = IncomeDraft(
            customer=purchase.customer,
            kind="fee",
            amount=Decimal(3000 + 45 * (number % 30)),
            received_on=timezone.localdate(now) - timedelta(days=number % 90),
            reference=f"WYF-{number:04d}",
            note="物业服务费",
        )
        book_income(draft=draft, actor=actor, now=now)


def _book_costs(project: Project, actor: User, now: datetime) -> None:
    month = timezone.localdate(now).replace(day=1)
    for back in range(1, MONTHS + 1):
        month = (month - timedelta(days=1)).replace(day=1)
        for kind, amount in COSTS:
            draft = CostDraft(
                kind=kind,
                month_on=month,
                project=project,
                amount=Decimal(amount) * (10 + back) / 10,
                reference=f"CB-{project.code}-{month:%y%m}-{kind[:5]}"[:60],
            )
            book_cost(draft=draft, actor=actor, now=now)


def _research(actor: User, now: datetime) -> None:
    for title, study, method, receiver, answer in FINDINGS:
        entry = add_entry(
            register=RESEARCH,
            draft=EntryDraft(
                title=title,
                values={"project": study, "method": method, "receiver": receiver},
                due_at=now + timedelta(days=30),
            ),
            actor=actor,
            now=now,
        )
        if answer:
            close_entry(entry=entry, outcome="used", evidence=answer, actor=actor, now=now)


def _plan(project: Project, actor: User, now: datetime) -> None:
    total = Decimal(sum(spent for _name, spent, *_rest in CHANNELS))
    plan = make_plan(title="下季度推广费", project=project, total=total, actor=actor, now=now)
    for name, spent, answers, before, earlier in CHANNELS:
        values = {
            "channel": name,
            "spent": Decimal(spent),
            "answers": Decimal(answers),
            "spent_before": Decimal(before),
            "answers_before": Decimal(earlier),
            "low": Decimal(20_000),
            "high": None,
        }
        add_channel(plan=plan, values=values)
