"""Segments as other parts use them: recipients of batches, who gets coupons.

A batch goes to what the segment held when it was launched: it is frozen then, once (MKT-77).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.staff.models import User
from customers.models import Customer
from marketing.messaging.audiences import Audience, register_audience
from marketing.promotions.hooks import SegmentSource, register_segments
from marketing.segments.errors import SegmentError
from marketing.segments.models import Segment, SegmentSnapshot
from marketing.segments.services.freezing import freeze, members_of, within

AUDIENCE: Final = "segment"
NAME: Final = "segments"


def chosen_from(user: Any) -> list[tuple[int, str]]:
    """Return the segments in use that ``user`` sees, by name."""
    rows = Segment.objects.visible_to(user).in_use().order_by("name", "pk")
    return list(rows.values_list("pk", "name"))


def recipients_for(user: Any) -> list[tuple[str, Any]]:
    """Return the segments a batch may go to."""
    return [(str(key), _called(name)) for key, name in chosen_from(user)]


def recipients(asked: Mapping[str, Any], now: datetime) -> Any:
    """Return the customers a batch means: those frozen at its launch, before it those of today.

    Raise SegmentError where the segment is gone or its rule cannot be asked.
    """
    if asked.get("snapshot"):
        return members_of(SegmentSnapshot(pk=asked["snapshot"]))
    found = _segment(asked)
    if found is None:
        raise _gone()
    return within(found, Customer.objects.all(), now=now)


def freeze_recipients(
    asked: Mapping[str, Any], *, actor: User, now: datetime, use: str
) -> dict[str, Any]:
    """Freeze the segment for a batch and return what it asks for from then on.

    Raise SegmentError where ``actor`` does not see it or it was put away.
    """
    found = _segment(asked)
    if found is None or not Segment.objects.visible_to(actor).filter(pk=found.pk).exists():
        raise _gone()
    return {**asked, "snapshot": freeze(found, actor=actor, now=now, use=use).pk}


def words_of(asked: Mapping[str, Any]) -> str:
    """Return what the recipients of a batch are called."""
    found = _segment(asked)
    return _called(found.name if found else "--")


def members_for(user: Any, key: int) -> Any:
    """Return the customers of a segment that ``user`` sees; None for one out of sight."""
    found = Segment.objects.visible_to(user).in_use().filter(pk=key).first()
    return None if found is None else within(found, Customer.objects.visible_to(user))


def _segment(asked: Mapping[str, Any]) -> Segment | None:
    item = str(asked.get("item", ""))
    found: Segment | None = Segment.objects.filter(pk=item).first() if item.isdecimal() else None
    return found


def _gone() -> SegmentError:
    return SegmentError(_("The segment is not there for you, or was put away. Choose another one."))


def _called(name: str) -> str:
    return _("Segment: %(name)s") % {"name": name}


def register() -> None:
    """Offer segments to batches and coupons."""
    register_audience(
        Audience(
            AUDIENCE,
            gettext_lazy("Segments"),
            recipients,
            items=recipients_for,
            words=words_of,
            fix=freeze_recipients,
        )
    )
    register_segments(NAME, SegmentSource(choices=chosen_from, members=members_for))
