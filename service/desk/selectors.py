"""What the screen of a call shows: who it may be, household, units, tickets, last contacts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise

from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.masking import number_for
from customers.models import Customer, Interaction, Purchase
from customers.purchase.models import ACTIVE_STATES
from customers.rules.consent import Purpose
from customers.rules.phones import mask_phone
from customers.selectors.consents import consent_items
from customers.selectors.relations import relations_of
from service.desk import choices
from service.desk.hooks import briefings_for
from service.desk.models import DeskCall, DeskMessage
from service.desk.policies import DESK
from service.desk.services.finding import holders_of
from service.repairs.selectors import PartWarranty, warranties_of_units
from service.tickets.models import Ticket

FAMILY = 9  # as many as there are keys
LAST = 3


@dataclass(frozen=True, slots=True)
class Match:
    """Who the number may be, with the key that chooses them."""

    key: int
    customer: Customer
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Home:
    """A unit of the customer with its warranty by part, what ends soonest first."""

    purchase: Purchase
    covers: list[PartWarranty]

    @property
    def next_end(self) -> PartWarranty | None:
        """The running part that ends soonest; ``None`` where nothing runs."""
        return next((each for each in self.covers if each.is_running), None)

    @property
    def is_over(self) -> bool:
        """Whether every part was under warranty once and none is any more."""
        return bool(self.covers) and not any(each.is_running for each in self.covers)


@dataclass(frozen=True, slots=True)
class Contact:
    """One thing that passed between a customer and us, over whichever channel (SVC-24)."""

    at: datetime
    channel: str | Promise
    icon: str
    text: str
    ticket: Ticket | None = None
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Matches:
    """The people behind a number: those one may see, and whether there are others."""

    rows: list[Match]
    hidden: bool


def matches_of(call: DeskCall, user: User) -> Matches:
    """Return who has the number of the call: one, several of a family, nobody (B6)."""
    if not call.caller:
        return Matches([], hidden=False)
    everybody: Any = holders_of(call.caller)
    mine = list(everybody.filter(pk__in=Customer.objects.visible_to(user)).for_list()[:FAMILY])
    total = everybody.count()
    rows = [
        Match(place, each, each.pk == call.customer_id) for place, each in enumerate(mine, start=1)
    ]
    return Matches(rows, hidden=total > len(mine))


def shown_number(call: DeskCall, user: User, customer: Customer | None) -> str:
    """Return the caller's number as ``user`` sees it; masked where nobody is known."""
    if customer is not None:
        return number_for(user, customer, call.caller)
    return _masked(call.caller)


def visible_customer(call: DeskCall, user: User) -> Customer | None:
    """Return the customer of the call, where ``user`` may see the record."""
    if call.customer_id is None:
        return None
    rows = Customer.objects.visible_to(user).for_list()
    found: Customer | None = rows.filter(pk=call.customer_id).first()
    return found


def homes_of(customer: Customer, *, user: User, now: datetime) -> list[Home]:
    """Return the units the customer holds or owns, with the warranty by part (SVC-99)."""
    rows = Purchase.objects.visible_to(user).filter(customer=customer, unit__isnull=False)
    rows = rows.filter(state__in=ACTIVE_STATES).select_related("unit__building", "project")
    purchases = list(rows.order_by("-begun_at"))
    units = [each.unit for each in purchases if each.unit]
    parts = warranties_of_units(units, timezone.localdate(now))
    return [Home(each, _covers(parts[each.unit_id])) for each in purchases if each.unit_id]


def _covers(parts: list[PartWarranty]) -> list[PartWarranty]:
    """Return the parts in the order in which their warranty ends; none before the handover."""
    return sorted((one for one in parts if one.until is not None), key=_last_day)


def _last_day(one: PartWarranty) -> tuple[date, str]:
    return (one.until or date.max, one.part.value)


def around_customer(
    customer: Customer, *, call: DeskCall, user: User, now: datetime
) -> dict[str, Any]:
    """Return what the agent needs to know of the caller, on one screen (B6, SVC-19)."""
    marketing = next(
        item for item in consent_items(customer, now=now) if item.purpose == Purpose.MARKETING
    )
    rules = in_force(DESK, at=now).value
    tickets = Ticket.objects.visible_to(user).filter(customer=customer).open()
    return {
        "household": [tie for tie in relations_of(customer, user=user) if tie.is_household],
        "homes": homes_of(customer, user=user, now=now),
        "open_tickets": list(tickets.for_list().order_by("rank", "-opened_at")[:5]),
        "last_contacts": contacts_of(customer, user=user, limit=LAST, but=call),
        "marketing": marketing.standing,
        "script": rules.marketing_script if marketing.is_given else "",
        "briefings": briefings_for(customer, user=user, now=now),
    }


