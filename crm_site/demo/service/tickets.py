"""Tickets of the demo company: a year of them, each walked through its steps at its own times.

Written through the services, so that every clock, event and figure stands as if people had done it.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_site.demo.company import Company
from crm_site.demo.hours import in_office
from crm_site.demo.service import words
from crm_site.demo.service.words import Matter
from crm_site.staff.models import User
from customers.models import Customer, Project, Purchase
from service.tickets.drafts import TicketDraft
from service.tickets.models import Ticket, TicketCategory
from service.tickets.rules import Axis, Solved, TicketKind, TicketState, moves_from, next_state
from service.tickets.services.calling_back import Rating, record_callback
from service.tickets.services.directing import direct
from service.tickets.services.giving import TaskPlan, end_task, give_task
from service.tickets.services.moving import move_ticket
from service.tickets.services.opening import open_ticket
from service.tickets.services.steps import (
    Classing,
    agree_plan,
    classify,
    reply,
    take_answer,
    take_over,
)
from service.tickets.services.tree import install_usual_tree
from service.tickets.services.waiting import wait_for_customer

COUNT, DAYS, RECENT, UNDER_WAY = 150, 360, 14, 5
RECENT_SHARE = 0.3  # of the tickets came within the last fortnight
REFUSED_SHARE, CROSS_SHARE, STALLED_SHARE = 0.07, 0.12, 0.12
LEAKS = 6  # homes of one building with the same trouble
CHANNELS = ("phone", "phone", "phone", "wechat", "web", "app", "visit", "email")
S = TicketState


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works at the desk."""

    agent: User
    specialist: User
    manager: User
    engineer: User
    head_office: User


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may call: a customer, and the purchase that stands."""

    customer: Customer
    project: Project
    purchase: Purchase | None


def people_of_desk() -> Desk:
    """Return who works at the desk of the demo company."""
    names = ("agent", "specialist", "service_manager", "engineering", "head_office")
    return Desk(*(User.objects.get(username=name) for name in names))


def fill_tickets(company: Company, *, chance: random.Random, now: datetime) -> list[Ticket]:
    """Write the tickets of the last year into the first projects and return them."""
    desk = people_of_desk()
    install_usual_tree()
    classes = usual_classes()
    buyers, others = people_who_call(company.projects[:2])
    tickets = []
    for _ in range(COUNT):
        matter = chance.choice(words.MATTERS)
        pool = buyers if matter.needs_home else others
        if not pool or not classes.get(matter.kind):
            continue
        person = chance.choice(pool)
        days = RECENT if chance.random() < RECENT_SHARE else DAYS
        if matter.kind == TicketKind.REPAIR:
            days = UNDER_WAY  # their work is noted on the page of repairs, so all are under way
        at = by_day(now - timedelta(days=chance.random() * days), chance, now)
        tickets.append(Life(desk, classes, chance, now).lead(matter, person, at))
    return tickets + _leaks(buyers, desk, classes, chance, now)


def _leaks(
    buyers: Sequence[Person],
    desk: Desk,
    classes: dict[str, list[TicketCategory]],
    chance: random.Random,
    now: datetime,
) -> list[Ticket]:
    """Write the same trouble from several homes of one building, a week ago."""
    homes: dict[int, list[Person]] = {}
    for person in buyers:
        if person.purchase is not None and person.purchase.unit is not None:
            homes.setdefault(person.purchase.unit.building_id, []).append(person)
    if not homes or not classes.get("complaint"):
        return []
    together = max(homes.values(), key=len)[:LEAKS]
    written = []
    for place, person in enumerate(together):
        body = words.LEAK.body.format(room=words.ROOMS[place % len(words.ROOMS)])
        at = by_day(now - timedelta(days=8 - place), chance, now)
        draft = _draft(words.LEAK, person, desk, body=body, channel="phone")
        written.append(open_ticket(draft, actor=desk.agent, now=at))
    if written:
        due = now + timedelta(days=3)
        direct(written[0], text=words.DIRECTIVE, due_at=due, actor=desk.head_office, now=now)
    return written


def usual_classes() -> dict[str, list[TicketCategory]]:
    found: dict[str, list[TicketCategory]] = {}
    for row in TicketCategory.objects.in_use().leaves().filter(axis=Axis.OBJECT).order_by("pk"):
        found.setdefault(row.kind, []).append(row)
    return found


def people_who_call(projects: Sequence[Project]) -> tuple[list[Person], list[Person]]:
    """Return who has a home in ``projects``, and who is only interested."""
    signed = Purchase.objects.filter(project__in=projects, signed_at__isnull=False)
    bought = [
        Person(row.customer, row.project, row)
        for row in signed.select_related("customer", "project", "unit__building").order_by("pk")
    ]
    rest = Customer.objects.filter(project__in=projects, owner__isnull=False)
    others = [
        Person(row, row.project, None)
        for row in rest.select_related("project").order_by("pk")[:200]
        if row.project is not None
    ]
    return bought, others


def _draft(matter: Matter, person: Person, desk: Desk, *, body: str, channel: str) -> TicketDraft:
    return TicketDraft(
        kind=matter.kind,
        project=person.project,
        subject=matter.subject,
        body=body,
        urgency="routine" if matter.urgency == "complex" else matter.urgency,
        stage="after_sale" if person.purchase else "pre_sale",
        channel=channel,
        customer=person.customer,
        purchase=person.purchase,
        unit=person.purchase.unit if person.purchase else None,
        first_responder=desk.agent,
        department=matter.department,
    )


def by_day(at: datetime, chance: random.Random, now: datetime) -> datetime:
    return min(in_office(at, chance=chance, after=at - timedelta(hours=20), until=now), now)


@dataclass(slots=True)
class Life:
    """Leads one ticket from step to step until its time is over or it is closed."""

    desk: Desk
    classes: dict[str, list[TicketCategory]]
    chance: random.Random
    now: datetime

    def lead(self, matter: Matter, person: Person, at: datetime) -> Ticket:
        """Open a ticket at ``at`` and take every step that lies before now."""
        draft = _draft(
            matter, person, self.desk, body=matter.body, channel=self.chance.choice(CHANNELS)
        )
        return self.walk(open_ticket(draft, actor=self.desk.agent, now=at), matter, at)

    def walk(self, ticket: Ticket, matter: Matter, at: datetime) -> Ticket:
        """Take every step of an open ticket that lies before now."""
        stops = self.chance.random() < STALLED_SHARE
        while ticket.is_open:
            at = self._later(at, ticket.state)
            ends = stops and ticket.state in {S.INVESTIGATING, S.EXECUTING}
            is_at_work = ticket.kind == TicketKind.REPAIR and ticket.state == S.EXECUTING
            if at > self.now or ends or is_at_work:
                break
            if not self._step(ticket, matter, at):
                break
        is_recent = self.now - at < timedelta(days=6)
        if stops and is_recent and ticket.is_open and ticket.state != S.RECEIVED:
            wait_for_customer(ticket, actor=self.desk.specialist, now=self.now, note=words.WAITING)
        return ticket

    def _step(self, ticket: Ticket, matter: Matter, at: datetime) -> bool:
        """Take the next step of its path; return whether there was one."""
        if ticket.state == S.CALLBACK:
            return self._call_back(ticket, at)
        if ticket.state == S.REPLIED and ticket.kind != TicketKind.SUGGESTION:
            return self._hear(ticket, at)
        after = next_state(ticket.kind, ticket.state)
        if after is None:
            return False
        self._go(ticket, after, matter, at)
        return True

    def _go(self, ticket: Ticket, after: TicketState, matter: Matter, at: datetime) -> None:
        if after == S.CLASSIFIED:
            rows = self.classes[ticket.kind]
            fitting = [row for row in rows if row.queue == matter.department] or rows
            given = Classing(category=self.chance.choice(fitting), urgency=ticket.urgency)
            classify(ticket, given=given, actor=self.desk.agent, now=at)
        elif after == S.ASSIGNED:
            who = self.desk.specialist if self.chance.random() < 0.7 else self.desk.manager
            take_over(ticket, actor=who, now=at)
            self._ask_department(ticket, matter, at)
        elif after == S.PLAN_AGREED:
            agree_plan(ticket, plan=matter.plan, actor=self._handler(ticket), now=at)
        elif after == S.REPLIED:
            reply(ticket, solution=matter.solution, actor=self._handler(ticket), now=at)
        else:
            move_ticket(ticket, after, actor=self._handler(ticket), now=at)

    def _ask_department(self, ticket: Ticket, matter: Matter, at: datetime) -> None:
        if not matter.task:
            return
        owner = self.desk.engineer if matter.department == "engineering" else None
        due = at + timedelta(days=2)
        plan = TaskPlan(title=matter.task, department=matter.department, owner=owner, due_at=due)
        task = give_task(ticket, plan=plan, actor=self._handler(ticket), now=at)
        done_at = at + timedelta(hours=self.chance.randint(3, 40))
        if done_at <= self.now:
            actor = owner or self.desk.manager
            end_task(task, result=matter.solution, is_done=True, actor=actor, now=done_at)

    def _hear(self, ticket: Ticket, at: datetime) -> bool:
        is_refused = not ticket.reopened and self.chance.random() < REFUSED_SHARE
        back = moves_from(ticket.kind, S.REPLIED) & {S.EXECUTING, S.INVESTIGATING, S.ASSIGNED}
        if is_refused and back:
            note, answer = words.REFUSED, "refused"
        else:
            note, answer = "", "accepted"
        take_answer(ticket, answer=answer, note=note, actor=self._handler(ticket), now=at)
        return ticket.state != S.REPLIED

    def _call_back(self, ticket: Ticket, at: datetime) -> bool:
        is_cross = self.chance.random() < CROSS_SHARE
        rating = Rating(
            solved=Solved.YES,
            pleasant=self.chance.choice((2, 3)) if is_cross else self.chance.choice((4, 5, 5)),
            words=self.chance.choice(words.CROSS if is_cross else words.GLAD),
        )
        record_callback(ticket, rating=rating, actor=self.desk.agent, now=at)
        if ticket.state == S.CALLBACK:
            note = words.AGAIN if is_cross else ""
            move_ticket(ticket, S.CLOSED, actor=self.desk.manager, now=at, note=note)
        return ticket.state == S.CLOSED

    def _handler(self, ticket: Ticket) -> User:
        return ticket.handler or self.desk.specialist

    def _later(self, at: datetime, state: str) -> datetime:
        hours = {
            S.RECEIVED: self.chance.uniform(0.1, 1.6),
            S.CLASSIFIED: self.chance.uniform(0.2, 3),
            S.CALLBACK: self.chance.uniform(20, 60),
        }.get(TicketState(state), self.chance.uniform(2, 22))
        later = at + timedelta(hours=hours)
        return in_office(later, chance=self.chance, after=at, until=later + timedelta(hours=18))
