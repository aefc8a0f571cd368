"""Refusals of groups and crises, in words for people."""

from crm_site.common.refusals import RefusedError


class GroupError(RefusedError):
    """Something cannot be done with a group or a crisis now."""

    status = 409
    code = "ticket-group"
