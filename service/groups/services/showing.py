"""Keeping what a suggestion shows: its words, shared facts, growth, and the alert it raises."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from crm_site.staff.rules.roles import ROLES
from customers.models import Project
from service.groups.models import GroupSuggestion, TicketText
from service.groups.policies import DetectionRules
from service.groups.rules.linking import Fact, Facts, SuggestionState, burst, next_state
from service.groups.rules.text import HEAD, words_of
from service.groups.services.reading import facts_of
from service.tickets.models import Ticket

ALERT = "groups.suggested"
LEAD = "service.lead_groups"
SHOWN = (
    *("subject", "body", "opened_at", "cause", "category"),
    *("unit__number", "unit__entrance", "unit__building", "text__promise", "text__suggestion"),
)
COLUMNS = [
    *("state", "size", "burst", "within", "words", "facts", "first_at", "last_at"),
    *("alerted_at", "updated_at"),
]


def refresh(
    suggestions: Sequence[GroupSuggestion], *, rules: DetectionRules, now: datetime
) -> None:
    """Write anew what suggestions show, and tell managers of those that opened just now."""
    moments = _moments([each.pk for each in suggestions])
    stale = [each for each in suggestions if _is_stale(each, len(moments[each.pk]))]
    members = _members([each.pk for each in stale])
    for one in stale:
        rows = members.get(one.pk, [])
        some = words_of(f"{row.subject}\n{row.body[:HEAD]}" for row in rows)
        facts = facts_of(rows, {row.pk: row.text.promise for row in rows})
        one.words, one.facts = [word[:20] for word in some], _shared(list(facts.values()))
    fresh = [one for one in suggestions if _opens(one, moments[one.pk], rules, now)]
    if len(suggestions) == 1:
        suggestions[0].save(update_fields=COLUMNS)
    else:
        GroupSuggestion.objects.bulk_update(suggestions, COLUMNS, batch_size=300)
    _tell(fresh, now)


def _is_stale(one: GroupSuggestion, size: int) -> bool:
    """Return whether its words are read anew: a large group says the same after one more."""
    return not one.words or size <= 5 or size % 10 == 0 or size != one.size


def _opens(
    one: GroupSuggestion, moments: list[datetime], rules: DetectionRules, now: datetime
) -> bool:
    """Set how it stands; return whether a manager has to decide from now on."""
    before = one.state
    one.size, one.updated_at = len(moments), now
    one.burst = burst(moments, within=rules.within)
    one.first_at, one.last_at = min(moments), max(moments)
    one.state = next_state(
        before, size=one.size, decided=one.decided, most=one.burst, needed=rules.needed
    ).value
    opens = one.state == SuggestionState.OPEN.value and before != one.state
    one.alerted_at = now if opens else one.alerted_at
    return opens


def _moments(keys: Iterable[int]) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    rows = TicketText.objects.filter(suggestion__in=list(keys))
    for key, at in rows.values_list("suggestion_id", "at"):
        found[key].append(at)
    return found


def _members(keys: Iterable[int]) -> dict[int, list[Ticket]]:
    found: dict[Any, list[Ticket]] = defaultdict(list)
    rows = Ticket.objects.filter(text__suggestion__in=keys).select_related("unit", "text")
    rows = rows.only(*SHOWN)
    for ticket in rows.order_by("opened_at", "pk"):
        found[ticket.text.suggestion_id].append(ticket)
    return dict(found)


def _shared(facts: list[Facts]) -> dict[str, int]:
    """Return for each fact how many members have the value that most of them share."""
    values: dict[Fact, Counter[Any]] = {fact: Counter() for fact in Fact}
    for one in facts:
        values[Fact.STACK][one.stack] += 1
        values[Fact.BUILDING][one.building] += 1
        values[Fact.CAUSE][one.cause] += 1
        values[Fact.PROMISE][one.promise or None] += 1
        values[Fact.CATEGORY][one.category] += 1
        values[Fact.CONTRACTOR].update(one.contractors)
    found = {}
    for fact, counted in values.items():
        counted.pop(None, None)
        most = max(counted.values(), default=0)
        if most >= 2 and most * 2 >= len(facts):
            found[fact.value] = most
    return found


def leaders_of(project: Project, right: str = LEAD) -> list[User]:
    """Return who has ``right`` in a project, in its region, or at head office."""
    roles = [key for key, role in ROLES.items() if right in role.may]
    node = project.node
    place = (
        Q(node__project_id=project.pk) | Q(node_id=node.region_id) | Q(node__region_id__isnull=True)
    )
    people = User.objects.filter(place, is_active=True, role__in=roles)
    return list(people.order_by("pk"))


def _tell(suggestions: Sequence[GroupSuggestion], now: datetime) -> None:
    messages = []
    projects = Project.objects.select_related("node").in_bulk(
        {each.project_id for each in suggestions}
    )
    people = {pk: leaders_of(project) for pk, project in projects.items()}
    for one in suggestions:
        for person in people[one.project_id]:
            messages.append(
                Outgoing(
                    ALERT,
                    person,
                    f"group-suggested:{one.pk}:{one.decided}:{person.pk}",
                    {"count": one.size, "words": "、".join(one.words[:3])},  # han: list comma
                    ("group_suggestion", one.pk),
                )
            )
    send_many(messages, now=now)
