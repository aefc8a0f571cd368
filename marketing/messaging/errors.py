"""What messaging does not do, with the reason."""

from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import RefusedError


class MessagingError(RefusedError):
    """A batch, flow or experiment that cannot go on like this; the message says what to do."""

    code = "messaging"
    title = _("This cannot be sent like this")
