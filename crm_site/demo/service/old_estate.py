"""An estate sold before the company kept its sales here: its care fund and its upkeep."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from crm_site.demo.company import Company
from crm_site.demo.service import care_words as words
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import NodeKind
from crm_site.staff.services import create_node
from customers.models import Project
from service.care.services import funds
from service.repairs.models import UpkeepItem, UpkeepPlan
from service.repairs.services.upkeep import save_item, save_plan


def fill_old_estate(company: Company, *, manager: User, finance: User, now: datetime) -> Project:
    """Write the estate with the statement of its fund and its plan of upkeep, and return it."""
    code, name, city = words.OLD_ESTATE
    node = create_node(kind=NodeKind.PROJECT, code=code, name=name, parent=company.nodes["east"])
    project: Project = Project.objects.create(node=node, code=code, name=name, city=city)
    _fund(project, finance, now)
    _upkeep(project, manager, now)
    return project


def _fund(project: Project, finance: User, now: datetime) -> None:
    """Open the fund, pay into it year by year, and take back what was booked to it in error."""
    fund = funds.fund_of(project)
    for days, amount, note in (*words.DEPOSITS, words.WRONG_DEPOSIT):
        at = now - timedelta(days=days)
        entry = funds.deposit(
            fund=fund, amount=amount, note=note, key=f"demo:{days}", actor=finance, now=at
        )
    back = now - timedelta(days=words.WRONG_DEPOSIT[0] - 2)
    funds.take_back(entry=entry, reason=words.WRONG_REASON, actor=finance, now=back)


def _upkeep(project: Project, manager: User, now: datetime) -> None:
    name, goal = words.PLAN
    plan = save_plan(
        UpkeepPlan(project=project, name=name, goal=goal, owner=manager), actor=manager, now=now
    )
    today: date = timezone.localdate(now)
    for title, part, asked_by, cost, days, state, spent, result in words.ITEMS:
        item = UpkeepItem(
            plan=plan,
            title=title,
            part=part,
            asked_by=asked_by,
            cost=Decimal(cost),
            spent=None if spent is None else Decimal(spent),
            due_on=today + timedelta(days=days),
            state=state,
            result=result,
        )
        save_item(item, actor=manager, now=now)
