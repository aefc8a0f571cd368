"""Entries change hands when a person leaves, and subjects when two records become one."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from crm_site.audit.services import record_bulk
from crm_site.registers.models import RegisterEntry, RegisterEvent
from crm_site.staff.models import User


@transaction.atomic
def move_open_entries(  # noqa: PLR0913 -- one flat call, keyword-only
    *,
    from_user: User,
    to_user: User,
    subject_ids: Sequence[int] | None,
    actor: User | None,
    now: datetime,
    subject_kind: str = "customer",
    keys: Sequence[int] | None = None,
) -> int:
    """Give the open entries of ``from_user`` to ``to_user`` and return how many moved.

    ``subject_ids`` limits them to entries about these subjects of ``subject_kind``; None moves all,
    those without a subject included. ``keys`` limits them to these entries. Moving again moves
    nothing. Due times stay, so nothing that was promised is lost with the person who promised it
    (CUS-60).
    """
    entries = RegisterEntry.objects.open().filter(owner=from_user)
    if keys is not None:
        entries = entries.filter(pk__in=list(keys))
    if subject_ids is not None:
        entries = entries.filter(subject_kind=subject_kind, subject_id__in=list(subject_ids))
    moved = list(
        entries.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)
    )
    if not moved or from_user.pk == to_user.pk:
        return 0
    RegisterEntry.objects.filter(pk__in=moved).update(
        owner=to_user, version=F("version") + 1, updated_at=now
    )
    changes = {"owner": [from_user.pk, to_user.pk]}
    RegisterEvent.objects.bulk_create(
        RegisterEvent(
            entry_id=pk, kind=RegisterEvent.Kind.MOVED, actor=actor, at=now, changes=changes
        )
        for pk in moved
    )
    record_bulk(
        kind="register.moved",
        actor=actor,
        subject_kind="register-entry",
        ids=moved,
        facts={"from": from_user.pk, "to": to_user.pk},
        now=now,
    )
    return len(moved)


@transaction.atomic
def move_subject(
    *,
    subject_kind: str,
    from_id: int,
    to_id: int,
    actor: User | None,
    now: datetime,
    keys: Sequence[int] | None = None,
) -> list[int]:
    """Let all entries about one subject be about another, as after a merge; return their keys.

    ``keys`` limits them to these entries, as when a merge is taken back.
    """
    entries = RegisterEntry.objects.about(subject_kind, from_id).select_for_update(of=("self",))
    if keys is not None:
        entries = entries.filter(pk__in=list(keys))
    moved = list(entries.order_by("pk").values_list("pk", flat=True))
    if moved:
        RegisterEntry.objects.filter(pk__in=moved).update(
            subject_id=to_id, version=F("version") + 1, updated_at=now
        )
        record_bulk(
            kind="register.subject_moved",
            actor=actor,
            subject_kind="register-entry",
            ids=moved,
            facts={"subject": subject_kind, "from": from_id, "to": to_id},
            now=now,
        )
    return moved
