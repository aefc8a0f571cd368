"""Reading policies for the pages; nothing here writes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm_site.policies.errors import ShapeError
from crm_site.policies.leaves import leaves_of
from crm_site.policies.models import PolicyVersion
from crm_site.policies.registry import PolicyKind, policy_kinds
from crm_site.policies.services import OPEN, InForce

State = PolicyVersion.State


@dataclass(frozen=True, slots=True)
class Overview:
    """One policy on the list: what is in force since when, and the proposal that is open."""

    kind: PolicyKind
    version: int
    since: datetime | None
    proposal: PolicyVersion | None


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that a version changed."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A version with what it changed against the approved one before it."""

    version: PolicyVersion
    changes: list[Change]
    is_in_force: bool
    is_scheduled: bool


def current(kind: PolicyKind, *, at: datetime) -> InForce:
    """Return what is in force, the built-in default where nothing is written yet."""
    row = _approved(at).filter(key=kind.key).order_by("-valid_from", "-version").first()
    return InForce(row.version, kind.read(row.payload)) if row else InForce(1, kind.default)


def overviews(*, at: datetime) -> list[Overview]:
    """Return every registered policy, in two queries."""
    rows = _approved(at).order_by("key", "-valid_from", "-version").distinct("key")
    held = {row.key: row for row in rows}
    found = PolicyVersion.objects.filter(state__in=OPEN).select_related("author")
    proposals = {row.key: row for row in found}
    return [
        Overview(
            kind=kind,
            version=held[kind.key].version if kind.key in held else 1,
            since=held[kind.key].valid_from if _is_dated(held.get(kind.key)) else None,
            proposal=proposals.get(kind.key),
        )
        for kind in policy_kinds()
    ]


def open_proposal(key: str) -> PolicyVersion | None:
    """Return the draft or submitted version of ``key``."""
    return PolicyVersion.objects.filter(key=key, state__in=OPEN).select_related("author").first()


def history(kind: PolicyKind, *, in_force: int, at: datetime) -> list[HistoryLine]:
    """Return every decided version, latest first, each against the approved one before it."""
    rows = (
        PolicyVersion.objects.filter(key=kind.key)
        .exclude(state__in=OPEN)
        .select_related("author", "approver")
        .order_by("version")
    )
    lines, before = [], None
    for row in rows:
        lines.append(
            HistoryLine(
                version=row,
                changes=[] if before is None else changes(kind, before, row.payload),
                is_in_force=row.version == in_force,
                is_scheduled=_is_scheduled(row, at),
            )
        )
        before = row.payload if row.state == State.APPROVED else before
    return lines[::-1]


def changes(kind: PolicyKind, before: Any, after: Any) -> list[Change]:
    """Return the settings in which two payloads differ; none where one no longer fits the shape."""
    try:
        old, new = (leaves_of(kind.read(payload)) for payload in (before, after))
    except ShapeError:
        return []
    words = {leaf.name: leaf for leaf in (*old, *new)}
    texts_old, texts_new = ({leaf.name: leaf.text for leaf in side} for side in (old, new))
    return [
        Change(
            label=f"{leaf.group} · {leaf.label}" if leaf.group else str(leaf.label),
            before=texts_old.get(name, "--"),
            after=texts_new.get(name, "--"),
        )
        for name, leaf in words.items()
        if texts_old.get(name) != texts_new.get(name)
    ]


def _approved(at: datetime) -> Any:
    return PolicyVersion.objects.filter(state=State.APPROVED, valid_from__lte=at)


def _is_scheduled(row: PolicyVersion, at: datetime) -> bool:
    """Whether the version is approved for a later moment."""
    return row.state == State.APPROVED and row.valid_from is not None and row.valid_from > at


def _is_dated(row: PolicyVersion | None) -> bool:
    """Whether somebody put the version into force, unlike the built-in default."""
    return row is not None and row.approver_id is not None
