"""Accounts and places as things that events and messages point at."""

from typing import Any

from django.db.models import QuerySet

from crm_site.common.subjects import Subject, register_subject
from crm_site.staff.models import OrgNode, User


def register_subjects() -> None:
    """Register ``user`` and ``node``."""
    register_subject(
        Subject(
            kind="user",
            model="staff.User",
            visible_to=users_visible_to,
            title=str,
            url_name="staff:user-detail",
        )
    )
    register_subject(
        Subject(kind="node", model="staff.OrgNode", visible_to=nodes_visible_to, title=str)
    )


def users_visible_to(user: Any) -> QuerySet[User]:
    """Return the accounts ``user`` may see by name: all for those who manage or audit them."""
    may = ("staff.manage_users", "staff.manage_roles", "audit.view_auditevent")
    if not any(user.has_perm(permission) for permission in may):
        return User.objects.filter(pk=user.pk)
    return User.objects.all()


def nodes_visible_to(user: Any) -> QuerySet[OrgNode]:
    """Return the places; the organisation chart is no secret among staff."""
    return OrgNode.objects.all() if user.is_authenticated else OrgNode.objects.none()
