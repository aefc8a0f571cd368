"""Finding records that may be one person, and deciding about them (BEY-01)."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.common.whole_tables import chunks, numbered
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers import duplicate_sql
from customers.duplicate_policy import DUPLICATES, DuplicateRules
from customers.models import Customer, CustomerContact, CustomerRelation, DuplicateSuggestion
from customers.rules.matching import Identity, Match, match
from customers.rules.names import plain_name
from customers.services.merging import MergedMeanwhileError, merge_customers

COMPARED = (
    *("name", "phone", "phone_index", "id_number_index", "external_source", "external_id", "city"),
    *("gender", "birthday", "district", "address", "project_id", "household_id"),
    "merged_into_id",
)


Pair = tuple[int, int]
FIRST: Pair = (0, 0)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search did: pairs compared, proposed now, no longer proposed, merged by itself.

    ``reached`` is the pair after which another call goes on, where the time given was over.
    """

    compared: int
    proposed: int
    dropped: int
    merged: int
    reached: Pair | None = None


def find_duplicates(
    *,
    now: datetime,
    after: Pair = FIRST,
    seconds: float | None = None,
) -> Found:
    """Propose the pairs that score high enough.

    Pairs a person decided never come back; open proposals that no longer hold are dropped, also
    those whose records share nothing any more. Begins behind the pair ``after`` and stops after
    ``seconds``. Safe to run twice or at the same time as itself.
    """
    rules = rules_in_force(now)
    params = duplicate_sql.pairs_params(after)
    compared = proposed = dropped = 0
    sure: list[Pair] = []
    reached = after
    with (
        numbered("duplicate_pairs", duplicate_sql.PAIRS, params, order="older, newer") as pairs,
        numbered("duplicate_names", duplicate_sql.HOLDERS, {}, order="name"),
    ):
        duplicate_sql.index_names()
        if after == FIRST:
            dropped += duplicate_sql.drop_unpaired()
        for first, last in chunks(pairs, seconds=seconds):
            worth = duplicate_sql.chunk_of_pairs(first, last)
            found = _matches(worth, least=Decimal(rules.suggest_from) / 100)
            dropped += _keep(worth, found, now=now)
            sure += _sure(found, rules)
            compared, proposed, reached = last, proposed + len(found), worth[-1]
    merged = sum(_merge_pair(*pair, now=now) for pair in sure)
    return Found(compared, proposed, dropped, merged, reached if compared < pairs else None)


def rules_in_force(now: datetime) -> DuplicateRules:
    """Return the policy of duplicates in force at ``now``."""
    rules: DuplicateRules = in_force(DUPLICATES, at=now).value
    return rules


@transaction.atomic
def decide_different(*, suggestion: DuplicateSuggestion, actor: User, now: datetime) -> None:
    """Keep both records; the pair is never proposed again. Raise ``StaleError`` if decided."""
    state = DuplicateSuggestion.State
    open_now = DuplicateSuggestion.objects.filter(pk=suggestion.pk, state=state.OPEN)
    if not open_now.update(state=state.DIFFERENT, decided_at=now, decided_by=actor):
        raise StaleError(_("Somebody else decided about this pair meanwhile."))
    record(
        kind="customer.not_duplicate",
        actor=actor,
        subject=("customer", suggestion.left_id),
        facts={"other": suggestion.right_id},
        now=now,
    )


def identities(customer_ids: Iterable[int]) -> dict[int, Identity]:
    """Return what of each record is compared; a fixed number of queries for any number."""
    rows = Customer.objects.only(*COMPARED).in_bulk(list(customer_ids))
    contacts: dict[int, list[CustomerContact]] = defaultdict(list)
    for contact in CustomerContact.objects.filter(customer__in=rows):
        contacts[contact.customer_id].append(contact)
    ties: dict[int, set[int]] = defaultdict(set)
    related = CustomerRelation.objects.filter(customer__in=rows)
    for one, two in related.values_list("customer_id", "other_id"):
        ties[one].add(two)
    numbers = {
        *(bytes(row.phone_index) for row in rows.values() if row.phone_index),
        *(bytes(c.value_index) for each in contacts.values() for c in each if c.kind == "phone"),
    }
    names = {plain_name(row.name) for row in rows.values()}
    of_names = duplicate_sql.holders_of_names(sorted(names))
    of_numbers = duplicate_sql.holders_of_numbers(sorted(numbers))
    found = {}
    for pk, row in rows.items():
        found[pk] = _identity(
            row, contacts[pk], frozenset(ties[pk]), of_names=of_names, of_numbers=of_numbers
        )
    return found


