"""Celery's scheduler, which says in Redis that it lives."""

import socket
import time
from typing import Any

from celery.beat import PersistentScheduler

from crm_site.common.liveness import BEAT, sign_or_log

SECONDS_BETWEEN_SIGNS = 5


class LivingScheduler(PersistentScheduler):
    """The scheduler that ``beat`` runs; one turn of its loop takes seconds, never minutes."""

    _signed_at = 0.0
    max_interval = SECONDS_BETWEEN_SIGNS

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; return the seconds to wait."""
        if time.monotonic() - self._signed_at >= SECONDS_BETWEEN_SIGNS:
            sign_or_log(BEAT, socket.gethostname())
            self._signed_at = time.monotonic()
        return min(float(super().tick(*args, **kwargs)), SECONDS_BETWEEN_SIGNS)
