"""What win-back refuses."""

from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import RefusedError


class WinbackError(RefusedError):
    """The case does not allow it as it stands; the message says what to do."""

    code = "winback-refused"
    title = _("This case does not allow it now")