def contacts_of(
    customer: Customer, *, user: User, limit: int, but: DeskCall | None = None
) -> list[Contact]:
    """Return the latest contacts over all channels as one thread, newest first (SVC-24).

    Calls, messages, talks written down, visits, and what was said on tickets; of each channel the
    latest ``limit`` are read. The call ``but`` is left out.
    """
    found = [
        *_talks(customer, user, limit),
        *_calls(customer, user, limit, but),
        *_messages(customer, user, limit),
        *_tickets(customer, user, limit),
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)[:limit]


def _talks(customer: Customer, user: User, limit: int) -> list[Contact]:
    rows = Interaction.objects.visible_to(user).filter(customer=customer).order_by("-at", "-pk")
    return [
        Contact(row.at, row.get_channel_display(), "msg", row.content[:200], is_ours=True)
        for row in rows[:limit]
    ]


def _calls(customer: Customer, user: User, limit: int, but: DeskCall | None) -> list[Contact]:
    rows = DeskCall.objects.visible_to(user).filter(customer=customer).select_related("ticket")
    rows = rows.exclude(pk=but.pk) if but else rows
    words: dict[Any, Any] = dict(choices.CALL_STATES)
    return [
        Contact(
            row.began_at,
            choices.PHONE,
            "phone",
            " · ".join(filter(None, (str(words[row.state]), row.note[:200]))),
            row.ticket,
        )
        for row in rows.order_by("-began_at", "-pk")[:limit]
    ]


def _messages(customer: Customer, user: User, limit: int) -> list[Contact]:
    rows = DeskMessage.objects.visible_to(user).filter(customer=customer).select_related("ticket")
    return [
        Contact(row.received_at, row.get_channel_display(), "msg", row.subject, row.ticket)
        for row in rows.order_by("-received_at", "-pk")[:limit]
    ]


def _tickets(customer: Customer, user: User, limit: int) -> list[Contact]:
    """Return tickets that came in by no call and no message of the desk, as contacts."""
    own = Q(desk_messages__isnull=True, desk_calls__isnull=True)
    rows = Ticket.objects.visible_to(user).filter(own, customer=customer)
    return [
        Contact(row.opened_at, row.get_channel_display(), "flag", row.subject, row)
        for row in rows.order_by("-opened_at", "-pk")[:limit]
    ]


def live_calls(user: User) -> tuple[DeskCall | None, DeskCall | None]:
    """Return the call to open for ``user`` and the one spoken; a free line rings for all.

    What rings comes first; a call answered at the telephone stays offered until it is opened.
    """
    rows = DeskCall.objects.visible_to(user).live().filter(Q(agent=user) | Q(agent__isnull=True))
    live = list(rows.order_by("began_at", "pk")[:20])
    ringing = [each for each in live if each.state == "ringing" and each.accepted_at is None]
    own = [each for each in ringing if each.agent_id == user.pk]
    talks = [each for each in live if each.state != "ringing" and each.agent_id == user.pk]
    unopened = [each for each in talks if each.accepted_at is None]
    return next(iter(own or ringing or unopened), None), (talks[-1] if talks else None)


def waiting_counts(user: User) -> dict[str, int]:
    """Return how many messages nobody has taken and how many missed calls nobody has noted."""
    return {
        "waiting": DeskMessage.objects.visible_to(user).filter(taken_by__isnull=True).count(),
        "missed": missed_calls(user).count(),
    }


def missed_calls(user: User) -> Any:
    """Return the calls nobody answered and nobody has dealt with since."""
    return DeskCall.objects.visible_to(user).filter(state="missed", disposition="")


def number_of(message: DeskMessage, user: User, customer: Customer | None) -> str:
    """Return the phone of a message as ``user`` sees it; masked where nobody is known."""
    if customer is not None:
        return number_for(user, customer, message.contact_phone)
    return _masked(message.contact_phone)


def _masked(number: str) -> str:
    if not number:
        return "--"
    return mask_phone(number) if number.startswith("+") else "****"
