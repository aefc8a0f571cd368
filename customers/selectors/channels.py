"""Which channel to use for a customer, with its reason in words (CUS-47)."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from crm_site.policies.services import in_force
from customers import choices
from customers.contact_policies import CHANNELS, WHY_LABELS, ChannelRules
from customers.models import Customer, Interaction
from customers.rules.axes import Channel
from customers.rules.channel_choice import Information, Person, age_on, suggest
from customers.services.consents import opted_out
from customers.services.reaching import WEEK

FALLBACK = Channel.PHONE.value


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
    talks = Interaction.objects.filter(
        customer=customer, at__gt=now - WEEK, at__lte=now, is_automatic=False
    )
    person = Person(
        age=age_on(timezone.localdate(now), customer.birthday),
        wish=Channel(customer.channel_wish) if customer.channel_wish else None,
        refused=opted_out(customer.pk),
        contacts=talks.exclude(channel=Channel.NOTE.value).count(),
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
