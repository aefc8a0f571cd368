"""The refusals every door understands: services raise them, pages and API answer alike."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class RefusedError(Exception):
    """An action that is not carried out; the message is written for the person who tried.

    Nothing was changed. `status` is the HTTP status of the answer, `code` the stable name of the
    reason in the API, `extra` further members of the problem document.
    """

    status = 409
    code = "conflict"
    title: str | Promise = _("This cannot be done now")

    def __init__(self, message: str | Promise = "", *, code: str = "", **extra: object) -> None:
        super().__init__(str(message))
        self.message = message or self.title
        self.code = code or self.code
        self.extra = extra

    def __str__(self) -> str:
        return str(self.message)


class StaleError(RefusedError):
    """Somebody changed the record between reading and saving it."""

    code = "stale"
    title = _("Somebody else changed this record meanwhile")


class NotAllowedError(RefusedError):
    """The person may see the record but not do this with it; `ask` names who may."""

    status = 403
    code = "not-allowed"
    title = _("You may not do this")


class UnavailableError(RefusedError):
    """Something needed is away for a moment; `retry_after` (seconds) says when to come back."""

    status = 503
    code = "service-unavailable"
    title = _("The system is not available for a moment")

    def __init__(self, message: str | Promise = "", *, retry_after: int = 30) -> None:
        super().__init__(message, retry_after=retry_after)
        self.retry_after = retry_after


class TooManyError(RefusedError):
    """A limit per time is used up; `retry_after` (seconds) says when to come back."""

    status = 429
    code = "too-many-requests"
    title = _("Too many requests")

    def __init__(self, message: str | Promise = "", *, retry_after: int = 60) -> None:
        super().__init__(message, retry_after=retry_after)
        self.retry_after = retry_after
