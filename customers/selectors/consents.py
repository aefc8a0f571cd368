"""The consents of one customer as the tab of the record shows them."""

import datetime as dt
from dataclasses import dataclass

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
