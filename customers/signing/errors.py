"""What can go wrong on the way to a signature, in the words of the person who tried."""

from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import RefusedError


class SigningError(RefusedError):
    """The contract cannot be sent for signature, or not taken back (CUS-65)."""

    code = "signing"
    title = _("The contract cannot be signed online like this")


class DeskError(RefusedError):
    """The desk cannot be booked (CUS-66)."""

    code = "signing-desk"
    title = _("The desk cannot be booked")


class CallbackError(RefusedError):
    """A report of the provider that is not believed or cannot be read; nothing was written."""

    status = 400
    code = "signing-callback"
    title = _("The report cannot be read")


class CallbackSignatureError(CallbackError):
    """The report does not bear the provider's signature, or an old one."""

    status = 403
    code = "signing-signature"
    title = _("The signature of the report is wrong")


class ProviderError(Exception):
    """The provider did not answer, or asks to come back: try again later."""


class ProviderRefusedError(ProviderError):
    """The provider will never take this."""
