"""The product's worker without its defences, for negative controls: each belt can be taken off.

``FAULT_CARELESS`` names what is missing: ``ack`` (messages of the broker are acknowledged before
the work), ``lock`` (rows of the outbox are read, sent and marked without a lock on them).
"""

import os
from datetime import datetime

import django

django.setup()

from crm_site.celery import app  # noqa: E402 -- after the setup
from crm_site.outbox import delivery  # noqa: E402
from crm_site.outbox.models import Message  # noqa: E402

__all__ = ["app"]

missing = os.environ["FAULT_CARELESS"].split(",")


def deliver_unlocked(now: datetime, done: delivery.Delivered) -> bool:
    """Deliver the next message as the product does, but let others read it meanwhile."""
    waiting = Message.objects.filter(state=Message.State.WAITING, next_attempt_at__lte=now)
    message = waiting.exclude(channel=delivery.IN_APP).order_by("next_attempt_at", "pk").first()
    if message is None:
        return False
    address = delivery.resolve(message, now)
    if not isinstance(address, delivery.Address):
        raise TypeError(address)
    delivery._hand_over(message, address, now, done)
    message.save(update_fields=delivery.CHANGED)
    return True


if "lock" in missing:
    delivery._deliver_one = deliver_unlocked
if "ack" in missing:
    app.conf.task_acks_late = False
    app.conf.task_reject_on_worker_lost = False
