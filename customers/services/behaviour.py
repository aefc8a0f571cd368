"""Taking in behaviour events, in sets and once each (CUS-32)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError
from crm_site.staff.models import User
from customers.errors import EntryError
from customers.indexes import phone_index
from customers.limits import spend_phone_question
from customers.models import BehaviourEvent, Customer
from customers.rules.axes import Channel
from customers.rules.behaviour import BehaviourKind, clean_behaviour
from customers.rules.days import SKEW
from customers.rules.entry import Fault, FaultsError
from customers.rules.journey import point_of_event
from customers.rules.phones import PhoneError, normalise_phone
from customers.services.journey import Reached, note_points

COMPARED = ("customer_id", "kind", "action", "channel", "facts", "at")


class EventConflictError(RefusedError):
    """An event id came twice with different content; nothing of the request was kept."""

    code = "event-conflict"
    title = _("An event of this id was taken in with other content")


class EventsError(Exception):
    """Some events cannot be stored, nothing was written; ``faults`` by their place in the list."""

    def __init__(self, faults: dict[int, EntryError]) -> None:
        super().__init__(f"{len(faults)} events refused")
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviourEntry:
    """One event as a website, an app or a colleague's system sends it.

    The customer is named by ``customer`` (its id), by ``phone``, or by the external id.
    """

    event_id: str
    kind: str
    at: datetime
    action: str = ""
    channel: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    customer: int | None = None
    phone: str = ""
    external_source: str = ""
    external_id: str = ""


@transaction.atomic
def take_in_events(*, entries: Sequence[BehaviourEntry], actor: User, now: datetime) -> int:
    """Store the events of customers ``actor`` may see and return how many were received.

    All or nothing. An event that is known already with the same content is received again without
    effect; events whose phone or external id means nobody in sight are received and dropped, so
    that the answer does not tell numbers (A-24). Raise ``EventsError`` for what cannot be stored,
    ``EventConflictError`` for an id with other content, ``PhoneQuestionsUsedUpError`` beyond 30
    phone numbers a minute.
    """
    rows = _cleaned(entries, now)
    owners = _owners(entries, actor=actor, now=now)
    unknown = {
        place: EntryError({"customer": [Fault("unknown_reference")]})
        for place, entry in enumerate(entries)
        if entry.customer is not None and place not in owners
    }
    if unknown:
        raise EventsError(unknown)
    for place, row in enumerate(rows):
        if place in owners:
            row.customer_id = owners[place]
    events = _once([row for row in rows if row.customer_id])
    _store(events, actor=actor, now=now)
    record(
        kind="behaviour.taken_in",
        actor=actor,
        facts={"received": len(rows), "stored": len(events)},
        now=now,
    )
    return len(rows)


def _cleaned(entries: Sequence[BehaviourEntry], now: datetime) -> list[BehaviourEvent]:
    rows, faults = [], {}
    for place, entry in enumerate(entries):
        try:
            rows.append(_row(entry, now))
        except FaultsError as error:
            faults[place] = EntryError(error.faults)
    if faults:
        raise EventsError(faults)
    return rows


def _row(entry: BehaviourEntry, now: datetime) -> BehaviourEvent:
    named = [entry.customer is not None, bool(entry.phone), bool(entry.external_id)]
    if sum(named) != 1:
        raise FaultsError({"customer": [Fault("one_reference")]})
    if entry.at > now + SKEW:
        raise FaultsError({"at": [Fault("future")]})
    action, facts = clean_behaviour(
        kind=BehaviourKind(entry.kind),
        action=entry.action,
        channel=entry.channel,
        facts=entry.facts,
    )
    return BehaviourEvent(
        event_id=entry.event_id,
        kind=entry.kind,
        action=action,
        channel=entry.channel,
        facts=facts,
        at=entry.at,
        received_at=now,
    )


def _owners(entries: Sequence[BehaviourEntry], *, actor: User, now: datetime) -> dict[int, int]:
    """Return the customer of each place, for those whom ``actor`` may see, and lock them."""
    visible = Customer.objects.visible_to(actor)
    ids = {entry.customer for entry in entries if entry.customer is not None}
    by_id = set(visible.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    by_phone = _by_phone(visible, entries, actor=actor, now=now)
    by_external = _by_external(visible, entries)
    found: dict[int, int] = {}
    for place, entry in enumerate(entries):
        key = (entry.external_source, entry.external_id)
        if entry.customer in by_id:
            found[place] = entry.customer  # type: ignore[assignment]
        elif entry.phone in by_phone:
            found[place] = by_phone[entry.phone]
        elif key in by_external:
            found[place] = by_external[key]
    return found


def _by_phone(
    visible: Any, entries: Iterable[BehaviourEntry], *, actor: User, now: datetime
) -> dict[str, int]:
    """Return the customers by number as written; each number counts as a question (A-24)."""
    indexes: dict[str, bytes] = {}
    for phone in sorted({entry.phone for entry in entries if entry.phone}):
        spend_phone_question(purpose="behaviour", user=actor, now=now)
        try:
            indexes[phone] = bytes(phone_index(normalise_phone(phone).e164))
        except PhoneError:
            continue
    rows = visible.filter(phone_index__in=indexes.values()).values_list("phone_index", "pk")
    known = {bytes(index): pk for index, pk in rows} if indexes else {}
    return {phone: known[index] for phone, index in indexes.items() if index in known}


def _by_external(visible: Any, entries: Iterable[BehaviourEntry]) -> dict[tuple[str, str], int]:
    wanted = {entry.external_id for entry in entries if entry.external_id}
    if not wanted:
        return {}
    rows = visible.filter(external_id__in=wanted)
    return {
        (source, key): pk
        for source, key, pk in rows.values_list("external_source", "external_id", "pk")
    }


def _once(rows: Sequence[BehaviourEvent]) -> list[BehaviourEvent]:
    """Return each event id once; raise where the request itself contradicts."""
    first: dict[str, BehaviourEvent] = {}
    wrong = set()
    for row in rows:
        if not _is_same(first.setdefault(row.event_id, row), row):
            wrong.add(row.event_id)
    _refuse(wrong)
    return list(first.values())


def _store(events: Sequence[BehaviourEvent], *, actor: User, now: datetime) -> None:
    """Write what is new; two requests with the same event wait for each other at its id."""
    if not events:
        return
    keys = {event.customer_id for event in events}
    locked = Customer.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    customers = {customer.pk: customer for customer in locked.filter(pk__in=keys)}
    ids = [event.event_id for event in events]
    before = set(BehaviourEvent.objects.filter(event_id__in=ids).values_list("event_id", flat=True))
    BehaviourEvent.objects.bulk_create(
        sorted(events, key=lambda event: event.event_id), ignore_conflicts=True
    )
    stored = {row.event_id: row for row in BehaviourEvent.objects.filter(event_id__in=ids)}
    _refuse({e.event_id for e in events if not _is_same(stored[e.event_id], e)})
    new = [event for event in events if event.event_id not in before]
    note_points(_points(new, customers), actor=actor)


def _points(events: Iterable[BehaviourEvent], customers: dict[int, Customer]) -> Iterable[Reached]:
    for event in events:
        point = point_of_event(event.kind, event.action)
        if point is not None:
            yield Reached(
                customer=customers[event.customer_id],
                point=point,
                at=event.at,
                channel=event.channel or _usual_channel(event.kind),
            )


def _usual_channel(kind: str) -> str:
    return Channel.WEBSITE.value if kind == BehaviourKind.BROWSING.value else ""


def _is_same(one: BehaviourEvent, other: BehaviourEvent) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in COMPARED)


def _refuse(wrong: set[str]) -> None:
    if wrong:
        raise EventConflictError(
            _("These ids stand for other events already: %(ids)s.")
            % {"ids": ", ".join(sorted(wrong))},
            event_ids=sorted(wrong),
        )
