"""Owner care of the demo company: programme, greetings, gifts, events, a plan, newsletters.

Written through the services at the times at which each thing happened.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from crm_site.demo.company import Company
from crm_site.demo.service import care_words as words
from crm_site.demo.service.old_estate import fill_old_estate
from crm_site.demo.service.signing import approve
from crm_site.outbox.delivery import deliver_due
from crm_site.questionnaires.models import AnswerSheet
from crm_site.questionnaires.rules import Scale
from crm_site.questionnaires.services.filling import Filled, save_sheet
from crm_site.registers.services.entries import EntryDraft, add_entry, close_entry
from crm_site.staff.models import User
from customers.claims.ledger import CLAIMS
from customers.models import Customer, Project
from customers.rules.axes import TaskState
from customers.services.playbooks import sweep_playbooks
from service.care.models import (
    CareActivity,
    CareEvent,
    CareGiftList,
    CareGreeting,
    CareIssue,
    CareItem,
    CareOccasion,
    CommunityGroup,
)
from service.care.rules.festivals import festival_day
from service.care.services import events, plans
from service.care.services.greeting import greet, greet_by_hand, owners
from service.care.services.items import begin_record, finish_item, task_of
from service.care.services.papers import GIFTS, PLAN, submit
from service.care.services.regular import call_owners
from service.care.services.starting import mirror_tasks, start_all

BACK, STRIDE = 154, 7  # days the programme is told back, and between two looks
DONE_SHARE, FORMS_AT_MOST = 0.82, 120
GREETED_DAYS, HANDED_SHARE, CAME_SHARE = 21, 0.7, 0.8
NOON = 12


@dataclass(frozen=True, slots=True)
class Staff:
    """Who plans care, signs it, and keeps its money."""

    specialist: User
    manager: User
    finance: User


def fill_care(company: Company, *, chance: random.Random, now: datetime) -> None:
    """Write a year of owner care for the first project, and an old estate with its fund."""
    names = ("specialist", "service_manager", "finance")
    staff = Staff(*(User.objects.get(username=name) for name in names))
    first = company.projects[0]
    fill_old_estate(company, manager=staff.manager, finance=staff.finance, now=now)
    _programme(first, staff, chance, now)
    _joys(first, staff)
    _greet(first, staff, now)
    _gifts(first, staff, chance, now)
    _plan(first, staff, chance, now)
    _issues(first, now)
    _events(first, staff, chance, now)
    _claims(company, staff, now)


def _programme(first: Project, staff: Staff, chance: random.Random, now: datetime) -> None:
    """Let contract dates bring their tasks week by week, and do most of those that fall due."""
    filled = 0
    region = Project.objects.visible_to(staff.manager)
    for days in range(BACK, -1, -STRIDE):
        at = now - timedelta(days=days)
        start_all(now=at)
        sweep_playbooks(now=at)
        due = CareItem.objects.filter(project__in=region, action__playbook__isnull=False)
        rows = due.with_state(at).filter(task_state=TaskState.OPEN.value)
        rows = rows.filter(due__lte=at + timedelta(days=STRIDE))
        for item in rows.select_related("action", "project").order_by("pk"):
            if filled < FORMS_AT_MOST and chance.random() < DONE_SHARE:
                actor = staff.specialist if item.project_id == first.pk else staff.manager
                filled += _do(item, actor, chance, at)
    call_owners(now=now)
    sweep_playbooks(now=now)
    mirror_tasks()


def _do(item: CareItem, actor: User, chance: random.Random, at: datetime) -> bool:
    if task_of(item) is None or not item.action.form:
        return False
    sheet = begin_record(item=item, actor=actor, now=at)
    filled = Filled(answers=_answers(sheet, chance))
    save_sheet(sheet=sheet, filled=filled, complete=True, actor=actor, now=at)
    finish_item(item=item, outcome="", actor=actor, now=at)
    return True


def _answers(sheet: AnswerSheet, chance: random.Random) -> dict[str, str]:
    """Return believable answers to every question of a record form."""
    found = {}
    for question in sheet.version.outline.questions():
        if question.scale == Scale.TEN:
            found[question.key] = str(min(10, max(3, round(chance.gauss(8, 1.4)))))
        elif question.scale == Scale.YES:
            found[question.key] = "yes" if chance.random() < 0.85 else "no"
        else:
            found[question.key] = chance.choice(words.WISHES)
    return found


def _homes(project: Project) -> list[Customer]:
    return list(owners().filter(own=project.pk).order_by("pk"))


def _joys(project: Project, staff: Staff) -> None:
    """Note days of joy that owners told."""
    for customer, (kind, is_lunar, month, day) in zip(_homes(project), words.JOYS, strict=False):
        CareOccasion.objects.create(
            project=project,
            customer=customer,
            kind=kind,
            is_lunar=is_lunar,
            month=month,
            day=day,
            created_by=staff.specialist,
        )


def _greet(project: Project, staff: Staff, now: datetime) -> None:
    """Greet on the days past and the latest festival, some of them by hand."""
    today = timezone.localdate(now)
    days = {today - timedelta(days=back) for back in range(1, GREETED_DAYS + 1)} | {
        _festival(today - timedelta(days=1))[0]
    }
    for day in sorted(days):
        moment = datetime.combine(day, datetime.min.time()) + timedelta(hours=9)
        at = min(timezone.make_aware(moment), now)
        greet(now=at)
        deliver_due(now=min(at + timedelta(minutes=20), now))
    waiting = CareGreeting.objects.filter(project=project, channel="", sent_at=None)
    for row in waiting.order_by("on", "pk")[:10]:
        greet_by_hand(greeting=row, actor=staff.specialist, now=now)


def _festival(today: date) -> tuple[date, str]:
    """Return the latest festival of the two that are greeted, with its day."""
    known = [
        (festival_day(name, year), name)
        for year in (today.year - 1, today.year)
        for name in ("spring", "mid_autumn")
    ]
    return max(pair for pair in known if pair[0] <= today)


def _gifts(project: Project, staff: Staff, chance: random.Random, now: datetime) -> None:
    day, name = _festival(timezone.localdate(now))
    at = timezone.make_aware(datetime.combine(day, datetime.min.time())) - timedelta(days=8)
    at = min(at + timedelta(hours=NOON), now - timedelta(days=1))
    row = CareGiftList.objects.create(
        project=project, festival=name, year=day.year, gift=words.GIFT, value=Decimal(168)
    )
    found, _left = plans.fill_gifts(gifts=row, grades=[])
    if not found:
        return
    row = submit(kind=GIFTS, paper=row, actor=staff.specialist, now=at)
    approve(row, [staff.manager], now=at + timedelta(hours=3))
    for gift in row.gifts.order_by("pk"):
        if chance.random() < HANDED_SHARE:
            later = min(at + timedelta(days=chance.randint(2, 9)), now)
            plans.hand_gift(gift=gift, actor=staff.specialist, now=later)


def _plan(project: Project, staff: Staff, chance: random.Random, now: datetime) -> None:
    today = timezone.localdate(now)
    plan = plans.open_plan(project=project, year=today.year, aim=words.AIM)
    made: list[tuple[CareActivity, str]] = []
    for title, month, budget, result in words.ACTIVITIES:
        day = date(today.year, month, 15)
        row = plans.add_activity(plan=plan, title=title, planned_on=day, budget=Decimal(budget))
        made.append((row, result))
    at = now - timedelta(days=max((today - date(today.year, 1, 3)).days, 0))
    plan = submit(kind=PLAN, paper=plan, actor=staff.specialist, now=at)
    approve(plan, [staff.manager], now=at)
    past = [pair for pair in made if pair[0].planned_on < today]
    for row, result in past[: max(len(past) - 1, 1)]:  # the latest one waits to be noted
        spent = (row.budget * Decimal(chance.randint(80, 108)) / 100).quantize(Decimal("0.01"))
        plans.finish_activity(
            activity=row,
            done_on=min(row.planned_on, today),
            spent=spent,
            result=result,
            today=today,
        )
    ahead = plans.open_plan(project=project, year=today.year + 1, aim=words.AIM)
    title, month, budget, _result = words.ACTIVITIES[0]
    day = date(today.year + 1, month, 15)
    plans.add_activity(plan=ahead, title=title, planned_on=day, budget=Decimal(budget))


def _issues(project: Project, now: datetime) -> None:
    for number, (title, body) in enumerate(words.ISSUES, start=1):
        row = CareIssue.objects.create(project=project, number=number, title=title, body=body)
        events.publish_issue(issue=row, now=now - timedelta(days=75 - 45 * (number - 1)))
    title, body = words.DRAFT_ISSUE
    CareIssue.objects.create(project=project, number=len(words.ISSUES) + 1, title=title, body=body)


def _events(project: Project, staff: Staff, chance: random.Random, now: datetime) -> None:
    groups = [
        CommunityGroup.objects.create(project=project, name=name, leader=leader, members=members)
        for name, leader, members in words.GROUPS
    ]
    people = _homes(project)
    if not people:
        return
    host = _Host(project, staff, chance, people)
    held = host.hold("open_day", words.OPEN_DAY, now - timedelta(days=24), capacity=24)
    host.close(held)
    held = host.hold("community", words.COMMUNITY, now - timedelta(days=11), 80, groups[1])
    host.close(held)
    coming = host.plan("club", words.CLUB, now + timedelta(days=9), 16, None)
    events.invite(event=coming, now=now - timedelta(days=3))
    host.sign_up(coming, now - timedelta(days=2), share=0.5)
    off = host.plan("community", words.CALLED_OFF, now + timedelta(days=4), 60, None)
    events.cancel_event(event=off, reason=words.RAIN, actor=staff.specialist, now=now)


@dataclass(frozen=True, slots=True)
class _Host:
    """Holds events with the owners of a project."""

    project: Project
    staff: Staff
    chance: random.Random
    people: Sequence[Customer]

    def plan(
        self,
        kind: str,
        named: tuple[str, str],
        day: datetime,
        capacity: int,
        group: CommunityGroup | None,
    ) -> CareEvent:
        """Write an event of three hours on the afternoon of ``day``."""
        starts = timezone.localtime(day).replace(hour=14, minute=0, second=0, microsecond=0)
        return CareEvent.objects.create(
            project=self.project,
            kind=kind,
            title=named[0],
            place=named[1],
            group=group,
            starts_at=starts,
            ends_at=starts + timedelta(hours=3),
            capacity=capacity,
            safety=words.SAFETY if kind == "open_day" else "",
            budget=Decimal(capacity * 60),
        )

    def hold(
        self,
        kind: str,
        named: tuple[str, str],
        day: datetime,
        capacity: int,
        group: CommunityGroup | None = None,
    ) -> CareEvent:
        """Plan an event that is over by now, sign owners up, check them in, note their words."""
        event = self.plan(kind, named, day, capacity, group)
        self.sign_up(event, event.starts_at - timedelta(days=5), share=0.9)
        asked = list(words.QUESTIONS)
        for row in event.sign_ups.order_by("pk"):
            if self.chance.random() > CAME_SHARE:
                continue
            events.check_in(row=row, now=event.starts_at + timedelta(minutes=5))
            question, answer = asked.pop() if asked and kind == "open_day" else ("", "")
            score = min(10, max(5, round(self.chance.gauss(8.6, 1))))
            events.note_opinion(row=row, score=score, question=question, answer=answer)
        return event

    def sign_up(self, event: CareEvent, at: datetime, *, share: float) -> None:
        """Put owners on the list until its places are taken or enough have come."""
        free = event.capacity
        for customer in self.people[: int(event.capacity * share)]:
            people = min(self.chance.choice((1, 1, 2, 3)), free)
            if not people:
                break
            actor = self.staff.specialist
            events.sign_up(event=event, customer=customer, people=people, actor=actor, now=at)
            free -= people

    def close(self, event: CareEvent) -> None:
        """Close an event the day after with its cost and result."""
        if not event.sign_ups.filter(score__isnull=False).exists():
            return
        events.close_event(
            event=event,
            cost=event.budget * Decimal("0.9"),
            leads=self.chance.randint(1, 4),
            summary=words.RESULTS[event.kind],
            actor=self.staff.specialist,
            now=event.ends_at + timedelta(days=1),
        )


def _claims(company: Company, staff: Staff, now: datetime) -> None:
    """Compare what was said of the first project with what was built; of a later one it waits."""
    first, later = company.projects[0], company.projects[3]
    for source, where, title, outcome, built in words.CLAIMS:
        values = {"source": source, "reference": where}
        draft = EntryDraft(title=title, values=values, subject_id=first.pk)
        at = now - timedelta(days=40)
        entry = add_entry(register=CLAIMS, draft=draft, actor=staff.specialist, now=at)
        close_entry(entry=entry, outcome=outcome, evidence=built, actor=staff.specialist, now=at)
    for source, where, title in words.OPEN_CLAIMS:
        values = {"source": source, "reference": where}
        draft = EntryDraft(
            title=title, values=values, due_at=now + timedelta(days=30), subject_id=later.pk
        )
        add_entry(register=CLAIMS, draft=draft, actor=staff.manager, now=now)
