"""Refusals of experience, in words for people."""

from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import RefusedError


class ExperienceRefusedError(RefusedError):
    """Something cannot be written."""

    status = 409
    code = "experience"
    title = _("Nothing was changed")
