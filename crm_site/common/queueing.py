"""Handing work to a worker without needing the broker to be up (A-54).

A message is only the way to be quick: everything a worker is asked to do stands in a row that was
committed before, and a scheduled job sends again what no worker has taken. So a broker that is
away, restarted or emptied delays work and never fails the request that asked for it.
"""

import logging
import time
from functools import partial
from typing import Any

from celery.contrib.django.task import DjangoTask
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)
REST = 10.0  # seconds without another try after the broker did not answer
_away_until = 0.0


def queue(task: Any, *arguments: Any) -> bool:
    """Send ``task`` to the workers; False where the broker is away and the schedule must do it."""
    global _away_until
    if time.monotonic() < _away_until:
        return False
    try:
        task.apply_async(args=arguments, retry=False)
    except (OperationalError, OSError) as error:
        _away_until = time.monotonic() + REST
        logger.warning("%s waits for the schedule: %s", task.name, type(error).__name__)
        return False
    return True


class PatientTask(DjangoTask):  # type: ignore[misc]
    """A task whose asker does not wait for the broker."""

    def delay_on_commit(self, *arguments: Any) -> None:
        """Send the task once this transaction commits, if the broker is up then."""
        transaction.on_commit(partial(queue, self, *arguments))
