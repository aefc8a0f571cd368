"""Messages to many customers about what they own: to whom, over which channel, noted when sent.

Purpose is contact, not marketing; the outbox asks consent and quiet hours when a message leaves.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from crm_site.outbox.models import Message
from crm_site.outbox.services import ToAddressee, send_outside
from crm_site.policies.services import in_force
from customers.contact_policies import CHANNELS, ChannelRules
from customers.models import Customer, Interaction
from customers.rules.axes import Channel, Result
from customers.rules.channel_choice import Information, Person, suggest
from customers.rules.consent import Purpose
from customers.services.news import BY_MESSAGE, people_of
from customers.services.reaching import ADDRESSEE

BATCH: Final = 1000
ORDER: Final = (Channel.SMS, Channel.WECHAT, Channel.APP, Channel.EMAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is told: ``key`` makes it one message for each customer."""

    kind: str
    key: str
    subject: tuple[str, int]
    params: Mapping[str, Any] = field(default_factory=dict)


def channels_for(customers: Iterable[Customer], *, now: dt.datetime) -> dict[int, Channel]:
    """Return over which channel each customer gets a message; who has none is left out.

    The wish and the policy decide; where they name no message, the first of SMS, WeChat and e-mail
    that has an address and was not refused.
    """
    rules: ChannelRules = in_force(CHANNELS, at=now).value
    table, found, chosen = rules.table(), list(customers), {}
    for start in range(0, len(found), BATCH):
        for key, person in people_of(found[start : start + BATCH], now).items():
            choice = suggest(person, table=table, information=Information.NEWS)
            channel = choice.channel if choice and choice.channel in BY_MESSAGE else _first(person)
            if channel is not None:
                chosen[key] = channel
    return chosen


def tell(letter: Letter, customers: Iterable[Customer], *, now: dt.datetime) -> int:
    """Write the message to every customer who has a channel for it; return how many that were.

    Writing again writes nothing new.
    """
    chosen = channels_for(customers, now=now)
    send_outside(
        (
            ToAddressee(
                kind=letter.kind,
                addressee=(ADDRESSEE, key),
                channel=channel.value,
                purpose=Purpose.CONTACT.value,
                key=f"{letter.key}:{key}",
                params=dict(letter.params),
                subject=letter.subject,
            )
            for key, channel in chosen.items()
        ),
        now=now,
    )
    return len(chosen)


def note_told(message: Message, now: dt.datetime) -> None:
    """Write a line into the timeline of the customer whom a message reached."""
    Interaction.objects.create(
        customer_id=int(message.addressee_id),
        channel=message.channel,
        result=Result.INFORMED.value,
        content=message.params["title"],
        is_automatic=True,
        at=now,
    )


def _first(person: Person) -> Channel | None:
    reachable = person.reachable or frozenset()
    return next((one for one in ORDER if one in reachable and one not in person.refused), None)
