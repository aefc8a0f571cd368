"""Writing segments: by a rule, ready-made, or from a cluster analysis (MKT-77)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import Scope
from marketing.segments.choices import PRESETS
from marketing.segments.labels import fault_words, unknown_value
from marketing.segments.models import Segment, SegmentPick
from marketing.segments.parts import in_parts
from marketing.segments.rules import fields
from marketing.segments.rules.tree import TreeError, read, write

CHUNK = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentDraft:
    """A segment as somebody writes it; ``rules`` is the tree as JSON."""

    name: str
    rules: Mapping[str, Any]
    note: str = ""
    kind: str = "rules"
    preset: str = ""


def place_of(user: User) -> dict[str, int | None]:
    """Return the project and region that a segment of ``user`` lies in.

    Raise NotAllowedError for people who see single customers only.
    """
    scope, node = user.role_definition.scope, user.node
    if scope is Scope.COMPANY:
        return {"project_id": None, "region_id": None}
    if node is not None and scope is Scope.REGION and node.region_id:
        return {"project_id": None, "region_id": node.region_id}
    if node is not None and scope is Scope.PROJECT and node.project_id:
        return {"project_id": node.project_id, "region_id": node.region_id}
    raise NotAllowedError(_("Segments are kept by those who see a whole project or region."))


@transaction.atomic
def write_segment(
    *, draft: SegmentDraft, actor: User, now: datetime, segment: Segment | None = None
) -> Segment:
    """Keep a segment, new in the place of ``actor`` or changed, and return it.

    A changed rule gets the next version; what was frozen stays. Raise ValidationError for a rule
    that cannot be read or that asks for a protected field; nothing is written then.
    """
    rules = checked(draft.rules)
    if segment is None:
        row = Segment(
            kind=draft.kind, preset=draft.preset, owner=actor, created_at=now, **place_of(actor)
        )
    else:
        row = Segment.objects.select_for_update(of=("self",)).get(pk=segment.pk)
        if row.kind == "cluster":
            raise ValidationError(_("A segment of a cluster analysis has no rule to change."))
    if row.pk and row.rules != rules:
        row.version += 1
        row.kind, row.preset = "rules", ""
    row.name, row.note, row.rules = draft.name.strip(), draft.note.strip(), rules
    row.save()
    _note("segment.saved", row, actor, now)
    return row


def checked(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule in its one way of writing; raise ValidationError with words for people."""
    try:
        tree = read(rules, fields=fields.FIELDS, masked=fields.MASKED)
        fault = unknown_value(tree)
        if fault:
            raise fault
    except TreeError as error:
        raise ValidationError(fault_words(error)) from error
    return write(tree)


def draft_of_preset(key: str) -> SegmentDraft:
    """Return the ready-made segment ``key``; raise KeyError for an unknown one."""
    return SegmentDraft(
        name=str(dict(PRESETS)[key]), rules=fields.PRESETS[key], kind="preset", preset=key
    )


@transaction.atomic
def put_away(*, segment: Segment, actor: User, now: datetime) -> Segment:
    """Take a segment out of use; what was frozen of it stays readable."""
    Segment.objects.filter(pk=segment.pk, is_active=True).update(is_active=False, updated_at=now)
    _note("segment.put_away", segment, actor, now)
    return Segment.objects.get(pk=segment.pk)


@transaction.atomic
def save_cluster(
    *, name: str, customers: Iterable[int], key: str, actor: User, now: datetime
) -> Segment:
    """Keep the customers of a cluster as a segment in the place of ``actor`` (ANA-42).

    ``key`` names the run and cluster; asked again, the segment that stands is returned.
    """
    standing = Segment.objects.filter(source_key=key).first()
    if standing is not None:
        return standing
    row = Segment.objects.create(
        name=name[:80], kind="cluster", owner=actor, source_key=key, **place_of(actor)
    )
    for part in in_parts(sorted(set(customers)), CHUNK):
        SegmentPick.objects.bulk_create(SegmentPick(segment=row, customer_id=pk) for pk in part)
    _note("segment.saved", row, actor, now)
    return row


def _note(kind: str, row: Segment, actor: User, now: datetime) -> None:
    facts = {"kind": row.kind, "version": row.version}
    record(kind=kind, actor=actor, subject=("segment", row.pk), facts=facts, now=now)
