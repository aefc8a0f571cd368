"""Stories into the tables: people and leads as objects, all that happened by COPY."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils import timezone

from crm_site.demo import words
from crm_site.demo.hours import CLOSES, OPENS
from crm_site.demo.marketing.told import campaign_of_lead
from crm_site.demo.people import pick
from crm_site.demo.sales import Seller, all_deals
from crm_site.demo.selling import write_deals
from crm_site.demo.stories import Story, phases_of, stages_of
from crm_site.policies.services import in_force
from customers.consent_policy import TEXTS
from customers.importers.copying import copy_rows
from customers.models import (
    BehaviourEvent,
    ClassEvent,
    ConsentEvent,
    Customer,
    CustomerRelation,
    Household,
    IntentRegistration,
    Interaction,
    Lead,
    LeadEvent,
    OwnershipEvent,
    PhaseEvent,
    Preference,
    SourceEvent,
    StageEvent,
    Task,
)
from customers.rules.axes import CustomerClass, LeadState
from customers.rules.consent import Purpose
from customers.rules.followups import ClockStart
from customers.services.clocks import start_clocks_bulk

OPEN_STATES = {LeadState.NEW, LeadState.ASSIGNED}
WORKED_ON = {LeadState.CONTACTED, LeadState.QUALIFIED, LeadState.VISITED, LeadState.SUBSCRIBED}
TASK_SHARE = 0.85
DUE_IN = {-1: 1, 0: 4, 1: 3, 2: 3, 3: 3, 5: 2, 7: 2, 10: 1, 14: 1}  # days from today, weights
CONSENT_SHARES = {
    Purpose.CONTACT: 0.95,
    Purpose.MARKETING: 0.7,
    Purpose.PROFILING: 0.85,
    Purpose.SHARING: 0.35,
}
Pair = tuple[Story, Lead]


def write_stories(
    stories: Sequence[Story], *, seller: Seller, chance: random.Random, now: datetime
) -> None:
    """Write customers, leads, purchases and their whole history; start the running clocks."""
    deals = all_deals(stories, seller)
    Customer.objects.bulk_create([story.customer for story in stories], batch_size=500)
    leads = Lead.objects.bulk_create([_lead(story, now) for story in stories], batch_size=500)
    pairs = list(zip(stories, leads, strict=True))
    write_deals(deals, {story.number: lead for story, lead in pairs})
    _write_talks(pairs)
    _write_moves(pairs)
    _write_owners(stories)
    _write_axes(stories)
    _write_consents(stories, chance, now)
    _write_wishes(pairs, chance)
    _write_behaviour(stories, chance)
    _write_tasks(pairs, chance, now)
    _write_households(stories, chance, now)
    received = [(lead.pk, lead.received_at) for story, lead in pairs if story.state in OPEN_STATES]
    start_clocks_bulk(received=received, mode=ClockStart.FROM_RECEIVED, now=now)


def _lead(story: Story, now: datetime) -> Lead:
    return Lead(
        customer=story.customer,
        project=story.project,
        source=story.source,
        campaign=campaign_of_lead(
            project=story.project.code,
            source=story.source,
            received_at=story.received_at,
            number=story.number,
            now=now,
        ),
        capture_point="front_desk" if story.source == "walk_in" else "web_form",
        state=story.state.value,
        lost_reason=story.lost_reason,
        owner=story.owner,
        enquiry=story.enquiry,
        received_at=story.received_at,
        created_at=story.received_at,
    )


def _write_talks(pairs: Sequence[Pair]) -> None:
    copy_rows(
        Interaction,
        ("customer_id", "lead_id", "channel", "result", "content", "at", "author_id", "created_at"),
        (
            (
                *(story.customer.pk, lead.pk, talk.channel, talk.result, talk.content, talk.at),
                *(talk.author.pk, talk.at),
            )
            for story, lead in pairs
            for talk in story.talks
        ),
        {"mood": "", "next_step": "", "is_automatic": False},
    )


def _write_moves(pairs: Sequence[Pair]) -> None:
    copy_rows(
        SourceEvent,
        ("customer_id", "lead_id", "at", "capture_point", "source"),
        (
            (story.customer.pk, lead.pk, story.received_at, lead.capture_point, story.source)
            for story, lead in pairs
        ),
        {"reason": ""},
    )
    copy_rows(
        LeadEvent,
        ("lead_id", "at", "kind", "from_value", "to_value", "reason", "actor_id"),
        (row for pair in pairs for row in _lead_events(*pair)),
        {},
    )


def _lead_events(story: Story, lead: Lead) -> Iterable[tuple[Any, ...]]:
    yield lead.pk, story.received_at, "captured", "", LeadState.NEW.value, "", None
    if story.owner is None:
        return
    new, assigned = LeadState.NEW.value, LeadState.ASSIGNED.value
    yield lead.pk, story.received_at, "state", new, assigned, "", None
    for at, from_, to in story.moves:
        reason = story.lost_reason if to is LeadState.LOST else ""
        yield lead.pk, at, "state", from_.value, to.value, reason, story.owner.pk


def _write_owners(stories: Sequence[Story]) -> None:
    copy_rows(
        OwnershipEvent,
        ("customer_id", "at", "from_owner_id", "to_owner_id", "kind", "reason"),
        (row for story in stories for row in _owner_events(story)),
        {"is_backup": False},
    )


def _owner_events(story: Story) -> Iterable[tuple[Any, ...]]:
    if story.owner is None or story.first_owner is None:
        return
    first = story.first_owner.pk
    yield story.customer.pk, story.received_at, None, first, "shared_out", ""
    if story.reassigned_at is not None:
        yield story.customer.pk, story.reassigned_at, first, story.owner.pk, "assigned", "调整分工"


def _write_axes(stories: Sequence[Story]) -> None:
    potential = CustomerClass.POTENTIAL.value
    copy_rows(
        ClassEvent,
        ("customer_id", "at", "from_class", "to_class"),
        (
            (story.customer.pk, story.moves[0][0], potential, story.customer.customer_class)
            for story in stories
            if story.moves and story.customer.customer_class != potential
        ),
        {"is_manual": False, "reason": ""},
    )
    copy_rows(
        StageEvent,
        ("customer_id", "at", "from_stage", "to_stage"),
        (
            (story.customer.pk, at, from_.value, to.value)
            for story in stories
            for at, from_, to in stages_of(story)
        ),
        {"is_manual": False, "reason": ""},
    )
    copy_rows(
        PhaseEvent,
        ("customer_id", "at", "from_phase", "to_phase"),
        (
            (story.customer.pk, at, from_.value, to.value)
            for story in stories
            for at, from_, to in phases_of(story)
        ),
        {"reason": ""},
    )


def _write_consents(stories: Sequence[Story], chance: random.Random, now: datetime) -> None:
    texts = in_force(TEXTS, at=now)
    digests = {purpose: texts.value.digest(purpose) for purpose in CONSENT_SHARES}
    copy_rows(
        ConsentEvent,
        ("customer_id", "purpose", "text_version", "text_digest", "at", "is_given"),
        (
            (
                *(story.customer.pk, purpose.value, texts.version, digests[purpose]),
                *(story.received_at, True),
            )
            for story in stories
            for purpose, share in CONSENT_SHARES.items()
            if chance.random() < share
        ),
        {"channel": "visit", "proof": ""},
    )


def _write_wishes(pairs: Sequence[Pair], chance: random.Random) -> None:
    worked_on = [pair for pair in pairs if pair[0].talks]
    copy_rows(
        IntentRegistration,
        (
            *("customer_id", "lead_id", "project_id", "layout", "price_min", "price_max"),
            *("purpose", "timing", "competitors", "obstacle", "at", "actor_id"),
        ),
        (_intent(story, lead, chance) for story, lead in worked_on if chance.random() < 0.6),
        {"version": 1, "deciders": ""},
    )
    copy_rows(
        Preference,
        ("customer_id", "kind", "value", "rank", "created_at", "updated_at"),
        (row for story, _lead in worked_on for row in _preferences(story, chance)),
        {"source": "manual"},
    )


def _intent(story: Story, lead: Lead, chance: random.Random) -> tuple[Any, ...]:
    wish, first = story.customer, story.talks[0]
    return (
        *(wish.pk, lead.pk, story.project.pk, wish.layout, wish.budget_min, wish.budget_max),
        chance.choice(("own_use", "upgrade", "investment", "parents", "children")),
        chance.choice(("now", "quarter", "half_year", "year")),
        chance.choice(words.COMPETITORS) if story.facts.saw_competitor else "",
        chance.choice(words.OBSTACLES) if chance.random() < 0.4 else "",
        *(first.at, first.author.pk),
    )


def _preferences(story: Story, chance: random.Random) -> Iterable[tuple[Any, ...]]:
    at, key = story.received_at, story.customer.pk
    yield key, "layout", story.customer.layout, 1, at, at
    amenities = chance.sample(("school", "transit", "parking", "park", "hospital"), 2)
    for rank, amenity in enumerate(amenities, start=1):
        yield key, "amenity", amenity, rank, at, at


def _write_behaviour(stories: Sequence[Story], chance: random.Random) -> None:
    copy_rows(
        BehaviourEvent,
        ("event_id", "customer_id", "kind", "action", "channel", "facts", "at", "received_at"),
        (row for story in stories for row in _behaviour(story, chance)),
        {},
    )


def _behaviour(story: Story, chance: random.Random) -> Iterable[tuple[Any, ...]]:
    key, number = story.customer.pk, story.number
    for place in range(chance.choice((0, 0, 1, 2, 4))):
        at = story.received_at - timedelta(minutes=7 * (place + 1))
        facts = {
            "path": chance.choice(words.INTEREST_PATHS),
            "dwell_seconds": chance.randint(5, 300),
        }
        yield f"demo-{number}-b{place}", key, "browsing", "page_view", "website", facts, at, at
    mark = story.facts.satisfaction
    if mark is not None and story.talks:
        at = story.talks[-1].at + timedelta(hours=2)
        facts = {"rating": round(mark)}
        yield f"demo-{number}-f", key, "feedback", "rating", "sms", facts, at, at


def _write_tasks(pairs: Sequence[Pair], chance: random.Random, now: datetime) -> None:
    tasks = []
    for story, lead in pairs:
        if story.owner is None or story.state not in WORKED_ON or chance.random() > TASK_SHARE:
            continue
        due_at = _due_at(chance, now)
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


def _due_at(chance: random.Random, now: datetime) -> datetime:
    """Return when a next step is due: in office hours, most within a week, a few are late."""
    day = timezone.localtime(now) + timedelta(days=pick(chance, DUE_IN))
    hour, minute = chance.randint(OPENS, CLOSES - 2), chance.choice((0, 15, 30, 45))
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def _write_households(stories: Sequence[Story], chance: random.Random, now: datetime) -> None:
    """Make some couples of customers of one consultant, who live together and buy as one."""
    by_owner: dict[int, list[Story]] = {}
    for story in stories:
        if story.owner is not None:
            by_owner.setdefault(story.owner.pk, []).append(story)
    couples = [
        (left, right)
        for own in by_owner.values()
        for left, right in list(pairwise(own))[::2]
        if chance.random() < 0.06 and left.customer.gender != right.customer.gender
    ]
    homes = Household.objects.bulk_create(
        [Household(label=f"{left.customer.name}家") for left, _right in couples]
    )
    for home, couple in zip(homes, couples, strict=True):
        for story in couple:
            story.customer.household = home
    Customer.objects.bulk_update(
        [story.customer for couple in couples for story in couple], ["household"], batch_size=500
    )
    CustomerRelation.objects.bulk_create(
        CustomerRelation(
            customer=left.customer,
            other=right.customer,
            kind="spouse",
            created_by=left.owner,
            created_at=now,
        )
        for left, right in couples
    )
