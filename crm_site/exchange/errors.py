"""The few ways in which an import cannot go on."""

from django.db import OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import RefusedError

DISK_FULL = "53100"  # PostgreSQL's code
NO_ROOM = _(
    "The database has no room left. Nothing is half-written. Tell whoever runs the system; once "
    "there is room, go on."
)


def is_full(error: OperationalError) -> bool:
    """Return whether the database refused because its disk is full."""
    return getattr(error.__cause__, "pgcode", None) == DISK_FULL


class ExchangeError(Exception):
    """An import cannot go on; ``message`` tells the person why and what to do."""

    def __init__(self, message: str | Promise, *, code: str) -> None:
        super().__init__(str(message))
        self.message = message
        self.code = code


class UnreadableFileError(ExchangeError):
    """The file is no table that can be read."""


class MappingError(ExchangeError):
    """The columns cannot be imported as mapped."""


class JobStateError(RefusedError):
    """The import is not in a state in which this step is possible."""
