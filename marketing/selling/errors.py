"""What selling refuses."""

from crm_site.common.refusals import RefusedError


class SellingError(RefusedError):
    """The step is not possible now; the message says what to do."""

    code = "selling"
