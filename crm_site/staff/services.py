"""Changes to the organisation and to accounts; each writes its audit event (PLT-02, PLT-14)."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from knox.models import AuthToken

from crm_site.audit.services import record
from crm_site.staff.leaving import WorkOpenError, blockers
from crm_site.staff.models import OrgNode, User, new_session_stamp
from crm_site.staff.rules.organisation import PARENT_KIND, NodeKind
from crm_site.staff.rules.reporting import ADMINISTRATIVE_ROLES
from crm_site.staff.rules.roles import ROLES


@transaction.atomic
def create_node(
    *,
    kind: str,
    code: str,
    name: str,
    parent: OrgNode | None,
    actor: User | None = None,
    now: datetime | None = None,
) -> OrgNode:
    """Create a place under ``parent``; a region's region and a project's project are itself.

    Raises ValidationError when ``parent`` is not of the level above ``kind``.
    """
    wanted = PARENT_KIND[NodeKind(kind)]
    if (parent.kind if parent else None) != wanted:
        raise ValidationError(_("Choose a place of the level above as the parent."))
    node = OrgNode.objects.create(
        kind=kind,
        code=code,
        name=name,
        parent=parent,
        region_id=parent.region_id if parent else None,
        project_id=parent.project_id if parent else None,
    )
    own_level = {NodeKind.REGION: "region", NodeKind.PROJECT: "project"}.get(NodeKind(kind))
    if own_level:
        setattr(node, own_level, node)
        node.save(update_fields=[own_level])
    _record("staff.node_created", actor, now, subject=("node", node.pk), level=str(kind))
    return node


@transaction.atomic
def create_user(  # noqa: PLR0913 -- one flat call, keyword-only
    *,
    username: str,
    name: str,
    role: str,
    node: OrgNode | None,
    password: str | None = None,
    employee_no: str = "",
    actor: User | None = None,
    now: datetime | None = None,
) -> User:
    """Create an account; without ``password`` it opens only through a set-password link.

    Raises PermissionDenied when ``actor`` may not give that role.
    """
    _require_may_assign(actor, role)
    user = User(username=username, name=name, role=role, node=node, employee_no=employee_no)
    user.set_password(password)
    user.save()
    _record("staff.user_created", actor, now, subject=("user", user.pk), role=role)
    return user


@transaction.atomic
def change_role(
    *, user: User, role: str, actor: User | None, now: datetime | None = None, reason: str = ""
) -> User:
    """Give ``user`` another role and end all sessions and tokens, so that old rights end at once.

    Raises PermissionDenied for one's own role and for roles ``actor`` may not give or take.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if actor is not None and actor.pk == user.pk:
        raise PermissionDenied("own role")
    _require_may_assign(actor, role)
    _require_may_assign(actor, user.role)
    if user.role == role:
        return user
    before, user.role = user.role, role
    user.save(update_fields=["role"])
    end_sessions(user=user)
    _record(
        "staff.role_changed", actor, now, subject=("user", user.pk), reason=reason,
        before=before, after=role,
    )  # fmt: skip
    return user


@transaction.atomic
def move_user(
    *, user: User, node: OrgNode | None, actor: User | None, now: datetime | None = None
) -> User:
    """Let ``user`` work at another place; what they see changes with the next request."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if actor is not None and actor.pk == user.pk:
        raise PermissionDenied("own place")
    if user.node_id == (node.pk if node else None):
        return user
    before, user.node = user.node_id, node
    user.save(update_fields=["node"])
    _record(
        "staff.user_moved", actor, now, subject=("user", user.pk),
        before=before, after=user.node_id,
    )  # fmt: skip
    return user


@transaction.atomic
def deactivate(
    *, user: User, actor: User | None, now: datetime | None = None, reason: str = ""
) -> User:
    """Close an account at once: no login, session or token; PermissionDenied for one's own.

    Raise ``WorkOpenError`` while work remains that would be left without anybody (CUS-50, A-08).
    The account is locked, so that nothing is assigned to it between the look and the closing.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if actor is not None and actor.pk == user.pk:
        raise PermissionDenied("own account")
    if not user.is_active:
        return user
    if left := blockers(user):
        raise WorkOpenError(left)
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user=user)
    _record("staff.user_deactivated", actor, now, subject=("user", user.pk), reason=reason)
    return user


@transaction.atomic
def reactivate(*, user: User, actor: User | None, now: datetime | None = None) -> User:
    """Open a closed account again; sessions and tokens of before stay dead."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active:
        return user
    user.is_active = True
    user.save(update_fields=["is_active"])
    _record("staff.user_reactivated", actor, now, subject=("user", user.pk))
    return user


def end_sessions(*, user: User) -> None:
    """End every session and API token of ``user``; old cookies never open again."""
    user.session_stamp = new_session_stamp()
    user.save(update_fields=["session_stamp"])
    AuthToken.objects.filter(user=user).delete()


def may_assign(actor: User, role: str) -> bool:
    """Tell whether ``actor`` may give or take ``role``; administrative ones need manage_roles."""
    if role not in ROLES:
        return False
    if actor.has_perm("staff.manage_roles"):
        return True
    return actor.has_perm("staff.manage_users") and role not in ADMINISTRATIVE_ROLES


def _require_may_assign(actor: User | None, role: str) -> None:
    """Raise unless ``actor`` (None: the system itself) may give ``role``."""
    if role not in ROLES:
        raise ValidationError(_("There is no such role."))
    if actor is not None and not may_assign(actor, role):
        raise PermissionDenied(f"role {role}")


def _record(
    kind: str,
    actor: User | None,
    now: datetime | None,
    *,
    subject: tuple[str, int],
    reason: str = "",
    **facts: object,
) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=subject,
        reason=reason,
        facts=dict(facts),
        now=now or timezone.now(),
    )
