"""Seats of agents: who sits where, and who can take a call (SVC-11)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError
from crm_site.staff.models import User
from service.desk.choices import SEAT_STATES
from service.desk.models import DeskSeat


def set_state(*, user: User, state: str, now: datetime) -> DeskSeat:
    """Set the presence of an agent; raise RefusedError without a seat or for another word."""
    if state not in dict(SEAT_STATES):
        raise RefusedError(_("Choose one of the states offered."))
    seat = DeskSeat.objects.filter(user=user).first()
    if seat is None:
        raise RefusedError(_("You have no seat yet. Ask who leads the desk to give you one."))
    if seat.state != state:
        seat.state, seat.state_since = state, now
        seat.save(update_fields=["state", "state_since", "updated_at"])
    return seat


@transaction.atomic
def keep_seat(
    *, user: User, extension: str, skills: Sequence[str], actor: User, now: datetime
) -> DeskSeat:
    """Give an agent a seat, or change it; raise RefusedError for an extension in use."""
    try:
        with transaction.atomic():
            seat, _is_new = DeskSeat.objects.update_or_create(
                user=user,
                defaults={"extension": extension.strip(), "skills": list(skills)},
                create_defaults={
                    "extension": extension.strip(),
                    "skills": list(skills),
                    "state_since": now,
                },
            )
    except IntegrityError:
        words = _("Extension %(extension)s belongs to another seat.")
        raise RefusedError(words % {"extension": extension}) from None
    record(kind="desk.seat_kept", actor=actor, subject=("user", user.pk), now=now)
    return seat
