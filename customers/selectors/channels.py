"""Which channel to use for a customer, with its reason in words (CUS-47)."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from crm_site.policies.services import in_force
from customers import choices
from customers.contact_policies import CHANNELS, WHY_LABELS, ChannelRules
from customers.models import Customer
from customers.rules.axes import Channel
from customers.rules.channel_choice import Information, Person, age_on, suggest
from customers.services.reaching import WEEK

FALLBACK = Channel.PHONE.value
REACHED = f"""
SELECT ARRAY(SELECT channel::text FROM customers_channeloptout
        WHERE customer_id = %(customer)s AND ended_at IS NULL),
    (SELECT count(*) FROM customers_interaction
        WHERE customer_id = %(customer)s AND at > %(since)s AND at <= %(now)s
            AND NOT is_automatic AND channel <> '{Channel.NOTE.value}')
"""  # noqa: S608 -- constants of the code


@dataclass(frozen=True, slots=True)
class SuggestedChannel:
    """A channel with the words for it and for what decided."""

    channel: str
    label: str
    reason: str


def suggested_channel(
    customer: Customer, *, now: dt.datetime, information: Information = Information.TALK
) -> SuggestedChannel | None:
    """Return over what to speak to ``customer``, None where every channel is refused."""
    rules: ChannelRules = in_force(CHANNELS, at=now).value
    refused, contacts = _refused_and_contacts(customer.pk, now)
    person = Person(
        age=age_on(timezone.localdate(now), customer.birthday),
        wish=Channel(customer.channel_wish) if customer.channel_wish else None,
        refused=refused,
        contacts=contacts,
    )
    found = suggest(person, table=rules.table(), information=information)
    if found is None:
        return None
    words = dict(choices.CONTACT_CHANNELS)
    channel = found.channel.value
    return SuggestedChannel(channel, str(words[channel]), str(WHY_LABELS[found.why.value]))


def likely_channel(customer: Customer, *, now: dt.datetime) -> str:
    """Return the channel that the composer starts with."""
    found = suggested_channel(customer, now=now)
    return found.channel if found else FALLBACK


def _refused_and_contacts(customer_id: int, now: dt.datetime) -> tuple[frozenset[Channel], int]:
    """Return the refused channels and the talks of the last seven days, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(REACHED, {"customer": customer_id, "since": now - WEEK, "now": now})
        channels, count = cursor.fetchone()
    return frozenset(Channel(value) for value in channels), count
