"""Refusals of owner care, in words for people."""

from django.utils.translation import gettext_lazy

from crm_site.common.refusals import RefusedError


class CareError(RefusedError):
    """Something of owner care cannot be done now; the message says what to do."""

    status = 409
    code = "care"
    title = gettext_lazy("This cannot be done now")
