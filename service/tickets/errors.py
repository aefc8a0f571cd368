"""Refusals of tickets, in words for people."""

from collections.abc import Sequence

from crm_site.common.refusals import RefusedError


class TicketError(RefusedError):
    """Something cannot be done with a ticket now."""

    status = 409
    code = "ticket"


class NotClosableError(TicketError):
    """A ticket lacks parts of its closed loop; ``missing`` names them (SVC-05)."""

    status = 400
    code = "ticket-not-closable"

    def __init__(self, message: str, *, missing: Sequence[str] = ()) -> None:
        super().__init__(message, missing=list(missing))
        self.missing = list(missing)
