"""Giving a frozen segment to a platform: hashed, only those who agreed (MKT-33)."""

import csv
import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.models import Customer
from customers.rules.consent import Purpose
from customers.services.consents import with_consent, without_withdrawal
from customers.services.holding import hold_against_withdrawal
from marketing.segments.errors import SegmentError
from marketing.segments.models import AudiencePlacement, SegmentSnapshot
from marketing.segments.services.freezing import members_of

HEAD = "phone_sha256"
NEEDED = (Purpose.MARKETING, Purpose.THIRD_PARTY)


@dataclass(frozen=True, slots=True)
class Audience:
    """The file for the platform and what was noted about it."""

    placement: AudiencePlacement
    content: bytes


@transaction.atomic
def hand_out(
    *,
    snapshot: SegmentSnapshot,
    channel_code: str,
    campaign_code: str,
    actor: User,
    now: datetime,
) -> Audience:
    """Return the members of a snapshot as SHA-256 of their number (E.164), and note the placement.

    Only customers who agreed to advertising and to passing data on, today, and whom ``actor`` sees;
    a withdrawal under way is waited for. Raise SegmentError where nobody is left.
    """
    seen = Customer.objects.visible_to(actor).order_by().values("pk")
    members = members_of(snapshot).filter(pk__in=seen)
    hold_against_withdrawal(members.values_list("pk", flat=True))
    lines = sorted(hashed(phone) for phone in agreeing(members, now=now) if phone)
    if not lines:
        raise SegmentError(
            _("Nobody in this segment agreed to advertising and to passing data on.")
        )
    placement = AudiencePlacement.objects.create(
        snapshot=snapshot,
        channel_code=channel_code.strip(),
        campaign_code=campaign_code.strip(),
        handed=len(lines),
        excluded=max(snapshot.count - len(lines), 0),
        at=now,
        by=actor,
    )
    facts = {"placement": placement.pk, "rows": len(lines), "channel": placement.channel_code}
    record(
        kind="segment.exported",
        actor=actor,
        subject=("segment", snapshot.segment_id),
        facts=facts,
        now=now,
    )
    return Audience(placement, _file(lines))


def agreeing(members: QuerySet[Any], *, now: datetime) -> Any:
    """Return the numbers of those members who agreed to everything an export needs."""
    found = without_withdrawal(members, Purpose.CONTACT)
    for purpose in NEEDED:
        agreed = with_consent(Customer.objects.all(), purpose, at=now).order_by()
        found = found.filter(pk__in=agreed.values("pk"))
    return found.order_by("pk").values_list("phone", flat=True).iterator(chunk_size=2000)


def hashed(phone: str) -> str:
    """Return a number in E.164 as platforms compare it: SHA-256 in hex."""
    return hashlib.sha256(phone.encode()).hexdigest()


@transaction.atomic
def note_spend(*, placement: AudiencePlacement, spend: Decimal, actor: User, now: datetime) -> None:
    """Note what a placement cost so far, in yuan."""
    AudiencePlacement.objects.filter(pk=placement.pk).update(spend=spend)
    record(
        kind="segment.spend",
        actor=actor,
        subject=("segment", placement.snapshot.segment_id),
        facts={"placement": placement.pk, "spend": str(spend)},
        now=now,
    )


def _file(lines: list[str]) -> bytes:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([HEAD])
    writer.writerows([line] for line in lines)
    return out.getvalue().encode()
