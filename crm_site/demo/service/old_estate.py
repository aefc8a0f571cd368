"""An estate of the demo company that is six years old: its fund, renewals, upkeep and repairs.

Its homes and their owners stand as if imported; everything after that goes through the services.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from crm_site.demo.company import Company
from crm_site.demo.service import care_words as words
from crm_site.demo.service.signing import approve
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import NodeKind
from crm_site.staff.services import create_node
from customers.models import Building, Project, ProjectLaunch, Purchase, Unit
from customers.purchase.rules import PurchaseState
from service.care.models import CareFund, FundProposal
from service.care.services import funds
from service.care.services.funds import Proposed
from service.care.services.papers import PROPOSAL, submit
from service.repairs.models import UpkeepItem, UpkeepPlan
from service.repairs.services.upkeep import save_item, save_plan

FLOORS, COLUMNS = 6, 2
AGE = timedelta(days=6 * 365 + 40)  # since the first home was handed over
IMPORTED = "demo-old-estate"
VOTES = (9, 2)


def fill_old_estate(company: Company, *, staff: Any, now: datetime) -> Project:
    """Write the estate with its owners, its fund and its plan of upkeep, and return it."""
    project = _estate(company, staff.executive, now)
    if project.purchases.exists():
        _fund(project, staff, now)
    _upkeep(project, staff.manager, now)
    return project


def _estate(company: Company, executive: User, now: datetime) -> Project:
    code, name, city = words.OLD_ESTATE
    node = create_node(kind=NodeKind.PROJECT, code=code, name=name, parent=company.nodes["east"])
    first = now - AGE
    launched = first - timedelta(days=900)
    project = Project.objects.create(
        node=node, code=code, name=name, city=city, launch_on=timezone.localdate(launched)
    )
    ProjectLaunch.objects.create(project=project, launched_at=launched, launched_by=executive)
    building = Building.objects.create(
        project=project,
        name=words.BUILDING,
        sort_key=0,
        floors=FLOORS,
        handover_on=timezone.localdate(first),
    )
    units = Unit.objects.bulk_create(
        Unit(
            project=project,
            building=building,
            floor=floor,
            number=f"{floor}0{column}",
            forecast_area=Decimal("96.50"),
            measured_area=Decimal("96.84"),
        )
        for floor in range(1, FLOORS + 1)
        for column in range(1, COLUMNS + 1)
    )
    _owners(company, units, first)
    return project


def _owners(company: Company, units: list[Unit], first: datetime) -> None:
    """Give the homes to owners who have bought again since."""
    places = [project.pk for project in company.projects[:2]]
    rows = Purchase.objects.filter(project__in=places, state=PurchaseState.HANDED_OVER.value)
    later = list(rows.select_related("customer", "consultant").order_by("pk"))
    known: dict[int, Purchase] = {row.customer_id: row for row in later}
    pairs = list(zip(units, known.values(), strict=False))
    Purchase.objects.bulk_create(
        Purchase(
            project_id=unit.project_id,
            unit=unit,
            customer=row.customer,
            consultant=row.consultant,
            state=PurchaseState.HANDED_OVER.value,
            state_since=first + timedelta(days=5 * place),
            begun_at=first - timedelta(days=720),
            subscribed_at=first - timedelta(days=718),
            signed_at=first - timedelta(days=700),
            handed_over_at=first + timedelta(days=5 * place),
            agreed_total=Decimal(1_680_000),
            contract_no=f"FL-2018-{place + 1:03d}",
            external_source=IMPORTED,
            external_id=str(place + 1),
        )
        for place, (unit, row) in enumerate(pairs)
    )


def _fund(project: Project, staff: Any, now: datetime) -> None:
    """Open the fund, pay into it year by year, and lead proposals to each of their states."""
    fund = funds.fund_of(project)
    entries = {}
    for days, amount, note in (*words.DEPOSITS, words.WRONG_DEPOSIT):
        at = now - timedelta(days=days)
        entries[note] = funds.deposit(
            fund=fund, amount=amount, note=note, key=f"demo:{days}", actor=staff.finance, now=at
        )
        if days == words.DEPOSITS[1][0]:
            _renewed(fund, staff, at + timedelta(days=30))
    wrong = entries[words.WRONG_DEPOSIT[2]]
    back = now - timedelta(days=words.WRONG_DEPOSIT[0] - 2)
    funds.take_back(entry=wrong, reason=words.WRONG_REASON, actor=staff.finance, now=back)
    paid = _agreed(fund, words.PAID, staff, now - timedelta(days=40))
    funds.spend(proposal=paid, actor=staff.finance, now=now - timedelta(days=30))
    _agreed(fund, words.APPROVED, staff, now - timedelta(days=12))
    waiting = _proposed(fund, words.WAITING, staff, now - timedelta(days=3))
    submit(kind=PROPOSAL, paper=waiting, actor=staff.manager, now=now - timedelta(days=2))
    _proposed(fund, words.DRAFT, staff, now - timedelta(days=1))


def _renewed(fund: CareFund, staff: Any, at: datetime) -> None:
    title, amount, before, after = words.DONE
    done = _agreed(fund, (title, amount, before), staff, at)
    funds.spend(proposal=done, actor=staff.finance, now=at + timedelta(days=6))
    funds.finish(proposal=done, after=after)


def _proposed(
    fund: CareFund, what: tuple[str, Decimal, str], staff: Any, at: datetime
) -> FundProposal:
    title, amount, before = what
    in_favour, against = VOTES
    given = Proposed(
        title=title, amount=amount, before=before, votes_for=in_favour, votes_against=against
    )
    return funds.propose(
        fund=fund, given=given, actor=staff.manager, now=at, today=timezone.localdate(at)
    )


def _agreed(
    fund: CareFund, what: tuple[str, Decimal, str], staff: Any, at: datetime
) -> FundProposal:
    row = submit(kind=PROPOSAL, paper=_proposed(fund, what, staff, at), actor=staff.manager, now=at)
    approve(row, [staff.executive, staff.finance], now=at + timedelta(days=1))
    return row


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
