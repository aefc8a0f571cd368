"""What can keep the desk from taking something in."""

from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import RefusedError


class IngressError(RefusedError):
    """What came from outside cannot be read."""

    status = 400
    code = "unreadable"
    title = _("The report cannot be read")


class IngressTooLongError(IngressError):
    """What came from outside is longer than any report."""

    status = 413
    code = "too_long"


class IngressSignatureError(RefusedError):
    """What came from outside is not signed with the shared secret, or too old."""

    status = 403
    code = "signature"
    title = _("The report is not believed")
