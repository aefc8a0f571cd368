"""Sessions in PostgreSQL with a short copy in the cache; an ended one stays ended (A-16, A-54)."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import cached_db, db
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, OperationalError

from crm_site.common.cache import ForgivingCache

COPY_SECONDS = 60


class SessionStore(cached_db.SessionStore):
    """Django's cached sessions, except for what happens while the cache is away.

    The copy lives at most a minute. A session that ends while its copy cannot be dropped ends all
    sessions of its account, so that the copy opens nothing once the server is back.
    """

    _copy_remains = False
    _cache: ForgivingCache

    def load(self) -> dict[str, Any]:
        """Return the data of the session, empty where it has ended."""
        data: dict[str, Any] | None = self._cache.get(self.cache_key)
        if data is not None:
            return data
        found = self._get_session_from_db()  # type: ignore[attr-defined]
        if not found:
            return {}
        data = self.decode(found.session_data)
        self._keep_copy(data, self.get_expiry_age(expiry=found.expire_date))
        return data

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 -- Django's own
        """Write the session; a copy that cannot be renewed is dropped.

        A database that is away is raised as that: Django takes it for a session that was ended
        meanwhile and blames the request.
        """
        try:
            db.SessionStore.save(self, must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError | InterfaceError):
                raise error.__context__ from None
            raise
        if self._cache.is_away:
            self._cache.delete(self.cache_key)
        else:
            self._keep_copy(dict(self.items()), self.get_expiry_age())

    def delete(self, session_key: str | None = None) -> None:
        """Delete the session and its copy."""
        db.SessionStore.delete(self, session_key)
        key = session_key or self.session_key
        if key:
            self._copy_remains = self._cache.delete(self.cache_key_prefix + key) is None

    def flush(self) -> None:
        """End the session for good, those of all devices where its copy could not be dropped."""
        account = self.get(SESSION_KEY)
        super().flush()
        if account and self._copy_remains:
            _end_all(account)

    def _keep_copy(self, data: dict[str, Any], seconds: int) -> None:
        self._cache.set(self.cache_key, data, min(seconds, COPY_SECONDS))


def _end_all(account: str) -> None:
    """Make every session of the account invalid; its tokens stay."""
    from crm_site.staff.models import User, new_session_stamp

    User.objects.filter(pk=account).update(session_stamp=new_session_stamp())
