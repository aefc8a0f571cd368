"""The product's Celery application with imports slow enough to be killed in the middle."""

import time

import django

django.setup()

from crm_site.celery import app  # noqa: E402 -- after the setup
from crm_site.exchange.services import reverting, running  # noqa: E402

__all__ = ["app"]

PAUSE = 0.5
run_on, back_on = running._progress, reverting._progress


def write_slowly(job, part, outcome, now):
    """Note the progress, then dawdle inside the transaction of the part."""
    run_on(job, part, outcome, now)
    time.sleep(PAUSE)


def revert_slowly(job, undone, now):
    """Note the progress, then dawdle inside the transaction of the part."""
    back_on(job, undone, now)
    time.sleep(PAUSE)


running._progress = write_slowly
reverting._progress = revert_slowly
