"""Eighteen months of customers with their leads, talks, tasks and running time limits."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from crm_site.demo import words
from crm_site.demo.company import Company
from crm_site.staff.models import User
from customers.models import (
    ClassEvent,
    Customer,
    Interaction,
    Lead,
    LeadEvent,
    OwnershipEvent,
    Project,
    SourceEvent,
    Task,
)
from customers.rules.axes import POSITIONS, BuyingStage, CustomerClass, LeadState
from customers.rules.followups import ClockStart
from customers.services.clocks import start_clocks_bulk
from customers.services.columns import completeness_of, customer_columns

HISTORY_DAYS = 540
FRESH_SHARE = 0.03  # enquiries of the last two days, whose time limits run
POOL_SHARE = 0.03
PHONE_PREFIX = "+86154"  # not in consumer use
SOURCES = {
    "walk_in": 22,
    "hotline": 12,
    "website": 8,
    "wechat": 12,
    "short_video": 14,
    "property_portal": 12,
    "agent": 10,
    "referral": 8,
    "exhibition": 2,
}
STATES = {
    LeadState.ASSIGNED: 8,
    LeadState.CONTACTED: 26,
    LeadState.QUALIFIED: 18,
    LeadState.VISITED: 22,
    LeadState.SUBSCRIBED: 5,
    LeadState.SIGNED: 9,
    LeadState.LOST: 12,
}
LAYOUTS = {"bed2": (180, 280), "bed3": (260, 480), "bed4": (420, 720), "villa": (900, 1800)}
LOST_REASONS = ("price", "bought_elsewhere", "location", "layout", "postponed")
TALKS_BEFORE_STATE = {
    LeadState.ASSIGNED: 0,
    LeadState.CONTACTED: 1,
    LeadState.QUALIFIED: 2,
    LeadState.VISITED: 3,
    LeadState.SUBSCRIBED: 5,
    LeadState.SIGNED: 6,
    LeadState.LOST: 2,
}


@dataclass(frozen=True, slots=True)
class Story:
    """One customer before it is written: who, for which project, how far, since when."""

    customer: Customer
    project: Project
    owner: User | None
    state: LeadState
    source: str
    received_at: datetime
    enquiry: str


def build_people(company: Company, *, count: int, chance: random.Random, now: datetime) -> None:
    """Write ``count`` customers with their history; the same ``chance`` gives the same people."""
    stories = [_story(company, number, chance, now) for number in range(count)]
    leads = [_lead(story) for story in stories]
    talks = _talks(stories, leads, chance, now)
    Customer.objects.bulk_create([story.customer for story in stories], batch_size=500)
    Lead.objects.bulk_create(leads, batch_size=500)
    _write_events(stories, leads)
    Interaction.objects.bulk_create(talks, batch_size=1000)
    _write_tasks(stories, leads, chance, now)
    received = [(lead.pk, lead.received_at) for lead in leads if lead.state in _OPEN]
    start_clocks_bulk(received=received, mode=ClockStart.FROM_RECEIVED, now=now)


_OPEN = {state.value for state in (LeadState.NEW, LeadState.ASSIGNED)}


def _story(company: Company, number: int, chance: random.Random, now: datetime) -> Story:
    project = chance.choice(company.projects)
    fresh = chance.random() < FRESH_SHARE
    received_at = _received_at(chance, now, fresh=fresh)
    state = LeadState.ASSIGNED if fresh else _pick(chance, STATES)
    in_pool = not fresh and chance.random() < POOL_SHARE
    owner = None if in_pool else chance.choice(company.consultants[project.pk])
    if owner is None:
        state = LeadState.NEW
    source = _pick(chance, SOURCES)
    customer = _customer(number, project, owner, state, chance, source)
    customer.owned_since = received_at if owner else None
    customer.protected_until = received_at + timedelta(days=30) if owner else None
    customer.created_at = received_at
    return Story(
        customer, project, owner, state, source, received_at, chance.choice(words.ENQUIRIES)
    )


def _received_at(chance: random.Random, now: datetime, *, fresh: bool) -> datetime:
    if fresh:
        return now - timedelta(minutes=chance.randint(10, 30 * 60))
    days = int(HISTORY_DAYS * chance.random() ** 1.4) + 8
    return now - timedelta(days=days, minutes=chance.randint(0, 600))


def _customer(
    number: int,
    project: Project,
    owner: User | None,
    state: LeadState,
    chance: random.Random,
    source: str,
) -> Customer:
    values = _person(number, project, chance)
    columns = customer_columns(values)
    node = owner.node if owner else None
    position = POSITIONS.get(state)
    customer = Customer(
        **columns,
        source=source,
        owner=owner,
        team_id=node.pk if node else None,
        project=project,
        region_id=project.node.region_id,
        customer_class=_class_of(position.stage if position else None, chance),
        contribution=_contribution(values, state),
    )
    customer.completeness = completeness_of(customer)
    return customer


def _person(number: int, project: Project, chance: random.Random) -> dict[str, Any]:
    layout = _pick(chance, {"bed2": 30, "bed3": 45, "bed4": 20, "villa": 5})
    low, high = LAYOUTS[layout]
    start = chance.randrange(low, high, 10)
    income = Decimal(chance.choice((12, 18, 25, 36, 48, 60, 90, 150))) * 10_000
    known = chance.random
    born = date(chance.randint(1958, 2003), chance.randint(1, 12), chance.randint(1, 28))
    return {
        "name": _name(chance),
        "phone": f"{PHONE_PREFIX}{number:08d}",
        "gender": chance.choice(("m", "f")),
        "birthday": born if known() < 0.6 else None,
        "city": project.city,
        "district": chance.choice(words.DISTRICTS[project.city]),
        "address": f"{chance.choice(words.STREETS)}{chance.randint(1, 600)}号"
        if known() < 0.5
        else "",
        "occupation": chance.choice(words.OCCUPATIONS) if known() < 0.7 else "",
        "family": chance.choice(words.FAMILIES) if known() < 0.7 else "",
        "motive": chance.choice(words.MOTIVES) if known() < 0.8 else "",
        "layout": layout,
        "budget_min": Decimal(start) * 10_000,
        "budget_max": Decimal(start + chance.randrange(20, 80, 10)) * 10_000,
        "intent": chance.choice((1, 2, 2, 3)) if known() < 0.85 else None,
        "project_role": chance.choice(("decider", "decider", "influencer", "user")),
        "annual_income": income if known() < 0.6 else None,
    }


def _name(chance: random.Random) -> str:
    double = chance.random() < 0.02
    surname = chance.choice(words.DOUBLE_SURNAMES) if double else chance.choice(words.SURNAMES)
    given = chance.choice(words.GIVEN_FIRST)
    return surname + given + (chance.choice(words.GIVEN_SECOND) if chance.random() < 0.85 else "")


def _class_of(stage: BuyingStage | None, chance: random.Random) -> str:
    if stage is BuyingStage.SIGNING:
        later = (CustomerClass.FIRST_PURCHASE, CustomerClass.EXISTING, CustomerClass.HIGH_VALUE)
        return chance.choices(later, (60, 30, 10))[0].value
    if stage in (BuyingStage.WATCHING, BuyingStage.DECIDING):
        return CustomerClass.INTENT.value
    return CustomerClass.POTENTIAL.value


def _contribution(values: dict[str, Any], state: LeadState) -> Decimal:
    return values["budget_min"] if state is LeadState.SIGNED else Decimal(0)


def _lead(story: Story) -> Lead:
    lost = story.state is LeadState.LOST
    reason = LOST_REASONS[len(story.enquiry) % len(LOST_REASONS)]
    return Lead(
        customer=story.customer,
        project=story.project,
        source=story.source,
        capture_point="front_desk" if story.source == "walk_in" else "web_form",
        state=story.state.value,
        lost_reason=reason if lost else "",
        owner=story.owner,
        enquiry=story.enquiry,
        received_at=story.received_at,
        created_at=story.received_at,
    )


def _write_events(stories: list[Story], leads: list[Lead]) -> None:
    pairs = list(zip(stories, leads, strict=True))
    LeadEvent.objects.bulk_create(
        (
            LeadEvent(lead=lead, at=story.received_at, kind="captured", to_value=lead.state)
            for story, lead in pairs
        ),
        batch_size=1000,
    )
    SourceEvent.objects.bulk_create(
        (
            SourceEvent(
                customer=story.customer,
                lead=lead,
                at=story.received_at,
                capture_point=lead.capture_point,
                source=story.source,
            )
            for story, lead in pairs
        ),
        batch_size=1000,
    )
    OwnershipEvent.objects.bulk_create(
        (
            OwnershipEvent(customer=story.customer, at=story.received_at, to_owner=story.owner)
            for story in stories
            if story.owner
        ),
        batch_size=1000,
    )
    potential = CustomerClass.POTENTIAL.value
    ClassEvent.objects.bulk_create(
        (
            ClassEvent(
                customer=story.customer,
                at=story.received_at + timedelta(days=1),
                from_class=potential,
                to_class=story.customer.customer_class,
            )
            for story in stories
            if story.customer.customer_class != potential
        ),
        batch_size=1000,
    )


def _talks(
    stories: list[Story], leads: list[Lead], chance: random.Random, now: datetime
) -> list[Interaction]:
    """Return the talks of all stories; each customer remembers the last one."""
    talks: list[Interaction] = []
    for story, lead in zip(stories, leads, strict=True):
        if story.owner is None:
            continue
        made = list(_talks_of(story, lead, chance, now))
        talks += made
        if made:
            story.customer.last_contact_at = max(talk.at for talk in made)
    return talks


def _talks_of(
    story: Story, lead: Lead, chance: random.Random, now: datetime
) -> Iterable[Interaction]:
    expected = TALKS_BEFORE_STATE[story.state]
    number = expected + chance.randint(0, 2) if expected else 0
    span = min(now - story.received_at, timedelta(days=60))
    for place in range(number):
        visited = story.state in _VISITED and place == expected - 1
        result = (
            "visited" if visited else chance.choice(("reached", "reached", "informed", "no_answer"))
        )
        yield Interaction(
            customer=story.customer,
            lead=lead,
            channel="visit" if visited else chance.choice(("phone", "phone", "wechat")),
            result=result,
            content=chance.choice(words.TALKS[result]),
            at=story.received_at + span * ((place + chance.random()) / (number + 1)),
            author=story.owner,
        )


_VISITED = {LeadState.VISITED, LeadState.SUBSCRIBED, LeadState.SIGNED}
_WORKED_ON = {LeadState.CONTACTED, LeadState.QUALIFIED, LeadState.VISITED, LeadState.SUBSCRIBED}


def _write_tasks(
    stories: list[Story], leads: list[Lead], chance: random.Random, now: datetime
) -> None:
    tasks = []
    for story, lead in zip(stories, leads, strict=True):
        recent = now - story.received_at < timedelta(days=120)
        if story.owner is None or story.state not in _WORKED_ON or not recent:
            continue
        due_at = now + timedelta(minutes=chance.randint(-2 * 24 * 60, 9 * 24 * 60))
        title = chance.choice(words.NEXT_STEPS)
        tasks.append(
            Task(
                kind="visit" if "到访" in title else "follow_up",
                title=title,
                customer=story.customer,
                lead=lead,
                owner=story.owner,
                due_at=due_at,
                created_at=min(now, due_at) - timedelta(days=2),
                source="demo",
                next_step_at=max(due_at, now),
            )
        )
    Task.objects.bulk_create(tasks, batch_size=1000)


def _pick(chance: random.Random, weights: dict[Any, int]) -> Any:
    return chance.choices(list(weights), list(weights.values()))[0]
