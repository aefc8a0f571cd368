"""Signs of life of worker and beat: each writes the time into Redis while it runs (PLT-37).

The worker writes with its own heartbeat, every two seconds from the moment it is connected; beat
writes on every turn of its loop. Neither needs the other, so the health page tells them apart.
"""

import logging
import time
from typing import Any

import redis
from django.conf import settings

logger = logging.getLogger(__name__)
KEY = "anju:alive:{part}"
WORKER = "worker"
BEAT = "beat"
QUEUE = "celery"
FORGOTTEN_AFTER = 7 * 86400
TIMEOUT = 2.0


def connect() -> redis.Redis:
    """Return a client of the broker that gives up after two seconds."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
    )


def sign(part: str, name: str, *, at: float) -> None:
    """Write that process ``name`` of ``part`` lives at ``at`` (Unix seconds)."""
    key = KEY.format(part=part)
    with connect() as client:
        client.hset(key, name, f"{at:.0f}")
        client.expire(key, FORGOTTEN_AFTER)


def signs(part: str) -> dict[str, int]:
    """Return the last sign (Unix seconds) of each process of ``part``; raises redis.RedisError."""
    with connect() as client:
        found = client.hgetall(KEY.format(part=part))
    return {str(name): int(at) for name, at in found.items()}  # type: ignore[union-attr]


def queue_length() -> int:
    """Return how many messages wait for a worker; raises redis.RedisError."""
    with connect() as client:
        return int(client.llen(QUEUE))  # type: ignore[arg-type]


def sign_or_log(part: str, name: str) -> None:
    """Write a sign of life now; a broker that is away must not stop the process."""
    try:
        sign(part, name, at=time.time())
    except redis.RedisError as error:
        logger.warning("no sign of life of %s written: %s", part, type(error).__name__)


def on_worker_heartbeat(sender: Any = None, **_: Any) -> None:
    """Write the worker's sign of life; called by Celery's worker."""
    sign_or_log(WORKER, str(sender.eventer.hostname))


def watch_worker() -> None:
    """Ask Celery to call ``on_worker_heartbeat`` with each heartbeat of a worker."""
    from celery.signals import heartbeat_sent

    heartbeat_sent.connect(on_worker_heartbeat, weak=False, dispatch_uid="anju-alive")
