"""Sales plans, checks, tests, a sales office and interviews of the demo, through their services."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from crm_site.approvals.services import sign
from crm_site.questionnaires.rules import Scale
from crm_site.questionnaires.services import Filled, begin_sheet, ensure_default, save_sheet
from crm_site.staff.models import User
from crm_site.staff.selectors import consultants_in
from customers.models import Project
from marketing.selling.models import DepthInterview, SalesPlan
from marketing.selling.rules.plans import Figures, total
from marketing.selling.rules.spans import DAY, Grain, Span, span_of
from marketing.selling.selectors.actuals import actuals
from marketing.selling.services import checking, interviews, plans
from marketing.selling.sheets import INSPECTION, MYSTERY, TEST_LABELS

PROJECTS: Final = 2
MONTHS: Final = 3
SELLERS: Final = 4
STRETCH: Final = Decimal("1.1")
LEAST: Final = Figures(
    units=Decimal(4), area=Decimal(420), amount=Decimal(9_000_000), receipts=Decimal(4_000_000)
)


def make_selling(*, seed: int, now: datetime) -> None:
    """Let the first projects plan, sell against the plan, be checked and ask their customers."""
    lot = random.Random(seed)  # noqa: S311 -- demo data, not a secret
    made = 0
    for project in Project.objects.select_related("node").order_by("code"):
        planner, chief = _person(project, "marketing"), _person(project, "executive")
        if planner is None or chief is None or made == PROJECTS:
            continue
        made += 1
        _plans(project, planner, chief, now)
        people = list(consultants_in(project.node)[:SELLERS])
        for person in people:
            _tests(person, lot, now)
        if people:
            _visits(people, planner, lot, now)
        _office(project, planner, lot, now)
        _interviews(project, planner, now)
    checking.draw_checks(now=now)


def _person(project: Project, role: str) -> User | None:
    places = [project.node_id, project.node.region_id]
    found: User | None = (
        User.objects.filter(role=role, is_active=True, node__in=places).order_by("pk").first()
    )
    return found


def _plans(project: Project, planner: User, chief: User, now: datetime) -> None:
    """Plan the last months a tenth above what was reached, and the year as twelve of the best."""
    today = timezone.localdate(now)
    months: list[Span] = []
    day = today
    for _place in range(MONTHS):
        months.append(span_of(Grain.MONTH, day))
        day = months[-1].start - DAY
    reached = [total(actuals(span, [project.pk], now).values()) for span in months]
    best = max([*reached, LEAST], key=lambda figures: figures.amount)
    for span in months:
        _plan(project, Grain.MONTH, span.start, _stretched(best, 1), (planner, chief), now)
    _plan(project, Grain.YEAR, today, _stretched(best, 12), (planner, chief), now)


def _stretched(figures: Figures, times: int) -> Figures:
    whole = total([figures] * times)
    units = max(int(whole.units * STRETCH), 1)
    rest = {key: (getattr(whole, key) * STRETCH).quantize(Decimal(1)) for key in _MONEY}
    return Figures(units=Decimal(units), **rest)


_MONEY: Final = ("area", "amount", "receipts")


def _plan(
    project: Project,
    grain: Grain,
    day: date,
    figures: Figures,
    people: tuple[User, User],
    now: datetime,
) -> None:
    planner, chief = people
    starts_on = span_of(grain, day).start
    if SalesPlan.objects.filter(project=project, grain=grain, starts_on=starts_on).exists():
        return
    draft = plans.PlanDraft(project=project, grain=grain, day=day, figures=figures)
    plan = plans.write_plan(draft=draft, actor=planner, now=now)
    if not plan.lines.exists():
        return
    plan = plans.ask_approval(plan=plan, actor=planner, now=now)
    approval = plan.approval
    if approval is not None:
        sign(approval_id=approval.pk, digest=approval.digest, signer=chief, now=now)


def _fill(key: str, author: User, subject: int | None, wrong: int, now: datetime) -> None:
    """Finish a form with the best answers, the last ``wrong`` of them the worst."""
    form = ensure_default(key)
    questions = [
        one
        for one in form.latest().outline.questions()
        if one.scale in {Scale.YES.value, Scale.CHOICE.value}
    ]
    answers = {one.key: one.right or "yes" for one in questions}
    for one in questions[len(questions) - wrong :]:
        answers[one.key] = next(value for value in one.values if value != answers[one.key])
    sheet = begin_sheet(questionnaire=form, subject_id=subject, author=author, now=now)
    save_sheet(sheet=sheet, filled=Filled(answers=answers), complete=True, actor=author, now=now)


def _tests(person: User, lot: random.Random, now: datetime) -> None:
    for key in TEST_LABELS:
        _fill(key, person, None, lot.choice((0, 0, 1, 2)), now)


def _visits(people: list[User], planner: User, lot: random.Random, now: datetime) -> None:
    for place, person in enumerate(people):
        day = timezone.localdate(now) - timedelta(days=5 + place)
        draft = checking.MysteryDraft(person=person, happened_on=day, note="周末到访")  # han: words
        check = checking.plan_mystery(draft=draft, actor=planner, now=now)
        _fill(MYSTERY, planner, check.pk, lot.choice((0, 1, 1, 2)), now)


def _office(project: Project, planner: User, lot: random.Random, now: datetime) -> None:
    keeper = (
        User.objects.filter(role="supervisor", is_active=True, node__project=project.pk)
        .order_by("pk")
        .first()
    )
    if keeper is None:
        return
    draft = checking.OfficeDraft(
        project=project,
        name="城市展厅",  # han: words of the demo
        address=project.address,
        keeper=keeper,
    )
    office = checking.keep_office(office=None, draft=draft, actor=planner, now=now)
    for wrong in (3, lot.choice((1, 2)), 1):
        _fill(INSPECTION, planner, office.pk, wrong, now)


def _interviews(project: Project, planner: User, now: datetime) -> None:
    today = timezone.localdate(now)
    draft = interviews.ProgrammeDraft(
        project=project,
        title="首次改善客户为何犹豫",  # han: words of the demo
        aim="找出看房后未认购的真实原因",  # han: words of the demo
        sample_size=4,
        stage="",
        starts_on=today - timedelta(days=20),
        ends_on=today + timedelta(days=20),
        owner=planner,
    )
    programme = interviews.keep_programme(programme=None, draft=draft, actor=planner, now=now)
    interviews.draw_sample(programme=programme, actor=planner, now=now)
    found = interviews.FindingDraft(
        "doubt", "担心交付时间，看不到施工进度"
    )  # han: words of the demo
    for row in DepthInterview.objects.filter(programme=programme).order_by("pk")[:2]:
        interviews.hold_interview(
            interview=row,
            summary="客户比较了三个项目，最看重交付与通勤。",  # han: words of the demo
            findings=[found],
            actor=planner,
            now=now,
        )
