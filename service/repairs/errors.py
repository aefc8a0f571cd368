"""Refusals of repairs, in words for people."""

from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import RefusedError


class RepairRefusedError(RefusedError):
    """A step of a repair cannot be taken."""

    status = 409
    code = "repair"
    title = _("The repair stays as it is")
