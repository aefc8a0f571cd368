"""Refusals of improvement, in words for people."""

from crm_site.common.refusals import RefusedError


class ImprovementError(RefusedError):
    """A programme, item, appraisal or reward cannot be written like this."""

    status = 409
    code = "improvement"
