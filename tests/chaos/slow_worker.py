"""The product's Celery application with a sweep slow enough to be killed in the middle."""

import time

import django

django.setup()

from crm_site.celery import app  # noqa: E402 -- after the setup
from customers.services import reminders  # noqa: E402

__all__ = ["app"]

PAUSE = 0.4
send_many = reminders.send_many


def send_slowly(messages, *, now):
    """Write the messages, then dawdle inside the transaction."""
    sent = send_many(messages, now=now)
    time.sleep(PAUSE)
    return sent


reminders.BATCH = 10
reminders.send_many = send_slowly
