"""Repairs of the demo company: contractors by trade, rounds, owners' words, charge-backs.

Written through the services at the times of each step, so that warranty, scorecards and lessons
follow from what is there.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from crm_site.demo.company import Company
from crm_site.demo.hours import in_office
from crm_site.demo.pictures import photo
from crm_site.demo.service import repair_words as words
from crm_site.demo.service.repair_words import Fault, Firm
from crm_site.staff.models import User
from customers.models import Project, Purchase
from service.repairs.learning import learn
from service.repairs.models import Contractor, RepairOrder
from service.repairs.rules.steps import ChargeState, Stage
from service.repairs.services import accepting, charging, orders
from service.repairs.services.contractors import save_built_by, save_contractor
from service.tickets.drafts import TicketDraft
from service.tickets.models import TicketCategory
from service.tickets.rules import Axis, Solved, TicketState
from service.tickets.services.calling_back import Rating, record_callback
from service.tickets.services.moving import move_ticket
from service.tickets.services.steps import Classing, classify, take_over

COUNT, AT_MOST = 40, 150  # repairs of the homes handed over, and days they lie back
PHOTO_TINTS = 5
CALLED_BACK_SHARE = 0.85
MOST_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Crew:
    """Who takes repairs up, and the contractors with how they work."""

    agent: User
    specialist: User
    manager: User
    engineer: User
    firms: tuple[tuple[Firm, Contractor], ...]

    def fitting(self, trade: str) -> list[tuple[Firm, Contractor]]:
        """Return the contractors of a trade."""
        return [pair for pair in self.firms if trade in pair[1].trades]


def fill_repairs(company: Company, *, chance: random.Random, now: datetime) -> list[RepairOrder]:
    """Write contractors and the repairs of the first projects; return those led from the start."""
    crew = _crew(company.projects[:2], now)
    leader = _Leader(crew, chance, now)
    homes = _homes(company.projects[:2])
    made = []
    for number in range(COUNT if homes else 0):
        purchase = homes[number % len(homes)]
        handed = purchase.handed_over_at or now
        span = min(now - handed, timedelta(days=AT_MOST))
        at = in_office(now - span * chance.random(), chance=chance, after=handed, until=now)
        made.append(leader.lead(purchase, chance.choice(words.FAULTS), min(at, now)))
    leader.take_up()
    _charge(made, crew, chance, now)
    learn(now=now)
    return made


def _crew(projects: Sequence[Project], now: datetime) -> Crew:
    names = ("agent", "specialist", "service_manager", "engineering")
    agent, specialist, manager, engineer = (User.objects.get(username=name) for name in names)
    firms = []
    for firm in words.FIRMS:
        made = Contractor(name=firm.name, trades=list(firm.trades), contact=firm.contact)
        firms.append((firm, save_contractor(made, actor=manager, now=now)))
    built: dict[str, Contractor | None] = {
        trade: contractor for firm, contractor in firms for trade in firm.built
    }
    for project in projects:
        save_built_by(project, built, actor=manager, now=now)
    return Crew(agent, specialist, manager, engineer, tuple(firms))


def _homes(projects: Sequence[Project]) -> list[Purchase]:
    rows = Purchase.objects.filter(project__in=projects, handed_over_at__isnull=False)
    rows = rows.exclude(unit__kind="parking").filter(unit__isnull=False)
    return list(rows.select_related("customer", "project", "unit__building").order_by("pk"))


@dataclass(slots=True)
class _Leader:
    """Leads repairs from the report to the callback, as far as their time has come."""

    crew: Crew
    chance: random.Random
    now: datetime
    classes: list[TicketCategory] = field(init=False)
    photos: tuple[bytes, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Read the classes of repairs and draw the photos once."""
        rows = TicketCategory.objects.in_use().leaves().filter(kind="repair", axis=Axis.OBJECT)
        self.classes = list(rows.order_by("pk"))
        self.photos = tuple(photo(tint) for tint in range(PHOTO_TINTS))

    def lead(self, purchase: Purchase, fault: Fault, at: datetime) -> RepairOrder:
        """Report a repair at ``at`` and take every step that lies before now."""
        draft = TicketDraft(
            kind="repair",
            project=purchase.project,
            subject=fault.subject,
            body=fault.body,
            urgency="urgent" if fault.trade in {"water", "power"} else "routine",
            channel=self.chance.choice(("phone", "phone", "app", "wechat")),
            customer=purchase.customer,
            purchase=purchase,
            unit=purchase.unit,
            first_responder=self.crew.agent,
            department="engineering",
        )
        order = orders.open_repair(
            draft=draft, part=fault.part, trade=fault.trade, actor=self.crew.agent, now=at
        )
        at = self._take(order, at)
        self._rounds(order, fault, at)
        return order

    def take_up(self) -> None:
        """Name part and trade of the repairs that came through the desk, and send somebody."""
        faults = {fault.subject: fault for fault in words.FAULTS}
        waiting = RepairOrder.objects.filter(part="", stage=Stage.REPORTED.value)
        for order in waiting.select_related("ticket").order_by("pk"):
            known = words.KNOWN.get(order.ticket.subject)
            if known is None or self.chance.random() < 0.3:
                continue
            fault = faults[known]
            at = self._later(order.ticket.opened_at, 2, 10)
            if at > self.now:
                continue
            given = {"part": fault.part, "trade": fault.trade}
            orders.classify(order=order, actor=self.crew.specialist, now=at, **given)
            self._rounds(order, fault, at)

    def _take(self, order: RepairOrder, at: datetime) -> datetime:
        at = self._later(at, 0.2, 3)
        if at > self.now or not self.classes:
            return at
        ticket = order.ticket
        given = Classing(category=self.chance.choice(self.classes), urgency=ticket.urgency)
        classify(ticket, given=given, actor=self.crew.agent, now=at)
        take_over(ticket, actor=self.crew.specialist, now=at)
        return at

    def _rounds(self, order: RepairOrder, fault: Fault, at: datetime) -> None:
        """Send contractors until the owner accepts and it stays repaired, or time runs out."""
        firm, contractor = self._choose(fault)
        for number in range(MOST_ROUNDS):
            is_well = number > 0 or self.chance.random() < firm.well
            done_at = self._round(order, fault, at, firm, contractor, is_well=is_well)
            if done_at is None:
                return
            at = done_at
            if is_well:
                back = self._later(at, 500, 900)
                if self.chance.random() >= firm.comes_back or back > self.now:
                    self._call_back(order, at)
                    return
                accepting.reopen(
                    order=order, remark=words.CAME_BACK, actor=self.crew.agent, now=back
                )
                at = back

    def _round(
        self,
        order: RepairOrder,
        fault: Fault,
        at: datetime,
        firm: Firm,
        contractor: Contractor,
        *,
        is_well: bool,
    ) -> datetime | None:
        """Lead one round; return when the owner has decided, None where now came before."""
        crew, sent_at = self.crew, self._later(at, 0.5, 5)
        if sent_at > self.now:
            return None
        start = self._later(sent_at, 3, 26)
        until = start + timedelta(hours=2)
        sending = orders.Sending(contractor=contractor, start=start, until=until)
        orders.dispatch(order=order, sending=sending, actor=crew.specialist, now=sent_at)
        is_late = self.chance.random() > firm.in_time
        came = start + timedelta(minutes=self.chance.randint(130, 420) if is_late else 25)
        if came > self.now:
            return None
        finish = timezone.localdate(came + timedelta(days=self.chance.randint(0, 3)))
        seen = orders.Visit(
            finding=fault.finding, plan=fault.plan, finish_on=finish, photos=(self._photo(),)
        )
        orders.visit(order=order, seen=seen, actor=crew.engineer, now=came)
        done = self._later(came, 2, 50)
        if done > self.now:
            return None
        orders.repair(
            order=order, work=fault.work, photos=(self._photo(),), actor=crew.engineer, now=done
        )
        decided = self._later(done, 1, 20)
        if decided > self.now:
            return None
        decide = accepting.accept if is_well else accepting.refuse
        remark = self.chance.choice(words.ACCEPTED) if is_well else fault.refused
        decide(order=order, remark=remark, actor=crew.specialist, now=decided)
        return decided

    def _call_back(self, order: RepairOrder, at: datetime) -> None:
        """Call the owner after the acceptance and close the ticket."""
        at = self._later(at, 20, 70)
        ticket = order.ticket
        ticket.refresh_from_db()
        if at > self.now or ticket.state != TicketState.REPLIED:
            return
        if self.chance.random() > CALLED_BACK_SHARE:
            return
        rating = Rating(
            solved=Solved.YES,
            pleasant=self.chance.choice((4, 5, 5)),
            words=self.chance.choice(words.ACCEPTED),
        )
        record_callback(ticket, rating=rating, actor=self.crew.agent, now=at)
        if ticket.state == TicketState.CALLBACK:
            move_ticket(ticket, TicketState.CLOSED, actor=self.crew.manager, now=at)

    def _choose(self, fault: Fault) -> tuple[Firm, Contractor]:
        fitting = self.crew.fitting(fault.trade)
        builders = [pair for pair in fitting if fault.trade in pair[0].built]
        return self.chance.choice(builders * 3 + fitting)

    def _photo(self) -> bytes:
        return self.chance.choice(self.photos)

    def _later(self, at: datetime, low: float, high: float) -> datetime:
        later = at + timedelta(hours=self.chance.uniform(low, high))
        return in_office(later, chance=self.chance, after=at, until=later + timedelta(hours=18))


def _charge(made: Sequence[RepairOrder], crew: Crew, chance: random.Random, now: datetime) -> None:
    """Charge repairs done twice back to who did them first; some agree, some do not."""
    cost = {fault.subject: fault.cost for fault in words.FAULTS}
    for order in made:
        order.refresh_from_db()
        if not order.is_owed or not order.refusals + order.reopened:
            continue
        last = order.events.order_by("-at", "-pk")[0]
        at = min(last.at + timedelta(hours=2), now)
        charge = charging.claim(
            order=order,
            amount=Decimal(cost[order.ticket.subject]),
            reason=words.CHARGE,
            actor=crew.engineer,
            now=at,
        )
        way = chance.random()
        more: dict[str, Any] = {"charge": charge, "actor": crew.engineer, "now": at}
        if way < 0.25:
            continue
        if way < 0.4:
            charging.move_charge(to=ChargeState.DISPUTED, note=words.DISPUTE, **more)
            continue
        amount = (charge.amount * Decimal("0.8")).quantize(Decimal(1))
        charging.move_charge(to=ChargeState.AGREED, note="", amount=amount, **more)
        if way > 0.7:
            charging.move_charge(to=ChargeState.SETTLED, note="", **more)
