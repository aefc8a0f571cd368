"""What keeps a unit from its buyer, in words (SVC-80, SVC-95)."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.handover import choices
from customers.handover.models import UnitDelivery
from customers.handover.rules import DefectState, Severity, Station
from customers.handover.services.inspecting import rooms_in
from customers.purchase.models import Purchase


def release_blockers(delivery: UnitDelivery) -> list[str]:
    """Return what keeps the unit from being released; empty: it is released."""
    found = []
    if delivery.batch.approved_at is None:
        found.append(_("The batch is not approved."))
    if delivery.walked_at is None:
        walked = set(delivery.rooms.values_list("room", flat=True))
        names = ", ".join(
            choices.room_label(room) for room in rooms_in(delivery.unit) if room not in walked
        )
        found.append(_("Not walked in the simulated inspection: %(rooms)s") % {"rooms": names})
    majors = delivery.defects.filter(severity=Severity.MAJOR).exclude(state=DefectState.CLOSED)
    number = majors.count()
    if number:
        words = ngettext(
            "%(count)s major defect is open.", "%(count)s major defects are open.", number
        )
        found.append(words % {"count": number})
    return found


def handover_gate(purchase: Purchase, _at: datetime) -> list[str]:
    """Return what keeps a purchase from its last step: release, then every station before it."""
    rows = UnitDelivery.objects.select_related("batch", "unit__layout")
    delivery = rows.filter(unit=purchase.unit_id).first()
    if delivery is None:
        return [_("The unit is in no handover batch.")]
    found = release_blockers(delivery)
    visit = delivery.visits.filter(ended_at=None).first()
    if visit is None:
        return [*found, _("The buyer is not on site.")]
    done = set(visit.stops.filter(done_at__isnull=False).values_list("station", flat=True))
    words = dict(choices.STATIONS)
    missing = [station for station in Station if station not in (*done, Station.SIGN)]
    if missing:
        names = ", ".join(str(words[station.value]) for station in missing)
        found.append(_("Stations not passed: %(names)s") % {"names": names})
    return found
