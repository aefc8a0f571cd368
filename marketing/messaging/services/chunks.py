"""One chunk of a batch: a row and a message for each customer, in a few statements."""

from datetime import datetime
from typing import Any, Final

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from crm_site.outbox.addressees import NO_ADDRESS
from crm_site.outbox.models import Message
from crm_site.outbox.services import ToAddressee, send_outside
from customers.models import Customer
from customers.rules.axes import Channel
from customers.services.news import people_of
from customers.services.reaching import ADDRESSEE, OPTED_OUT
from customers.services.telling import channels_for
from marketing.messaging.choices import BEST
from marketing.messaging.models import Batch, BatchMessage, Variant
from marketing.messaging.services.drawing import assign
from marketing.messaging.services.templates import KIND, words_for

LACKING: Final = "value_missing"
SUBJECT: Final = "message_batch"


def write_chunk(batch: Batch, people: list[Customer], *, now: datetime) -> None:
    """Write rows and messages for customers who have none of this batch yet."""
    arms = assign(batch.experiment, people, now=now) if batch.experiment else {}
    chosen = _channels(batch, people, arms, now)
    rows, letters = [], []
    for customer in people:
        variant = arms.get(customer.pk)
        channel, reason = chosen[customer.pk]
        row = BatchMessage(
            batch=batch, customer=customer, variant=variant, channel=channel, state="queued"
        )
        letter = None if reason else _letter(batch, customer, variant, channel)
        if letter is None:
            row.state, row.reason = "held", reason or LACKING
        else:
            letters.append(letter)
        rows.append(row)
    BatchMessage.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    send_outside(letters, now=now)
    _join(batch, people)


def _letter(
    batch: Batch, customer: Customer, variant: Variant | None, channel: str
) -> ToAddressee | None:
    """Return the message to one customer; None where the record lacks what the text asks for."""
    text = variant.template if variant is not None and variant.template_id else None
    texts = (text.title, text.body) if text else (batch.title, batch.body)
    try:
        params = words_for(customer, texts, batch.values)
    except LookupError:
        return None
    return ToAddressee(
        kind=KIND,
        addressee=(ADDRESSEE, customer.pk),
        channel=channel,
        purpose=batch.purpose,
        key=f"batch:{batch.pk}:{customer.pk}",
        params=params,
        subject=(SUBJECT, batch.pk),
    )


def _channels(
    batch: Batch, people: list[Customer], arms: dict[int, Variant], now: datetime
) -> dict[int, tuple[str, str]]:
    """Return over what each customer is written to, and why not where that cannot be."""
    best = channels_for(people, now=now) if batch.channel == BEST else {}
    known = people_of(people, now)
    found = {}
    for customer in people:
        arm = arms.get(customer.pk)
        fixed = (arm.channel if arm else "") or ("" if batch.channel == BEST else batch.channel)
        if not fixed:
            channel = best.get(customer.pk)
            found[customer.pk] = (channel.value, "") if channel else ("", NO_ADDRESS)
            continue
        person, channel = known[customer.pk], Channel(fixed)
        reason = OPTED_OUT if channel in person.refused else ""
        if not reason and channel not in (person.reachable or ()):
            reason = NO_ADDRESS
        found[customer.pk] = (fixed, reason)
    return found


def _join(batch: Batch, people: list[Customer]) -> None:
    """Let each row know its message, in one statement."""
    own: Any = Concat(
        Value(f"batch:{batch.pk}:"),
        Cast(OuterRef("customer"), CharField()),
        Value(":"),
        OuterRef("channel"),
    )
    message = Message.objects.filter(idempotency_key=own).values("pk")[:1]
    BatchMessage.objects.filter(batch=batch, customer__in=people, message=None).exclude(
        state="held"
    ).update(message=Subquery(message))
