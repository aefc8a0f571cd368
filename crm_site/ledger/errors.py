"""Why an entry is not written, in words for people."""

from django.utils.translation import gettext_lazy

from crm_site.common.refusals import RefusedError


class LedgerError(RefusedError):
    """The entry cannot be written."""

    status = 409
    code = "ledger"
    title = gettext_lazy("The entry is not written")


class OverdrawnError(LedgerError):
    """The balance does not cover the amount."""

    code = "overdrawn"


class KeyReusedError(LedgerError):
    """The key belongs to an entry of another amount."""

    code = "key-reused"
