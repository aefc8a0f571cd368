"""Refusals of content, in words for people."""

from crm_site.common.refusals import RefusedError


class ContentError(RefusedError):
    """A step of an advert, a story, a session or a group that cannot be taken now."""

    status = 409
    code = "content"