def _identity(
    row: Customer,
    contacts: list[CustomerContact],
    ties: frozenset[int],
    *,
    of_names: dict[str, int],
    of_numbers: dict[bytes, int],
) -> Identity:
    by_kind: dict[str, set[bytes]] = defaultdict(set)
    for contact in contacts:
        by_kind[contact.kind].add(bytes(contact.value_index))
    phone = bytes(row.phone_index) if row.phone_index else None
    held = by_kind["phone"] | ({phone} if phone else set())
    texts = [row.phone, *(c.value for c in contacts if c.kind == "phone")]
    return Identity(
        key=row.pk,
        name=row.name,
        phone=phone,
        contacts=frozenset(by_kind["phone"]),
        digits=frozenset(str(text).lstrip("+") for text in texts if text),
        id_number=bytes(row.id_number_index) if row.id_number_index else None,
        external=(row.external_source, row.external_id),
        wechat=frozenset(by_kind["wechat"]),
        email=frozenset(by_kind["email"]),
        gender=row.gender,
        birthday=row.birthday,
        city=row.city,
        district=row.district,
        address=str(row.address or ""),
        project=row.project_id,
        household=row.household_id,
        name_holders=of_names.get(plain_name(row.name), 0),
        phone_holders=max((of_numbers.get(number, 0) for number in held), default=0),
        related=ties,
    )


def _matches(pairs: list[Pair], *, least: Decimal) -> dict[Pair, Match]:
    who = identities({pk for pair in pairs for pk in pair})
    found = {}
    for left, right in pairs:
        if left in who and right in who:
            result = match(who[left], who[right])
            if result.score >= least:
                found[left, right] = result
    return found


@transaction.atomic
def _keep(worth: list[Pair], found: dict[Pair, Match], *, now: datetime) -> int:
    """Write the proposals of one chunk; return how many open ones no longer hold and are gone."""
    if found:
        rows = [
            (*pair, each.score, json.dumps([[code, str(weight)] for code, weight in each.reasons]))
            for pair, each in found.items()
        ]
        duplicate_sql.keep(rows, now)
    return duplicate_sql.drop([pair for pair in worth if pair not in found])


def _sure(found: dict[Pair, Match], rules: DuplicateRules) -> list[Pair]:
    """Return the pairs nothing speaks against, where the policy lets the machine merge them."""
    if not rules.merge_by_itself:
        return []
    least = Decimal(rules.merge_from) / 100
    return [pair for pair, each in found.items() if each.score >= least and each.may_be_automatic]


def _merge_pair(left: int, right: int, *, now: datetime) -> int:
    """Merge the newer record into the older; return how many were merged, 0 or 1."""
    both = Customer.objects.filter(merged_into__isnull=True).in_bulk([left, right])
    if len(both) < 2:
        return 0
    kept, gone = both[left], both[right]
    if kept.owner_id and gone.owner_id and kept.owner_id != gone.owner_id:
        return 0  # two consultants' customers: a person decides
    try:
        merge_customers(kept=kept, gone=gone, reason=_("Same person"), actor=None, now=now)
    except MergedMeanwhileError:
        return 0
    return 1


def open_suggestions(user: Any) -> Any:
    """Return the open pairs both of whose records ``user`` may see, the surest first."""
    # Looked up pair by pair: as joins, right after an import and before the tables have statistics,
    # the planner compared every record with every other.
    seen = Customer.objects.visible_to(user).values("pk")
    return (
        DuplicateSuggestion.objects.filter(state=DuplicateSuggestion.State.OPEN)
        .annotate(
            left_seen=Subquery(seen.filter(pk=OuterRef("left"))[:1]),
            right_seen=Subquery(seen.filter(pk=OuterRef("right"))[:1]),
        )
        .filter(left_seen__isnull=False, right_seen__isnull=False)
        .select_related("left", "right", "left__owner", "right__owner")
        .order_by("-score", "-id")
    )
