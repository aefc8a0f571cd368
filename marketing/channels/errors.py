"""Refusals of channels, in words for people."""

from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import RefusedError


class ChannelError(RefusedError):
    """A change of a channel or of what hangs on it cannot be written."""

    status = 409
    code = "channel"


class PartnerRefusedError(ChannelError):
    """The partner may not bring leads now; nothing was written."""

    code = "partner-refused"
    title = _("Leads of this partner are not taken")


class IntakeError(RefusedError):
    """What came from outside cannot be read."""

    status = 400
    code = "unreadable"
    title = _("The lead cannot be read")


class IntakeTooLongError(IntakeError):
    """What came from outside is longer than any lead."""

    status = 413
    code = "too_long"


class IntakeSignatureError(RefusedError):
    """What came from outside is not signed with the shared secret, or too old."""

    status = 403
    code = "signature"
    title = _("The lead is not believed")
