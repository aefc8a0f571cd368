"""VR tours of units: the personal link, looks with their length, what they set off (CUS-62).

The link carries a signed visitor, nothing about the person; whoever runs the tour hands it back
with the seconds of a look over the API.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.core import signing
from django.db import transaction
from django.db.models import Count, IntegerField, Max, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from crm_site.outbox.kinds import MessageKind, declare_message
from crm_site.outbox.services import send
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.errors import EntryError
from customers.journey.policies import TOURS, TourRules
from customers.journey.tried import in_company_words
from customers.models import BehaviourEvent, Customer, Unit
from customers.rules.axes import Channel, TaskKind
from customers.rules.behaviour import TOUR_VIEW, BehaviourKind
from customers.rules.entry import Fault
from customers.services.behaviour import BehaviourEntry, EventsError, take_in_events
from customers.services.contact_stop import refuses_contact
from customers.services.customers import update_customer
from customers.services.notices import DIGITS
from customers.services.tasks import TaskEntry, create_task

SALT: Final = "customers.tour"
SOURCE: Final = "tour"
LONG_LOOK: Final = "tour.long_look"
PATH: Final = re.compile(r"/units/(\d{1,18})/tour/")
TO_CALL: Final = _("Call about the VR tour of %(unit)s")
MOST_SHOWN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a tour, as whoever runs the tour reports it."""

    event_id: str
    visitor: str
    at: datetime
    dwell_seconds: int


@dataclass(frozen=True, slots=True)
class SeenTour:
    """What a customer saw of one unit's tour."""

    unit: Unit | None
    looks: int
    seconds: int
    last_at: datetime


def address_of(unit: Unit) -> str:
    """Return the tour of a unit, that of its layout where it has none of its own, else ""."""
    return unit.tour_url or (unit.layout.tour_url if unit.layout else "")


def personal_link(unit: Unit, customer: Customer) -> str:
    """Return the tour's address with the signed visitor; "" where the unit has no tour."""
    address = address_of(unit)
    if not address:
        return ""
    visitor = signing.Signer(salt=SALT).sign_object([customer.pk, unit.pk])
    parts = urlsplit(address)
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("visitor", visitor)]
    return urlunsplit(parts._replace(query=urlencode(query)))


@transaction.atomic
def take_in_look(*, look: Look, actor: User, now: datetime) -> None:
    """Keep a look of a customer ``actor`` may see; raise the intent and remind as the policy says.

    The same look again changes nothing. Raise EntryError by field for a visitor we did not sign,
    a customer out of sight and a moment to come.
    """
    customer_id, unit_id = _visitor(look.visitor)
    unit = Unit.objects.filter(pk=unit_id).select_related("building").first()
    if unit is None:
        raise EntryError({"visitor": [Fault("unknown_reference")]})
    entry = BehaviourEntry(
        event_id=look.event_id,
        kind=BehaviourKind.BROWSING.value,
        action=TOUR_VIEW,
        channel=Channel.WEBSITE.value,
        at=look.at,
        facts={"path": f"/units/{unit.pk}/tour/", "dwell_seconds": look.dwell_seconds},
        customer=customer_id,
    )
    try:
        take_in_events(entries=[entry], actor=actor, now=now)
    except EventsError as error:
        raise error.faults[0] from error
    rules: TourRules = in_force(TOURS, at=now).value
    customer = Customer.objects.select_related("owner").get(pk=customer_id)
    if look.dwell_seconds >= rules.seconds:
        is_long = look.dwell_seconds >= rules.long_seconds
        level = rules.long_intent if is_long else rules.intent
        _raise_intent(customer, level, actor=actor, now=now)
        if is_long and customer.owner is not None and customer.owner.is_active:
            _remind(customer, customer.owner, unit, look, rules, now)


def tours_seen(customer: Customer) -> list[SeenTour]:
    """Return what the customer saw of tours, by unit, the latest first; two queries."""
    rows = BehaviourEvent.objects.filter(customer=customer, action=TOUR_VIEW)
    sums = (
        rows.values("facts__path")
        .annotate(
            looks=Count("pk"),
            seconds=Sum(Cast(KT("facts__dwell_seconds"), IntegerField())),
            last=Max("at"),
        )
        .order_by("-last")[:MOST_SHOWN]
    )
    found = [(_unit_of(row["facts__path"]), row) for row in sums]
    units = Unit.objects.select_related("building").in_bulk([key for key, _row in found if key])
    return [
        SeenTour(units.get(key or 0), row["looks"], row["seconds"] or 0, row["last"])
        for key, row in found
    ]


def register_messages() -> None:
    """Make the reminder known."""
    declare_message(
        MessageKind(
            key=LONG_LOOK,
            label=_("Long looks at VR tours"),
            title=_("%(customer)s looked at %(unit)s for long"),
            body=_("%(minutes)s minutes in the VR tour. Call while it is fresh."),
            icon="eye",
            tone="blue",
        )
    )


def _visitor(token: str) -> tuple[int, int]:
    """Return customer and unit of a signed visitor; a merged record counts as the kept one."""
    try:
        customer_id, unit_id = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        raise EntryError({"visitor": [Fault("unknown_reference")]}) from None
    merged = Customer.objects.filter(pk=customer_id).values_list("merged_into", flat=True).first()
    return merged or customer_id, unit_id


def _unit_of(path: Any) -> int | None:
    found = PATH.fullmatch(str(path or ""))
    return int(found[1]) if found else None


def _raise_intent(customer: Customer, level: int, *, actor: User, now: datetime) -> None:
    """Raise the intent, never lower it; the grade follows from it."""
    if (customer.intent or 0) < level:
        update_customer(
            customer=customer,
            changes={"intent": level},
            version=customer.version,
            actor=actor,
            now=now,
        )


def _remind(
    customer: Customer, owner: User, unit: Unit, look: Look, rules: TourRules, now: datetime
) -> None:
    """Tell the consultant of the first long look at a unit, once, and plan the call."""
    key = f"{customer.pk}:{unit.pk}"
    params = {
        "customer": DIGITS.sub("…", customer.name),
        "unit": str(unit),
        "minutes": look.dwell_seconds // 60,
    }
    send(
        kind=LONG_LOOK,
        recipient=owner,
        subject=("customer", customer.pk),
        params=params,
        key=f"{SOURCE}:{key}",
        now=now,
    )
    if refuses_contact(customer.pk):
        return
    entry = TaskEntry(
        title=in_company_words(TO_CALL, unit=unit),
        due_at=now + timedelta(hours=rules.call_hours),
        owner=owner,
        customer=customer,
        kind=TaskKind.CALL,
        source=SOURCE,
        source_id=key,
        subject=("unit", unit.pk),
    )
    create_task(entry=entry, actor=None, now=now)
