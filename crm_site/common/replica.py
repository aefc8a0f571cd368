"""Reads of figures from a copy of the database; everything else stays on the primary.

Only code that asks for ``reading_alias()`` ever reads from the copy. Who has written something in
this request reads from the primary until it ends, so nobody misses what they just did. A copy that
does not answer is left alone for a while.
"""

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.http import HttpRequest, HttpResponse

REPLICA: Final = "replica"
REST_SECONDS: Final = 30.0

logger = logging.getLogger(__name__)
_has_written: ContextVar[bool] = ContextVar("has_written", default=False)
_down_until: dict[str, float] = {REPLICA: 0.0}


def reading_alias() -> str:
    """Return the alias from which figures are read now."""
    if REPLICA not in connections.databases or _has_written.get():
        return DEFAULT_DB_ALIAS
    if time.monotonic() < _down_until[REPLICA]:
        return DEFAULT_DB_ALIAS
    try:
        connections[REPLICA].ensure_connection()
    except OperationalError:
        logger.warning("the replica does not answer; figures are read from the primary")
        _down_until[REPLICA] = time.monotonic() + REST_SECONDS
        return DEFAULT_DB_ALIAS
    return REPLICA


def stay_on_primary() -> None:
    """Read from the primary until the request ends; for writes that go past the models."""
    _has_written.set(True)


class ReplicaRouter:
    """Sends every write to the primary and remembers it; no read is sent anywhere by itself."""

    def db_for_read(self, _model: Any, **_hints: Any) -> None:
        """Return nothing: a read stays where it was asked."""

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        """Return the primary, also for a record that was read from the copy."""
        stay_on_primary()
        return DEFAULT_DB_ALIAS

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        """Return true: both hold the same rows."""
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool | None:
        """Return false for the copy, which follows the primary by itself."""
        return False if db == REPLICA else None


class ReplicaMiddleware:
    """Lets each request begin without a write of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _has_written.set(False)
        try:
            return self.get_response(request)
        finally:
            _has_written.reset(token)
