"""Refusals of segments, in words for people."""

from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import RefusedError


class SegmentError(RefusedError):
    """A segment, opportunity or recommendation cannot be written like this."""

    status = 409
    code = "segment"
    title = _("This cannot be done with the segment now")
