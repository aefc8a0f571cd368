"""The consents of one customer, and of a household, as the tabs of the record show them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from crm_site.policies.services import in_force
from customers import choices
from customers.consent_policy import TEXTS, ConsentTexts
from customers.models import ChannelOptOut, ConsentEvent, Customer
from customers.rules.consent import Answer, Purpose, Standing, standing_of


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the history of a purpose."""

    event: ConsentEvent
    channel: str | Promise


@dataclass(frozen=True, slots=True)
class ConsentItem:
    """One purpose: today's text, where it stands, and every answer so far, latest first."""

    purpose: str
    label: str | Promise
    text: str
    version: int
    standing: str
    history: list[Said]

    @property
    def is_given(self) -> bool:
        """Whether the customer's last word is yes, be it to an older text."""
        return self.standing in (Standing.GIVEN.value, Standing.OUTDATED.value)


def consent_items(customer: Customer, *, now: dt.datetime) -> list[ConsentItem]:
    """Return one item per purpose, in two queries."""
    texts = in_force(TEXTS, at=now)
    value: ConsentTexts = texts.value
    by_purpose: dict[str, list[ConsentEvent]] = {}
    events = ConsentEvent.objects.filter(customer=customer).select_related("actor")
    for event in events.order_by("-at", "-id"):
        by_purpose.setdefault(event.purpose, []).append(event)
    channels = dict(choices.CHANNELS)
    items = []
    for key, label in choices.PURPOSES:
        history = by_purpose.get(key, [])
        newest = Answer(history[0].is_given, history[0].text_digest) if history else None
        standing = standing_of(newest, current_digest=value.digest(Purpose(key)))
        items.append(
            ConsentItem(
                key,
                label,
                value.texts[key],
                texts.version,
                standing.value,
                [Said(event, channels.get(event.channel, event.channel)) for event in history],
            )
        )
    return items


def refused_channels(customer: Customer) -> list[tuple[str, str | Promise, dt.datetime | None]]:
    """Return every contact channel with its words and since when it is refused, None if not."""
    rows = ChannelOptOut.objects.filter(customer=customer, ended_at__isnull=True)
    since = dict(rows.values_list("channel", "at"))
    return [(key, label, since.get(key)) for key, label in choices.CONTACT_CHANNELS]


@dataclass(frozen=True, slots=True)
class MemberConsents:
    """One person of a household with the standing of every purpose, in the order of PURPOSES."""

    customer: Customer
    standings: list[str]


def household_consents(customer: Customer, *, user: Any, now: dt.datetime) -> list[MemberConsents]:
    """Return the household's members whom ``user`` may see with their consents (CUS-37).

    A household buys once, yet each of its members is asked alone. Two queries at any size; empty
    for who lives in none.
    """
    if customer.household_id is None:
        return []
    seen = Customer.objects.visible_to(user).filter(household=customer.household_id)
    members = list(seen.order_by("pk"))
    newest = ConsentEvent.objects.filter(customer__in=[each.pk for each in members])
    newest = newest.order_by("customer", "purpose", "-at", "-id").distinct("customer", "purpose")
    said = {
        (pk, purpose): Answer(is_given, digest)
        for pk, purpose, is_given, digest in newest.values_list(
            "customer_id", "purpose", "is_given", "text_digest"
        )
    }
    value: ConsentTexts = in_force(TEXTS, at=now).value
    digests = {key: value.digest(Purpose(key)) for key, _label in choices.PURPOSES}
    return [
        MemberConsents(
            member,
            [
                standing_of(said.get((member.pk, key)), current_digest=digest).value
                for key, digest in digests.items()
            ],
        )
        for member in members
    ]
