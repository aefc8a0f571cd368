"""Group complaints of the demo company: three matters planted among all others, and two crises.

The planted complaints are spread in words and days; ``PLANTED`` says where their truth stands. One
suggestion waits for a decision, one is a group complaint at work with a crisis around it.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from crm_site.demo.company import Company
from crm_site.demo.hours import in_office
from crm_site.demo.service import group_words as words
from crm_site.demo.service.words import LEAK
from crm_site.registers.services import EntryDraft, add_entry
from crm_site.staff.models import User
from customers.claims.ledger import ADVERT, CLAIMS
from customers.models import Project, Purchase
from service.groups.models import CrisisRoom, GroupSuggestion
from service.groups.services import answering, crisis, deciding
from service.groups.services.regrouping import regroup
from service.tickets.drafts import TicketDraft
from service.tickets.models import Ticket
from service.tickets.services.opening import open_ticket

PLANTED = "demo.group"  # source of the planted complaints; their source_id begins with the matter
STACK, LATE, HARD_COVER = "stack", "late", "hard-cover"
WITHIN = 10  # days in which a matter grows
Texts = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Team:
    """Who leads group complaints and crises."""

    agent: User
    manager: User
    executive: User
    engineer: User
    head_office: User


def fill_groups(company: Company, *, now: datetime) -> dict[str, list[Ticket]]:
    """Plant the matters in the second project, decide on one, run its crisis; return the truth."""
    names = ("agent", "service_manager", "executive", "engineering", "head_office")
    team = Team(*(User.objects.get(username=name) for name in names))
    chance = random.Random("groups")  # noqa: S311 -- demo data, not a secret
    project = company.projects[1]
    homes = _homes(project)
    if not homes:
        return {}
    values = {"source": ADVERT, "reference": words.PROMISED_IN}
    draft = EntryDraft(title=words.PROMISE, values=values, subject_id=project.pk)
    add_entry(register=CLAIMS, draft=draft, actor=team.manager, now=now - timedelta(days=200))
    stack = _stack(homes)
    rest = [home for home in homes if home.unit.building_id != stack[0].unit.building_id]  # type: ignore[union-attr]
    late = _most(rest or homes, lambda home: home.unit.building_id)  # type: ignore[union-attr]
    late = sorted(late, key=_column)[: len(words.LATE)]
    # nobody of these stacks, so that what is promised is not taken for what is late
    others = [home for home in rest if _column(home) not in set(map(_column, late))]
    chance.shuffle(others)
    others = others or homes
    promised = [others[place % len(others)] for place in range(len(words.HARD_COVER))]
    truth = {
        STACK: _plant(STACK, words.STACK, stack, team, chance, now),
        LATE: _plant(LATE, words.LATE, late, team, chance, now),
        HARD_COVER: _plant(HARD_COVER, words.HARD_COVER, promised, team, chance, now),
    }
    regroup(project.pk, now=now)
    group = _group_at_work(truth[LATE], team, now)
    _drill(project, team, now)
    _crisis(project, group, team, now)
    return truth


def _homes(project: Project) -> list[Purchase]:
    """Return the homes sold, but for the building that has a trouble of its own already."""
    rows = Purchase.objects.filter(
        project=project, signed_at__isnull=False, unit__kind="flat", customer__merged_into=None
    )
    leaking = Ticket.objects.filter(project=project, subject=LEAK.subject)
    rows = rows.exclude(unit__building__in=leaking.values("unit__building"))
    return list(rows.select_related("customer", "unit__building").order_by("pk"))


def _stack(homes: Sequence[Purchase]) -> list[Purchase]:
    """Return the homes above each other where most live, as often as there is something to say."""
    found = _most(homes, _column)
    return [found[place % len(found)] for place in range(len(words.STACK))]


def _column(home: Purchase) -> tuple[int, str, str]:
    unit = home.unit
    return unit.building_id, unit.entrance, unit.number[-2:]  # type: ignore[union-attr]


def _most(homes: Sequence[Purchase], key: Callable[[Purchase], object]) -> list[Purchase]:
    found: dict[object, list[Purchase]] = defaultdict(list)
    for home in homes:
        found[key(home)].append(home)
    return max(found.values(), key=len)


def _plant(
    name: str,
    texts: Texts,
    homes: Sequence[Purchase],
    team: Team,
    chance: random.Random,
    now: datetime,
) -> list[Ticket]:
    """Let one home after the other complain of a matter, in its own words."""
    planted = []
    for place, ((subject, body), home) in enumerate(zip(texts, homes, strict=False)):
        at = now - timedelta(days=WITHIN * (1 - place / len(texts)))
        at = in_office(at, chance=chance, after=at - timedelta(hours=20), until=now)
        draft = TicketDraft(
            kind="complaint",
            project=home.project,
            subject=subject,
            body=body,
            channel=chance.choice(("phone", "wechat", "web", "visit")),
            customer=home.customer,
            purchase=home,
            unit=home.unit,
            first_responder=team.agent,
            source=PLANTED,
            source_id=f"{name}:{place}:{home.pk}",
        )
        planted.append(open_ticket(draft, actor=team.agent, now=min(at, now)))
    return planted


def _group_at_work(planted: Sequence[Ticket], team: Team, now: datetime) -> Ticket | None:
    """Form the group of late deliveries, with representatives, a plan and half of its steps."""
    rows = GroupSuggestion.objects.filter(texts__in=[ticket.pk for ticket in planted])
    suggestion = rows.order_by("-size", "pk").first()
    if suggestion is None:
        return None
    at = _yesterday(now, 9)
    group = deciding.accept(suggestion, subject=words.MATTER_LATE, actor=team.manager, now=at)
    for member in group.members.order_by("opened_at", "pk")[:2]:
        answering.name_representative(member, actor=team.manager, now=at)
    answering.write_plan(group, text=words.PLAN_LATE, actor=team.manager, now=at)
    for place, title in enumerate(words.STEPS_LATE):
        due = (now + timedelta(days=3 * place - 1)).date()
        step = answering.add_step(group, title=title, due_on=due, actor=team.manager, now=at)
        if place < len(words.STEPS_LATE) // 2:
            done = at + timedelta(hours=4 + 3 * place)
            answering.finish_step(step, actor=team.engineer, now=done)
    return group


def _crisis(project: Project, group: Ticket | None, team: Team, now: datetime) -> CrisisRoom:
    """Open the room around the group: duties, a log of a day, words out and words to approve."""
    at = _yesterday(now, 10)
    room = crisis.open_room(
        project=project,
        subject=words.CRISIS,
        body=words.CRISIS_BODY,
        level=2,
        is_drill=False,
        about=group,
        actor=team.manager,
        now=at,
    )
    duties = {"spokesperson": team.manager, "legal": team.head_office, "site": team.engineer}
    for hours, (duty, user) in enumerate(duties.items()):
        then = at + timedelta(minutes=12 * hours + 5)
        crisis.name_duty(room, duty=duty, user=user, actor=team.manager, now=then)
    for place, (kind, text) in enumerate(words.LOG):
        then = at + timedelta(hours=1 + 2 * place)
        crisis.add_entry(room, kind=kind, text=text, actor=team.manager, now=then)
    said = crisis.write_statement(
        room, audience=words.SAID_TO, text=words.SAID, actor=team.manager, now=at
    )
    signed = at + timedelta(hours=2)
    crisis.decide_statement(said, approves=True, note="", actor=team.executive, now=signed)
    crisis.let_out(said, actor=team.manager, now=signed + timedelta(minutes=15))
    asked = at + timedelta(hours=9, minutes=20)
    crisis.write_statement(
        room, audience=words.ASKED_TO, text=words.ASKED, actor=team.manager, now=asked
    )
    return room


def _yesterday(now: datetime, hour: int) -> datetime:
    """Return that hour of the local day before."""
    day = timezone.localtime(now) - timedelta(days=1)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def _drill(project: Project, team: Team, now: datetime) -> None:
    at = _yesterday(now, 10) - timedelta(days=39)
    room = crisis.open_room(
        project=project,
        subject=words.DRILL,
        body=words.DRILL_BODY,
        level=1,
        is_drill=True,
        actor=team.manager,
        now=at,
    )
    for duty, user in (
        ("spokesperson", team.manager),
        ("legal", team.head_office),
        ("customers", team.agent),
    ):
        crisis.name_duty(room, duty=duty, user=user, actor=team.manager, now=at)
    for place, (kind, text) in enumerate(words.DRILL_LOG):
        then = at + timedelta(minutes=20 + 20 * place)
        crisis.add_entry(room, kind=kind, text=text, actor=team.manager, now=then)
    crisis.review(room, lessons=words.LESSONS, actor=team.manager, now=at + timedelta(days=1))
