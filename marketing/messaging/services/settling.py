"""What became of the messages of a batch, read from the outbox (MKT-37)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone

from crm_site.outbox.addressees import CALLED_OFF, Later, Refused
from crm_site.outbox.models import Message
from customers.models import Interaction
from customers.rules.axes import Result
from marketing.messaging.models import Batch, BatchMessage
from marketing.messaging.rules.counting import Tally
from marketing.messaging.rules.windows import Window, opens

WINDOW_OVER: Final = "window_over"
State = Message.State


def note_sent(message: Message, now: datetime) -> None:
    """Note on the row and in the timeline that a message of a batch reached its customer."""
    rows = BatchMessage.objects.filter(message=message, sent_at=None)
    if rows.update(state="sent", sent_at=now):
        note_line(message, now)


def note_line(message: Message, now: datetime) -> None:
    """Write a line into the timeline of the customer whom a message reached."""
    Interaction.objects.create(
        customer_id=int(message.addressee_id),
        channel=message.channel,
        result=Result.INFORMED.value,
        content=message.params["title"],
        is_automatic=True,
        at=now,
    )


def gate(message: Message, now: datetime) -> Later | Refused | None:
    """Hold a message of a batch back outside its days and hours, and once it was stopped."""
    batch = Batch.objects.filter(pk=int(message.subject_id)).first()
    if batch is None or batch.state == "stopped":
        return Refused(CALLED_OFF)
    window = Window(
        timezone.localtime(batch.starts_at),
        timezone.localtime(batch.ends_at),
        batch.hour_from,
        batch.hour_until,
    )
    local = timezone.localtime(now)
    at = opens(window, local)
    if at is None:
        return Refused(WINDOW_OVER)
    return Later(at) if at > local else None


def settle(batch: Batch) -> int:
    """Take over what the outbox did with the messages of a batch; return how many rows changed."""
    waiting: Any = BatchMessage.objects.filter(batch=batch, state="queued")
    why = Message.objects.filter(pk=OuterRef("message")).values("reason")[:1]
    held: int = waiting.filter(message__state=State.SUPPRESSED).update(
        state="held", reason=Subquery(why)
    )
    failed: int = waiting.filter(message__state=State.FAILED).update(state="failed")
    return held + failed


def tally(batch: Batch) -> Tally:
    """Return what became of the recipients of a batch, in one query."""
    return tallies([batch])[batch.pk]


def tallies(batches: Iterable[Batch]) -> dict[int, Tally]:
    """Return what became of the recipients of each batch, in one query for all of them."""
    found = {batch.pk: Tally() for batch in batches}
    names = ("planned", "queued", "sent", "held", "failed")
    asked: Any = {name: Count("pk", filter=Q(state=name)) for name in names}
    asked["replied"] = Count("pk", filter=Q(replied_at__isnull=False))
    rows: Any = BatchMessage.objects.filter(batch__in=found).order_by().values("batch")
    for row in rows.annotate(**asked):
        found[row["batch"]] = Tally(**{name: row[name] for name in asked})
    return found


def held_by_reason(batch: Batch) -> list[tuple[str, int]]:
    """Return how many were held back for which reason, the most frequent first."""
    rows = BatchMessage.objects.filter(batch=batch, state="held").values("reason")
    counted = rows.annotate(n=Count("pk")).order_by("-n", "reason")
    return [(row["reason"], row["n"]) for row in counted]
