"""The life of an entry: added, changed, reviewed, closed with evidence; each leaves an event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError, RefusedError, StaleError
from crm_site.common.subjects import resolve
from crm_site.policies.services import in_force
from crm_site.registers.models import RegisterEntry, RegisterEvent
from crm_site.registers.policies import REMINDERS
from crm_site.registers.registry import (
    OPEN,
    Draft,
    RegisterDefinition,
    definition,
)
from crm_site.registers.values import clean_values, plain
from crm_site.staff.models import User

Kind = RegisterEvent.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft:
    """What somebody wants written; ``owner`` None means whoever writes it."""

    title: str
    values: Mapping[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None
    owner: User | None = None
    subject_id: int | None = None


def require_definition(key: str) -> RegisterDefinition:
    """Return the register ``key``; raise RefusedError where no app describes it any more."""
    found = definition(key)
    if found is None:
        raise RefusedError(_("There is no such register."), code="no-register")
    return found


@transaction.atomic
def add_entry(*, register: str, draft: EntryDraft, actor: User, now: datetime) -> RegisterEntry:
    """Write a new entry and return it.

    Raise NotAllowedError without the right or where the subject is not for ``actor``'s eyes, and
    ValidationError by field for what does not fit the definition; nothing is written then.
    """
    found = _may_edit(register, actor)
    _require_subject(found, draft.subject_id, actor)
    clean = _checked(found, draft, now)
    binds = found.binds(clean)
    entry = RegisterEntry.objects.create(
        register=found.key,
        subject_kind=found.subject_kind,
        subject_id=draft.subject_id if found.subject_kind else None,
        title=draft.title.strip(),
        owner=draft.owner or actor,
        due_at=draft.due_at,
        is_binding=binds,
        next_step_at=next_step_at(draft.due_at, binds=binds, now=now),
        review_on=_next_review(found, now),
        values=clean,
        author=actor,
        created_at=now,
    )
    _note(entry, Kind.ADDED, actor, now)
    return entry


@transaction.atomic
def change_entry(
    *, entry: RegisterEntry, draft: EntryDraft, version: int, actor: User, now: datetime
) -> RegisterEntry:
    """Write what differs and return the entry; the event says what it was before.

    Raise StaleError when somebody else changed or closed it since ``version`` was read.
    """
    found = _may_edit(entry.register, actor)
    entry = _locked_open(entry, version=version)
    clean = _checked(found, draft, now)
    before = _state_of(entry)
    if draft.due_at != entry.due_at or found.binds(clean) != entry.is_binding:
        entry.is_binding = found.binds(clean)
        entry.next_step_at = next_step_at(draft.due_at, binds=entry.is_binding, now=now)
    entry.title, entry.due_at, entry.values = draft.title.strip(), draft.due_at, clean
    entry.owner = draft.owner or entry.owner
    after = _state_of(entry)
    changes = {key: [before.get(key), after[key]] for key in after if before.get(key) != after[key]}
    if not changes:
        return entry
    entry.version += 1
    entry.save()
    _note(entry, Kind.CHANGED, actor, now, changes=changes)
    return entry


@transaction.atomic
def close_entry(
    *, entry: RegisterEntry, outcome: str, evidence: str, actor: User, now: datetime
) -> RegisterEntry:
    """End an open entry with one of its outcomes; the evidence or reason stays with it.

    Raise ValidationError without evidence or where the register refuses this end, StaleError when
    it is closed already.
    """
    found = _may_edit(entry.register, actor)
    end = found.outcome(outcome)
    if end is None:
        raise ValidationError({"outcome": _("Choose how it ended.")})
    if not evidence.strip():
        raise ValidationError({"evidence": _("Write down what proves it, or why.")})
    entry = _locked_open(entry)
    asked = found.may_end(entry.values, end.key)
    if asked:
        raise ValidationError({key: [message] for key, message in asked.items()})
    entry.state, entry.evidence, entry.closed_at = end.key, evidence.strip(), now
    entry.next_step_at = entry.review_on = None
    entry.version += 1
    entry.save()
    _note(entry, Kind.CLOSED, actor, now, note=entry.evidence, changes={"state": [OPEN, end.key]})
    return entry


@transaction.atomic
def review_entry(*, entry: RegisterEntry, note: str, actor: User, now: datetime) -> RegisterEntry:
    """Note that an entry was looked at and still holds; the next review day follows from today."""
    found = _may_edit(entry.register, actor)
    if found.review_every is None:
        raise RefusedError(_("This register has no reviews."), code="no-review")
    entry = _locked_open(entry)
    before, entry.review_on = entry.review_on, _next_review(found, now)
    entry.version += 1
    entry.save()
    changes = {"review_on": [plain(before), plain(entry.review_on)]}
    _note(entry, Kind.REVIEWED, actor, now, note=note.strip(), changes=changes)
    return entry


def next_step_at(due_at: datetime | None, *, binds: bool, now: datetime) -> datetime | None:
    """Return when the next reminder or alert is due; a reminder already past is left out."""
    if due_at is None or not binds:
        return None
    remind_at = due_at - timedelta(days=in_force(REMINDERS, at=now).value.days_before)
    return remind_at if remind_at > now else due_at


def _may_edit(register: str, actor: User) -> RegisterDefinition:
    found = require_definition(register)
    if not actor.has_perm(found.edit_permission):
        raise NotAllowedError(_("Your role does not keep this register."), code="register")
    return found


def _require_subject(found: RegisterDefinition, subject_id: int | None, actor: User) -> None:
    """Refuse an entry about something ``actor`` cannot see, like one that does not exist (A-03)."""
    if not found.subject_kind:
        return
    if subject_id is None or resolve(found.subject_kind, subject_id, actor) is None:
        raise ValidationError({"subject_id": _("Choose what the entry is about.")})


def _checked(found: RegisterDefinition, draft: EntryDraft, now: datetime) -> dict[str, Any]:
    errors: dict[str, Any] = {}
    if not draft.title.strip():
        errors["title"] = [_("Fill this in.")]
    clean = clean_values(found, draft.values, errors)
    if not errors:
        asked = found.check(Draft(values=clean, due_at=draft.due_at, now=now))
        errors = {key: [message] for key, message in asked.items()}
    if errors:
        raise ValidationError(errors)
    return clean


def _locked_open(entry: RegisterEntry, *, version: int | None = None) -> RegisterEntry:
    row = RegisterEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if not row.is_open or (version is not None and row.version != version):
        raise StaleError(_("Somebody else changed this entry. Open it again."))
    return row


def _state_of(entry: RegisterEntry) -> dict[str, Any]:
    due = entry.due_at.isoformat() if entry.due_at else None
    return {"title": entry.title, "due_at": due, "owner": entry.owner_id, **entry.values}


def _next_review(found: RegisterDefinition, now: datetime) -> date | None:
    return timezone.localdate(now) + found.review_every if found.review_every else None


def _note(
    entry: RegisterEntry,
    kind: Kind,
    actor: User,
    now: datetime,
    *,
    note: str = "",
    changes: dict[str, Any] | None = None,
) -> None:
    RegisterEvent.objects.create(
        entry=entry, kind=kind, actor=actor, at=now, note=note, changes=changes or {}
    )
    record(
        kind=f"register.{kind.value}",
        actor=actor,
        subject=(entry.subject_kind or "register-entry", entry.subject_id or entry.pk),
        facts={"register": entry.register, "entry": entry.pk, "fields": sorted(changes or {})},
        now=now,
    )
