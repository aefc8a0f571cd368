"""What customers answered: noted once, counted for batches, stopping flows (MKT-37, MKT-38).

An answer is a talk over a channel of messages, a visit, or an enquiry after the message. It is read
from what others wrote down anyway, so nobody has to note it twice.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from customers.models import Customer, Interaction, Lead
from customers.rules.axes import Channel, Result
from marketing.messaging.models import BatchMessage, FlowRun, Reply

COUNTS: Final = timedelta(days=7)  # an answer later than that is about something else
LOOKED_BACK: Final = timedelta(days=3)  # a talk written down later still counts
WRITTEN: Final = (Channel.SMS.value, Channel.WECHAT.value, Channel.EMAIL.value, Channel.APP.value)
ANSWERS: Final = (Result.REACHED.value, Result.VISIT_BOOKED.value, Result.REFUSED.value)


def note_reply(
    *, customer: Customer, source: str, source_key: str, at: datetime, now: datetime
) -> bool:
    """Note that a customer spoke up, once per ``source_key``; return whether it is new.

    Messages answered by it count at once, and flows under way with the customer end.
    """
    with transaction.atomic():
        row = Reply(customer=customer, source=source, source_key=source_key, at=at, noted_at=now)
        known = Reply.objects.filter(source_key=source_key).exists()
        Reply.objects.bulk_create([row], ignore_conflicts=True)
        _count([customer.pk])
        stop_answered(now=now)
    return not known


def read_replies(*, now: datetime) -> int:
    """Note what was written down lately of customers who are being written to; return how many.

    Safe to repeat.
    """
    since = now - LOOKED_BACK
    talks = Interaction.objects.filter(created_at__gt=since, at__lte=now, is_automatic=False)
    talks = talks.filter(
        Q(channel__in=WRITTEN, result__in=ANSWERS)
        | Q(channel=Channel.VISIT.value)
        | Q(result=Result.VISITED.value)
    )
    leads = Lead.objects.filter(created_at__gt=since, received_at__lte=now)
    found = [
        Reply(customer_id=person, source=source, source_key=f"{source}:{pk}", at=at, noted_at=now)
        for source, rows in (
            ("talk", _of_written_to(talks, now).values_list("pk", "customer_id", "at")),
            ("lead", _of_written_to(leads, now).values_list("pk", "customer_id", "received_at")),
        )
        for pk, person, at in rows
    ]
    Reply.objects.bulk_create(found, ignore_conflicts=True, batch_size=1000)
    _count({row.customer_id for row in found})
    return len(found)


def stop_answered(*, now: datetime) -> int:
    """End the flows of customers who answered since they began; return how many."""
    said = Reply.objects.filter(customer=OuterRef("customer"), at__gt=OuterRef("started_at"))
    rows = FlowRun.objects.filter(Exists(said), state="running")
    stopped: int = rows.update(state="stopped", ending="replied", ended_at=now, next_at=None)
    return stopped


def _of_written_to(rows: Any, now: datetime) -> Any:
    """Keep what customers did who got a message lately or are on the way through a flow."""
    sent = BatchMessage.objects.filter(
        customer=OuterRef("customer"), sent_at__gt=now - COUNTS - LOOKED_BACK
    )
    running = FlowRun.objects.filter(customer=OuterRef("customer"), state="running")
    return rows.filter(Exists(sent) | Exists(running)).order_by("pk")


def _count(customers: Any) -> int:
    """Date the first answer to each message that has none yet; return how many that were."""
    said = Reply.objects.filter(
        customer=OuterRef("customer"),
        at__gte=OuterRef("sent_at"),
        at__lt=OuterRef("sent_at") + COUNTS,
    ).order_by("at")
    rows = BatchMessage.objects.filter(
        customer__in=list(customers), sent_at__isnull=False, replied_at=None
    )
    answered: int = rows.filter(Exists(said)).update(replied_at=Subquery(said.values("at")[:1]))
    return answered
