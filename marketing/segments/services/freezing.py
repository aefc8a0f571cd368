"""Freezing a segment: what it holds now, kept for good (MKT-77)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.models import Customer
from marketing.segments.errors import SegmentError
from marketing.segments.labels import fault_words
from marketing.segments.models import Segment, SegmentSnapshot, SnapshotMember
from marketing.segments.parts import in_parts
from marketing.segments.rules.tree import TreeError

CHUNK = 5000


@transaction.atomic
def freeze(segment: Segment, *, actor: User, now: datetime, use: str = "") -> SegmentSnapshot:
    """Keep the customers that ``actor`` sees in the segment now, and return the snapshot.

    ``use`` names what for (``campaign:<code>``, ``batch:<key>``): asked again for the same use, the
    snapshot that stands is returned. Raise SegmentError for a segment that was put away, or whose
    rule cannot be asked.
    """
    held = Segment.objects.select_for_update(of=("self",), no_key=True).get(pk=segment.pk)
    if use:
        standing = SegmentSnapshot.objects.filter(segment=held, use=use).first()
        if standing is not None:
            return standing
    if not held.is_active:
        raise SegmentError(_("This segment was put away. Choose another one."))
    rows = within(held, Customer.objects.visible_to(actor), now=now)
    chosen = list(rows.order_by().values_list("pk", flat=True))
    snapshot = SegmentSnapshot.objects.create(
        segment=held,
        rules=held.rules,
        version=held.version,
        count=len(chosen),
        taken_at=now,
        taken_by=actor,
        use=use,
    )
    for part in in_parts(chosen, CHUNK):
        SnapshotMember.objects.bulk_create(
            SnapshotMember(snapshot=snapshot, customer_id=pk) for pk in part
        )
    record(
        kind="segment.frozen",
        actor=actor,
        subject=("segment", held.pk),
        facts={"snapshot": snapshot.pk, "count": snapshot.count, "use": use},
        now=now,
    )
    return snapshot


def within(segment: Segment, customers: Any, *, now: datetime | None = None) -> QuerySet[Any]:
    """Return those of ``customers`` whom a segment means.

    Raise SegmentError where its rule asks for what segments do not (or no longer) know.
    """
    try:
        return segment.within(customers, now=now)
    except TreeError as error:
        raise SegmentError(fault_words(error), code="rule") from error


def members_of(snapshot: SegmentSnapshot) -> QuerySet[Any]:
    """Return the customers of a snapshot; one merged since then is its successor's."""
    rows = SnapshotMember.objects.filter(snapshot=snapshot.pk, customer=OuterRef("pk"))
    return Customer.objects.filter(Exists(rows), merged_into__isnull=True)
