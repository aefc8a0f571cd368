"""Promises follow their customer: to a new owner, into the record that stands, and back.

Messages, approvals and the audit trail name a customer by kind and key as well; they tell what
happened to that record then, so they stay with it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from crm_site.registers.models import RegisterEntry
from crm_site.registers.services import move_open_entries, move_subject
from crm_site.staff.models import User

CUSTOMER: Final = "customer"


@dataclass(frozen=True, slots=True)
class MovedPromises:
    """What a merge did to promises: the entries that moved, and those whose owner changed."""

    ids: list[int] = field(default_factory=list)
    given: list[int] = field(default_factory=list)
    was: int | None = None
    now: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as the journal of the merge keeps it."""
        return asdict(self)


def promises_follow(
    former: Mapping[int, int | None], *, owner: User, actor: User | None, now: datetime
) -> int:
    """Give the former owners' open promises to these customers to ``owner``; return how many.

    ``former`` maps each customer to its former owner. Promises of other people stay with them.
    """
    rows = RegisterEntry.objects.open().filter(subject_kind=CUSTOMER, subject_id__in=list(former))
    found: dict[int, list[int]] = defaultdict(list)
    for pk, customer, holder in rows.values_list("pk", "subject_id", "owner_id"):
        if customer is None or holder is None or holder == owner.pk:
            continue
        if holder == former[customer]:
            found[holder].append(pk)
    people = User.objects.in_bulk(list(found)) if found else {}
    return sum(
        move_open_entries(
            from_user=people[holder],
            to_user=owner,
            subject_ids=None,
            keys=found[holder],
            actor=actor,
            now=now,
        )
        for holder in sorted(found)
    )


def merge_promises(
    *, gone: int, kept: int, was: int | None, owner: int | None, actor: User | None, now: datetime
) -> MovedPromises:
    """Let the promises to ``gone`` be promises to ``kept`` and return what moved.

    Open ones of ``was``, the owner of the record that goes, pass to ``owner`` of the one that
    stands, as its open tasks do.
    """
    ids = move_subject(subject_kind=CUSTOMER, from_id=gone, to_id=kept, actor=actor, now=now)
    if not ids or was is None or owner is None or was == owner:
        return MovedPromises(ids)
    mine = RegisterEntry.objects.open().filter(pk__in=ids, owner=was)
    given = list(mine.order_by("pk").values_list("pk", flat=True))
    _give(given, was=was, owner=owner, actor=actor, now=now)
    return MovedPromises(ids, given, was, owner)


def unmerge_promises(
    moved: Mapping[str, Any], *, gone: int, kept: int, actor: User | None, now: datetime
) -> None:
    """Undo what the journal keeps of promises; those that went elsewhere meanwhile stay there."""
    move_subject(
        subject_kind=CUSTOMER, from_id=kept, to_id=gone, keys=moved["ids"], actor=actor, now=now
    )
    _give(moved["given"], was=moved["now"], owner=moved["was"], actor=actor, now=now)


def _give(
    keys: list[int], *, was: int | None, owner: int | None, actor: User | None, now: datetime
) -> None:
    if not keys or was is None or owner is None:
        return
    people = User.objects.in_bulk([was, owner])
    if people[owner].is_active:
        move_open_entries(
            from_user=people[was],
            to_user=people[owner],
            subject_ids=None,
            keys=keys,
            actor=actor,
            now=now,
        )
