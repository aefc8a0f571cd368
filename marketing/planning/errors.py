"""Refusals of planning, in words for people."""

from crm_site.common.refusals import RefusedError


class SheetError(RefusedError):
    """A comparison sheet cannot be handed over as things stand."""

    status = 409
    code = "comparison-sheet"
