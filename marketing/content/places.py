"""Whose a new row of content is."""

from django.utils.translation import gettext as _

from crm_site.common.refusals import NotAllowedError
from crm_site.staff.models import User
from customers.models import Project


def require(user: User, permission: str) -> None:
    """Raise NotAllowedError where ``user`` lacks the permission."""
    if not user.has_perm(permission):
        raise NotAllowedError(_("Your role cannot do this."), code="content")


def region_of(user: User, project: Project | None) -> int | None:
    """Return the region of the project, else that of the person; None for the whole company.

    Raise NotAllowedError for a project that the person does not see.
    """
    if project is None:
        return user.node.region_id if user.node is not None else None
    if not Project.objects.visible_to(user).filter(pk=project.pk).exists():
        raise NotAllowedError(_("This project is not yours."), code="scope")
    region: int | None = project.node.region_id
    return region
