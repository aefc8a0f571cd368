"""Refusals of surveys, in words for people."""

from crm_site.common.refusals import RefusedError


class SurveyError(RefusedError):
    """A survey, plan or report cannot be written like this."""

    status = 409
    code = "survey"


class TooManyGuessesError(RefusedError):
    """Too many wrong links from one address."""

    status = 429
    code = "too-many-links"
