"""A cache that may go away: pages are served without it, only slower (A-54).

What must not be forgotten is not kept here but in PostgreSQL. What must be counted is counted in
the cache named ``counters``, which raises when Redis is away: each limit decides for itself.
"""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.utils.connection import ConnectionProxy
from redis import RedisError

logger = logging.getLogger(__name__)
REST = 2.0  # seconds without a question to a server that did not answer
AWAY = (RedisError, OSError)
Answer = TypeVar("Answer")
counters = ConnectionProxy(caches, "counters")


class SteadyClient(RedisCacheClient):
    """One client for each pool: making one anew costs more than the question it asks."""

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """Return the client of the server to ask; clients may be shared by threads."""
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]
        found = self.__dict__.setdefault("_clients", {})
        if pool not in found:
            found[pool] = super().get_client(key, write=write)
        return found[pool]


class ForgivingCache(RedisCache):
    """Redis as a cache whose absence is a miss.

    After a failure nothing is read or filled for two seconds, so that a server that does not even
    refuse costs one time-out in a while instead of one per question. Deleting is always tried:
    other processes may still reach the server. ``add`` and ``incr`` raise, because a lock or a
    counter that forgets is none.
    """

    _away_until: ClassVar[float] = 0.0

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        """Ask through clients that are kept."""
        super().__init__(server, params)
        self._class = SteadyClient

    @property
    def is_away(self) -> bool:
        """Whether the server did not answer a moment ago."""
        return time.monotonic() < ForgivingCache._away_until

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return the value, `default` where there is none or no server."""
        work = super().get
        return self._asked(lambda: work(key, default, version), default)

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """Return the values there are."""
        work = super().get_many
        return self._asked(lambda: work(keys, version), {})

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Tell whether there is a value."""
        work = super().has_key
        return bool(self._asked(lambda: work(key, version), None))

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Keep the value, unless there is no server."""
        work = super().set
        self._asked(lambda: work(key, value, timeout, version), None)

    def set_many(
        self,
        data: dict[Any, Any],
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> list[Any]:
        """Keep the values; return the keys that were not kept."""
        work = super().set_many
        return self._asked(lambda: work(data, timeout, version), list(data))

    def delete(self, key: Any, version: int | None = None) -> bool | None:  # type: ignore[override]
        """Tell whether there was a value; None where the server could not be told to drop it."""
        work = super().delete
        return self._tried(lambda: work(key, version), None)

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        """Drop the values; where there is no server they end with their time."""
        work = super().delete_many
        self._tried(lambda: work(keys, version), None)

    def _asked(self, work: Callable[[], Answer], otherwise: Answer) -> Answer:
        return otherwise if self.is_away else self._tried(work, otherwise)

    def _tried(self, work: Callable[[], Answer], otherwise: Answer) -> Answer:
        try:
            return work()
        except AWAY as error:
            ForgivingCache._away_until = time.monotonic() + REST
            logger.warning("the cache does not answer: %s", type(error).__name__)
            return otherwise
