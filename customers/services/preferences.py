"""The ranked wishes of a customer (CUS-31)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers import choices
from customers.errors import fault
from customers.models import Customer, Preference
from customers.preference_words import LONGEST, MOST_VALUES, as_code
from customers.rules.entry import EntryFault
from customers.rules.text import clean_text

KINDS = frozenset(kind for kind, _label in choices.PREFERENCE_KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who changes wishes, when, and where that comes from."""

    actor: User | None
    now: datetime
    source: str = "manual"


@transaction.atomic
def set_preferences(
    *, customer: Customer, kind: str, values: Sequence[str], actor: User | None, now: datetime
) -> list[Preference]:
    """Make ``values`` the wishes of ``kind``, the strongest first, and return them.

    A wish that keeps its rank keeps its time and actor. Raise ``EntryError`` for an unknown kind,
    an empty or too long value, one that comes twice, or more than ten; nothing is changed then.
    """
    wanted = _cleaned(kind, values)
    _lock(customer)
    return _write(customer, kind, wanted, Author(actor=actor, now=now))


@transaction.atomic
def add_preference(
    *, customer: Customer, kind: str, value: str, actor: User | None, now: datetime
) -> list[Preference]:
    """Add a wish behind the others of its kind and return them all; a known one stays."""
    [added] = _cleaned(kind, [value])
    _lock(customer)
    current = _current(customer, kind)
    wanted = current if added in current else _cleaned(kind, [*current, added])
    return _write(customer, kind, wanted, Author(actor=actor, now=now))


@transaction.atomic
def remove_preference(
    *, customer: Customer, kind: str, value: str, actor: User | None, now: datetime
) -> list[Preference]:
    """Take a wish away; those behind it move up. One that is gone already changes nothing."""
    _lock(customer)
    wanted = [each for each in _current(customer, kind) if each != value]
    return _write(customer, kind, wanted, Author(actor=actor, now=now))


@transaction.atomic
def raise_preference(
    *, customer: Customer, kind: str, value: str, actor: User | None, now: datetime
) -> list[Preference]:
    """Exchange a wish with the stronger one before it; the first one stays."""
    return _exchange(customer, kind, value, -1, Author(actor=actor, now=now))


@transaction.atomic
def lower_preference(
    *, customer: Customer, kind: str, value: str, actor: User | None, now: datetime
) -> list[Preference]:
    """Exchange a wish with the weaker one behind it; the last one stays."""
    return _exchange(customer, kind, value, 1, Author(actor=actor, now=now))


def _exchange(
    customer: Customer, kind: str, value: str, step: int, author: Author
) -> list[Preference]:
    _lock(customer)
    wanted = _current(customer, kind)
    place = wanted.index(value) if value in wanted else -1
    other = place + step
    if place >= 0 and 0 <= other < len(wanted):
        wanted[place], wanted[other] = wanted[other], wanted[place]
    return _write(customer, kind, wanted, author)


def _lock(customer: Customer) -> None:
    """Let two who change one customer's wishes at once wait for each other."""
    Customer.objects.select_for_update(no_key=True, of=("self",)).get(pk=customer.pk)


def _current(customer: Customer, kind: str) -> list[str]:
    rows = Preference.objects.filter(customer=customer, kind=kind).order_by("rank")
    return list(rows.values_list("value", flat=True))


def _cleaned(kind: str, values: Sequence[str]) -> list[str]:
    if kind not in KINDS:
        raise fault("kind", EntryFault.CHOICE)
    found: list[str] = []
    for raw in values:
        code = as_code(kind, _text(raw))
        if code in found:
            raise fault("value", "preference_twice", word=clean_text(raw))
        found.append(code)
    if len(found) > MOST_VALUES:
        raise fault("value", "preferences_many", limit=MOST_VALUES)
    return found


def _text(raw: str) -> str:
    text = clean_text(raw)
    if not text:
        raise fault("value", EntryFault.REQUIRED)
    if len(text) > LONGEST:
        raise fault("value", EntryFault.TOO_LONG, limit=LONGEST, count=len(text))
    return text


def _write(customer: Customer, kind: str, wanted: list[str], author: Author) -> list[Preference]:
    rows = Preference.objects.filter(customer=customer, kind=kind)
    known = {row.value: row for row in rows}
    order = sorted(known, key=lambda value: known[value].rank)
    if order != wanted:
        rows.exclude(value__in=wanted).delete()
        _rank(known, wanted, Preference(customer=customer, kind=kind), author)
        record(
            kind="customer.preferences_set",
            actor=author.actor,
            subject=("customer", customer.pk),
            facts={"kind": kind, "count": len(wanted)},
            now=author.now,
        )
    return list(rows.order_by("rank"))


def _rank(
    known: dict[str, Preference], wanted: list[str], blank: Preference, author: Author
) -> None:
    """Write the ranks of ``wanted``; new ones are like ``blank``."""
    moved, added = [], []
    for rank, value in enumerate(wanted, start=1):
        row = known.get(value)
        if row is None:
            row = Preference(customer_id=blank.customer_id, kind=blank.kind, value=value)
            row.created_at, row.source = author.now, author.source
            added.append(row)
        elif row.rank != rank:
            moved.append(row)
        else:
            continue
        row.rank, row.actor, row.updated_at = rank, author.actor, author.now
    Preference.objects.bulk_update(moved, ["rank", "actor", "updated_at"])
    Preference.objects.bulk_create(added)
