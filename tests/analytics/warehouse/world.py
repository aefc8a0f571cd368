"""A company with two years of chance events, and the same sums counted plainly in Python."""

import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from crm_site.questionnaires.services import ensure_default
from customers.models import (
    Building,
    Customer,
    GradeEvent,
    Interaction,
    Layout,
    Lead,
    LeadEvent,
    Purchase,
    StageEvent,
    Unit,
)
from service.surveys.defaults import SERVICE
from service.surveys.models import Survey, SurveyAnswer, SurveyResponse
from service.tickets.models import Ticket
from tests.factories import NOW, CustomerFactory, Organisation, UserFactory
from tests.service.factories import CategoryFactory

BEIJING = dt.timezone(dt.timedelta(hours=8))
DAYS = 420
STAGES = ("preparing", "watching", "deciding", "signing")


@dataclass
class Item:
    """One event as the oracle sees it."""

    fact: str
    key: int
    at: dt.datetime
    project: int
    consultant: int
    channel: str
    grade: str
    stage: str
    kind: str
    topic: str = ""
    amount: Decimal = Decimal(0)

    @property
    def day(self) -> dt.date:
        return self.at.astimezone(BEIJING).date()


@dataclass
class Chance:
    """Builds the world; ``items`` is everything the summary should hold."""

    org: Organisation
    seed: int = 7
    customers: int = 24
    items: list[Item] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 -- chance of a test
        self.projects = [self.org.project_one, self.org.project_two, self.org.project_three]
        teams = [self.org.team_a, self.org.team_b, self.org.team_c]
        self.people = [UserFactory(node=team) for team in teams for _each in range(2)]
        self.categories = [CategoryFactory(kind="complaint"), CategoryFactory(kind="repair")]
        self.history: dict[int, dict[str, list[tuple[dt.datetime, str]]]] = {}
        self.made = [self._customer() for _each in range(self.customers)]
        for make in (self._talks, self._leads, self._purchases, self._tickets, self._answers):
            make()

    def moment(self) -> dt.datetime:
        return NOW - dt.timedelta(seconds=self.random.randrange(DAYS * 86_400))

    def _customer(self) -> Customer:
        owner = self.random.choice([*self.people, None])
        customer = CustomerFactory(
            owner=owner,
            buying_stage=self.random.choice(STAGES),
            source=self.random.choice(("walk_in", "wechat")),
        )
        if owner is None and self.random.random() < 0.5:
            customer.project = self.random.choice(self.projects)
            customer.save()
        grades = [(self.moment(), self.random.choice("ABCDE")) for _n in range(self._few())]
        stages = [(self.moment(), self.random.choice(STAGES)) for _n in range(self._few())]
        began = self.random.choice(STAGES)
        for at, grade in grades:
            GradeEvent.objects.create(
                customer=customer, at=at, to_grade=grade, score=1, points=[], policy_version=1
            )
        for place, (at, stage) in enumerate(sorted(stages)):
            before = sorted(stages)[place - 1][1] if place else began
            StageEvent.objects.create(customer=customer, at=at, from_stage=before, to_stage=stage)
        self.history[customer.pk] = {
            "grade": sorted(grades),
            "stage": [(dt.datetime.min.replace(tzinfo=dt.UTC), began), *sorted(stages)]
            if stages
            else [],
        }
        return customer

    def _few(self) -> int:
        return self.random.choice((0, 1, 1, 2, 3))

    def grade_at(self, customer: Customer | None, at: dt.datetime) -> str:
        steps = self.history[customer.pk]["grade"] if customer else []
        held = [grade for since, grade in steps if since <= at]
        return held[-1] if held else steps[0][1] if steps else ""

    def stage_at(self, customer: Customer | None, at: dt.datetime) -> str:
        if customer is None:
            return ""
        steps = self.history[customer.pk]["stage"]
        held = [stage for since, stage in steps if since <= at]
        return held[-1] if held else customer.buying_stage

    def add(self, fact: str, key: int, at: dt.datetime, customer: Customer | None, **more: Any):
        more["project"] = more["project"] or 0
        more["consultant"] = more["consultant"] or 0
        self.items.append(
            Item(
                fact,
                key,
                at,
                grade=self.grade_at(customer, at),
                stage=self.stage_at(customer, at),
                **more,
            )
        )

    def _talks(self) -> None:
        for _n in range(220):
            customer, author = self.random.choice(self.made), self.random.choice(self.people)
            channel = self.random.choice(("phone", "visit", "wechat", "note"))
            result = self.random.choice(("reached", "visited", "no_answer"))
            automatic = self.random.random() < 0.05
            talk = Interaction.objects.create(
                customer=customer,
                channel=channel,
                result=result,
                content="谈过",
                at=self.moment(),
                author=author,
                is_automatic=automatic,
            )
            if channel != "note" and not automatic:
                self.add(
                    "talk",
                    talk.pk,
                    talk.at,
                    customer,
                    project=customer.project_id,
                    consultant=author.pk,
                    channel=channel,
                    kind=result,
                )

    def _leads(self) -> None:
        for _n in range(60):
            customer = self.random.choice(self.made)
            project = self.random.choice([*self.projects, None])
            is_lost = self.random.random() < 0.4
            lead = Lead.objects.create(
                customer=customer,
                project=project,
                source=self.random.choice(("walk_in", "wechat", "referral")),
                capture_point="front_desk",
                received_at=self.moment(),
                owner=self.random.choice([*self.people, None]),
                state="lost" if is_lost else "assigned",
                lost_reason="价格" if is_lost else "",
            )
            where = {
                "project": lead.project_id,
                "consultant": lead.owner_id,
                "channel": lead.source,
            }
            self.add("lead", lead.pk, lead.received_at, customer, kind="front_desk", **where)
            if is_lost:
                event = LeadEvent.objects.create(
                    lead=lead, at=self.moment(), kind="state", from_value="visited", to_value="lost"
                )
                self.add("loss", event.pk, event.at, customer, kind="visited", **where)

    def _purchases(self) -> None:
        building = Building.objects.create(project=self.projects[0], name="1栋", floors=30)
        layout = Layout.objects.create(project=self.projects[0], name="三房")
        for place in range(30):
            unit = Unit.objects.create(
                project=self.projects[0],
                building=building,
                entrance="1",
                floor=place + 1,
                number=f"{place + 1:02d}01",
                layout=layout,
                forecast_area=90,
            )
            self._purchase(unit)

    def _purchase(self, unit: Unit) -> None:
        customer, seller = self.random.choice(self.made), self.random.choice(self.people)
        state = self.random.choice(("subscribed", "signed", "cancelled", "refunded"))
        subscribed = self.moment()
        signed = self.moment() if state in ("signed", "refunded") else None
        ended = self.moment() if state in ("cancelled", "refunded") else None
        price = Decimal(self.random.randrange(800_000, 5_000_000))
        purchase = Purchase.objects.create(
            project=unit.project,
            unit=unit,
            customer=customer,
            consultant=seller,
            state=state,
            state_since=NOW,
            begun_at=subscribed,
            subscribed_at=subscribed,
            signed_at=signed,
            ended_at=ended,
            deposit=Decimal(self.random.randrange(10_000, 50_000)),
            agreed_total=price if self.random.random() < 0.9 else None,
        )
        where = {
            "project": unit.project_id,
            "consultant": seller.pk,
            "channel": customer.source,
        }
        agreed = purchase.agreed_total or Decimal(0)
        for fact, at, kind, amount in (
            ("reservation", subscribed, unit.kind, purchase.deposit),
            ("signature", signed, unit.kind, agreed),
            ("cancellation", ended, state, agreed),
        ):
            if at is not None:
                self.add(fact, purchase.pk, at, customer, kind=kind, amount=amount, **where)

    def _tickets(self) -> None:
        for number in range(60):
            category = self.random.choice([*self.categories, None])
            customer = self.random.choice([*self.made, None])
            kind = category.kind if category else "inquiry"
            state = self.random.choice(("received", "received", "cancelled"))
            handler = self.random.choice([*self.people, None])
            ticket = Ticket.objects.create(
                number=f"W{number}",
                kind=kind,
                state=state,
                category=category,
                customer=customer,
                project=self.random.choice(self.projects),
                channel=self.random.choice(("phone", "web")),
                subject="漏水",
                handler=handler,
                first_responder=self.people[0] if number % 2 else None,
                opened_at=self.moment(),
                closed_at=NOW if state == "cancelled" else None,
            )
            if state != "cancelled":
                self.add(
                    "ticket",
                    ticket.pk,
                    ticket.opened_at,
                    customer,
                    project=ticket.project_id,
                    consultant=ticket.handler_id or ticket.first_responder_id,
                    channel=ticket.channel,
                    kind=kind,
                    topic=category.code if category else "",
                )

    def _answers(self) -> None:
        version = ensure_default(SERVICE).latest()
        survey = Survey.objects.create(
            title="满意度",
            questionnaire=version.questionnaire,
            version=version,
            trigger="manual",
            state="open",
            opened_at=NOW,
        )
        for number in range(40):
            customer = self.random.choice([*self.made, None])
            adviser = self.random.choice([*self.people, None])
            of_staff = number % 9 == 0
            response = SurveyResponse.objects.create(
                survey=survey,
                version=version,
                customer=None if of_staff else customer,
                of_staff=of_staff,
                project=self.random.choice([*self.projects, None]),
                adviser=None if of_staff else adviser,
                trigger="manual",
                stage="",
                at=self.moment(),
                month_on=dt.date(2026, 5, 1),
                rating=Decimal(self.random.randrange(100, 1000)) / 100
                if self.random.random() < 0.8
                else None,
            )
            self._answer(response)

    def _answer(self, response: SurveyResponse) -> None:
        where = {
            "project": response.project_id,
            "consultant": response.adviser_id,
            "channel": response.trigger,
            "kind": response.stage,
        }
        customer = response.customer
        if response.rating is not None and not response.of_staff:
            amount = response.rating
            self.add("rating", response.pk, response.at, customer, amount=amount, **where)
        for question in ("service", "quality"):
            points = Decimal(self.random.randrange(10_000)) / 100
            answer = SurveyAnswer.objects.create(
                response=response,
                question=question,
                scale="ten",
                value="8",
                points=points if self.random.random() < 0.9 else None,
            )
            if answer.points is not None and not response.of_staff:
                self.add(
                    "answer",
                    answer.pk,
                    response.at,
                    customer,
                    topic=question,
                    amount=points,
                    **where,
                )

    def sums(
        self, keep: Callable[[Item], bool], by: Callable[[Item], Any]
    ) -> Mapping[Any, tuple[int, Decimal, Decimal]]:
        """Return count, amount and squares of the kept items by key."""
        found: dict[Any, tuple[int, Decimal, Decimal]] = {}
        for item in filter(keep, self.items):
            n, amount, squares = found.get(by(item), (0, Decimal(0), Decimal(0)))
            key = by(item)
            found[key] = (n + 1, amount + item.amount, squares + item.amount**2)
        return found

    def spans(self) -> Iterator[tuple[dt.date, dt.date]]:
        """Yield chance periods without end."""
        today = NOW.astimezone(BEIJING).date()
        while True:
            start = today - dt.timedelta(days=self.random.randrange(DAYS))
            yield start, start + dt.timedelta(days=self.random.randrange(1, 200))
