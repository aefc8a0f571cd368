"""Refusals of reports and reviews, in words for people."""

from crm_site.common.refusals import RefusedError


class ReviewError(RefusedError):
    """A report, measure or review cannot be written like this."""

    status = 409
    code = "review"
