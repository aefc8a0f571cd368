"""Refusals of claims, in words for people."""

from crm_site.common.refusals import RefusedError


class ClaimError(RefusedError):
    """A claim event or a decision cannot be written."""

    status = 409
    code = "claim"
