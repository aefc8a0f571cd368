"""From the facts of the model to what happened: enquiries, talks, moves, wishes, with their dates.

The snapshot of the model lies a quarter back: what shaped a customer's chance happened before it,
and who is lost is lost after it. A fifth of the customers came later; nobody knows their end yet.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from crm_site.demo import words
from crm_site.demo.hours import by_day, in_office, received_before
from crm_site.demo.people import person, pick
from crm_site.demo.world import BUYERS, WEEKS, Facts, Fate
from crm_site.staff.models import User
from customers.models import Customer, Project
from customers.rules.axes import POSITIONS, BuyingStage, CustomerClass, LeadState, Phase
from customers.services.columns import completeness_of, customer_columns

QUARTER = timedelta(weeks=WEEKS)
HISTORY = timedelta(days=540)
LATE_SHARE = 0.2  # came after the snapshot
FRESH_SHARE = 0.03  # enquiries of the last two days, whose time limits run
POOL_SHARE = 0.03
DOUBLE_SHARE = 0.02
APART = timedelta(minutes=20)  # between two steps of a lead at least
HANDED_SINCE = timedelta(days=160)  # the first buildings are handed over since then
STILL_SILENT_DAYS = 6  # mean, of those still in touch today
SAME_IN_BOTH = ("name", "gender", "birthday", "district", "address", "occupation", "family")
PATH_TO: dict[str, tuple[LeadState, ...]] = {
    "intent": (LeadState.CONTACTED, LeadState.QUALIFIED),
    "visited": (LeadState.CONTACTED, LeadState.VISITED),
    "subscribed": (LeadState.CONTACTED, LeadState.VISITED, LeadState.SUBSCRIBED),
    "signed": (LeadState.CONTACTED, LeadState.VISITED, LeadState.SUBSCRIBED, LeadState.SIGNED),
}
PATH_TO["handed_over"] = PATH_TO["signed"]
LOST_REASONS = ("bought_elsewhere", "location", "layout", "postponed")
QUIET_RESULTS = ("reached", "reached", "informed", "no_answer")


@dataclass(frozen=True, slots=True)
class Talk:
    """One interaction as it will be written."""

    at: datetime
    channel: str
    result: str
    content: str
    author: User


@dataclass(slots=True)
class Story:
    """One customer before it is written, with everything that happened to it."""

    number: int
    facts: Facts
    fate: Fate | None
    customer: Customer
    project: Project
    owner: User | None
    first_owner: User | None
    received_at: datetime
    enquiry: str
    state: LeadState = LeadState.NEW
    moves: list[tuple[datetime, LeadState, LeadState]] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    reassigned_at: datetime | None = None
    lost_at: datetime | None = None
    lost_reason: str = ""
    handed_over_at: datetime | None = None
    same_as: int | None = None

    @property
    def source(self) -> str:
        """The word of the source list."""
        return self.facts.channel


class Teller:
    """Tells the story of each drawn customer; the same ``chance`` tells the same one.

    Each story draws from a stream of its own: what the hour of the day adds to one (somebody asks
    at night, a call waits for the morning) changes no other.
    """

    def __init__(
        self, *, projects: list[Project], staff: list[User], chance: random.Random, now: datetime
    ) -> None:
        self.projects = projects
        self.staff = staff
        self.base = chance.getrandbits(64)
        self.chance = chance
        self.now = now
        self.snapshot = now - QUARTER
        self.people: dict[int, list[tuple[int, dict[str, Any]]]] = {}
        self.teams: dict[int, list[User]] = {}
        for user in staff:
            self.teams.setdefault(user.node.project_id, []).append(user)  # type: ignore[union-attr, arg-type]

    def tell(self, number: int, facts: Facts, fate: Fate) -> Story:
        """Return the story of customer ``number``."""
        chance = self.chance = stream(self.base, number)
        late = chance.random() < LATE_SHARE
        fresh = late and chance.random() < FRESH_SHARE / LATE_SHARE
        owner = self.staff[facts.consultant]
        project = self.projects[facts.project]
        values, same_as = self._person(number, project)
        in_pool = late and not fresh and chance.random() < POOL_SHARE / LATE_SHARE
        story = Story(
            number=number,
            facts=facts,
            fate=None if late else fate,
            customer=_customer(number, values, chance),
            project=project,
            owner=None if in_pool else owner,
            first_owner=owner,
            received_at=self._received_at(facts.response_hours, late=late, fresh=fresh),
            enquiry=chance.choice(words.ENQUIRIES),
            same_as=same_as,
        )
        if not in_pool:
            story.state = LeadState.ASSIGNED
            if not fresh:
                self._happen(story)
        self._settle(story)
        return story

    def _person(self, number: int, project: Project) -> tuple[dict[str, Any], int | None]:
        """Return who enquires, and whose second record it is, captured with another phone."""
        values = person(number, project, self.chance)
        known = self.people.setdefault(project.pk, [])
        if known and self.chance.random() < DOUBLE_SHARE:
            same_as, before = self.chance.choice(known)
            return values | {key: before[key] for key in SAME_IN_BOTH}, same_as
        known.append((number, values))
        return values, None

    def _received_at(self, response_hours: float, *, late: bool, fresh: bool) -> datetime:
        """Return when the enquiry came: more on weekends, by day, more of late than long ago."""
        chance = self.chance
        if fresh:
            at = self.now - timedelta(minutes=chance.randint(10, 30 * 60))
            return by_day(at, chance=chance)
        if late:
            back = timedelta(days=9 + 80 * chance.random())
        else:
            back = QUARTER + timedelta(days=30) + (HISTORY - QUARTER) * chance.random() ** 1.4
        day = self.now - back
        waits = chance.random() < 0.35
        if waits and timezone.localtime(day).weekday() < 5:
            day += timedelta(days=5 - timezone.localtime(day).weekday())
        day = min(day, self.now - timedelta(days=9))
        return received_before(day, answered_after=timedelta(hours=response_hours), chance=chance)

    def _at_work(self, at: datetime, after: datetime) -> datetime:
        """Return a moment at which somebody is in the office, from ``after`` to now."""
        return in_office(at, chance=self.chance, after=after, until=self.now)

    def _happen(self, story: Story) -> None:
        """Give the story its talks, moves, change of owner and loss."""
        facts, chance = story.facts, self.chance
        first = story.received_at + timedelta(hours=facts.response_hours)
        until = self.snapshot if story.fate else self.now
        last = self._at_work(max(until - timedelta(days=facts.silent_days), first), first)
        self._reassign(story, until)
        story.talks.append(self._talk(story, first, "phone", "reached"))
        for at in self._visits(facts.visits, first, last, until):
            story.talks.append(self._talk(story, at, "visit", "visited"))
        for _ in range(chance.randint(0, 3)):
            at = self._at_work(first + (last - first) * chance.random(), first)
            channel = chance.choice(("phone", "phone", "wechat"))
            story.talks.append(self._talk(story, at, channel, chance.choice(QUIET_RESULTS)))
        story.talks.append(self._talk(story, last, "phone", "reached"))
        self._move(story, first, last)
        self._lose(story)
        self._go_on(story)
        story.talks.sort(key=lambda talk: talk.at)

    def _visits(
        self, count: int, first: datetime, last: datetime, until: datetime
    ) -> Iterator[datetime]:
        """Yield the visits of the last ninety days, none after the last contact."""
        start = max(first, min(last, until - timedelta(days=90)))
        for _ in range(count):
            yield self._at_work(start + (last - start) * self.chance.random(), first)

    def _talk(self, story: Story, at: datetime, channel: str, result: str) -> Talk:
        moved = story.reassigned_at is not None and at >= story.reassigned_at
        author = story.owner if moved or story.reassigned_at is None else story.first_owner
        text = self.chance.choice(words.TALKS[result])
        return Talk(at, channel, result, text, author or self.staff[0])

    def _reassign(self, story: Story, until: datetime) -> None:
        if not story.facts.was_reassigned:
            return
        others = [user for user in self.teams[story.project.pk] if user != story.first_owner]
        if others:
            at = until - timedelta(days=90) * self.chance.random()
            first = story.received_at + timedelta(hours=story.facts.response_hours)
            story.reassigned_at = self._at_work(at, first)
            story.owner = self.chance.choice(others)

    def _move(self, story: Story, first: datetime, last: datetime) -> None:
        """Move the lead along its path, from the first to the last contact."""
        path = PATH_TO[story.facts.stage]
        if story.facts.stage == "intent" and self.chance.random() < 0.5:
            path = path[:1]
        at = first
        for place, state in enumerate(path):
            if place:
                wanted = first + (last - first) * (place / len(path))
                at = self._at_work(wanted, at + APART)
            story.moves.append((at, story.state, state))
            story.state = state
        if story.facts.stage == "handed_over":
            earliest = min(max(at + timedelta(days=1), self.now - HANDED_SINCE), self.now)
            room = self.now - earliest
            story.handed_over_at = self._at_work(earliest + room * self.chance.random(), at + APART)

    def _lose(self, story: Story) -> None:
        fate = story.fate
        if fate is None or fate.lost_in_week is None:
            return
        last = story.moves[-1][0] if story.moves else story.received_at
        at = self.snapshot + timedelta(weeks=fate.lost_in_week, days=self.chance.randint(0, 6))
        story.lost_at = self._at_work(at, last + APART)
        if story.facts.stage in BUYERS:  # a buyer is lost as an owner, the contract stands
            return
        named = [reason for reason in fate.reasons if reason in ("service", "price")]
        story.lost_reason = self.chance.choice(named or list(LOST_REASONS))
        story.moves.append((story.lost_at, story.state, LeadState.LOST))
        story.state = LeadState.LOST

    def _go_on(self, story: Story) -> None:
        """Let the owner keep up with whoever is not lost, from the snapshot to a few days ago."""
        if story.fate is None or story.lost_at is not None:
            return
        chance = self.chance
        silent = min(timedelta(days=chance.expovariate(1 / STILL_SILENT_DAYS)), QUARTER)
        first = story.talks[0].at
        last = self._at_work(self.now - silent, first)
        for _ in range(chance.randint(1, 3)):
            at = self._at_work(self.snapshot + (last - self.snapshot) * chance.random(), first)
            channel = chance.choice(("phone", "wechat"))
            story.talks.append(self._talk(story, at, channel, chance.choice(QUIET_RESULTS)))
        result = chance.choice(("reached", "reached", "informed"))
        story.talks.append(self._talk(story, last, "phone", result))

    def _settle(self, story: Story) -> None:
        """Write onto the customer where all of this has led."""
        customer, owner = story.customer, story.owner
        reached = story.state if story.state is not LeadState.LOST else story.moves[-1][1]
        position = POSITIONS[reached]
        moved_in = story.handed_over_at is not None
        customer.source = story.source
        customer.owner = owner
        customer.team_id = owner.node_id if owner else None
        customer.project = story.project
        customer.region_id = story.project.node.region_id
        customer.owned_since = story.reassigned_at or story.received_at if owner else None
        customer.protected_until = story.received_at + timedelta(days=30) if owner else None
        customer.pooled_at = None if owner else story.received_at
        customer.created_at = story.received_at
        customer.buying_stage = (BuyingStage.MOVED_IN if moved_in else position.stage).value
        customer.phase = position.phase.value
        customer.stage_since = story.handed_over_at or (
            story.moves[-1][0] if story.moves else story.received_at
        )
        customer.customer_class = self._class_of(story, position.customer_class).value
        if story.talks:
            customer.last_contact_at = max(talk.at for talk in story.talks)
        customer.completeness = completeness_of(customer)

    def _class_of(self, story: Story, by_state: CustomerClass) -> CustomerClass:
        if story.facts.stage == "handed_over" and by_state is CustomerClass.FIRST_PURCHASE:
            later = (CustomerClass.EXISTING, CustomerClass.HIGH_VALUE)
            return self.chance.choices(later, (80, 20))[0]
        return by_state


def stream(base: int, number: int) -> random.Random:
    """Return the draws of story ``number``: the same for the same ``base``, and for no other."""
    return random.Random(f"{base}:{number}")  # noqa: S311 -- demo data, not a secret


def _customer(number: int, values: dict[str, Any], chance: random.Random) -> Customer:
    natures = {"family": 78, "investor": 10, "institution": 3, "enterprise": 6, "government": 3}
    return Customer(
        **customer_columns(values),
        nature=pick(chance, natures) if chance.random() < 0.7 else "",
        external_source="demo",
        external_id=str(number),
    )


def phases_of(story: Story) -> Iterable[tuple[datetime, Phase, Phase]]:
    """Yield the changes of phase that follow from the moves of the lead."""
    at_present = Phase.POTENTIAL
    for at, _from, to in story.moves:
        if to is LeadState.LOST:
            continue
        phase = POSITIONS[to].phase
        if phase is not at_present:
            yield at, at_present, phase
            at_present = phase


def stages_of(story: Story) -> Iterable[tuple[datetime, BuyingStage, BuyingStage]]:
    """Yield the changes of buying stage that follow from the moves of the lead."""
    at_present = BuyingStage.PREPARING
    for at, _from, to in story.moves:
        if to is LeadState.LOST:
            continue
        stage = POSITIONS[to].stage
        if stage is not at_present:
            yield at, at_present, stage
            at_present = stage
    if story.handed_over_at is not None:
        yield story.handed_over_at, at_present, BuyingStage.MOVED_IN
