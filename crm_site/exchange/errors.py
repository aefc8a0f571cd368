"""The few ways in which an import cannot go on."""

from django.utils.functional import Promise

from crm_site.common.refusals import RefusedError


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
