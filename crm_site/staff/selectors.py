"""Who is above whom and who works where."""

from django.db.models import Q, QuerySet

from crm_site.staff.choices import role_label
from crm_site.staff.models import OrgNode, User
from crm_site.staff.rules.reporting import superior_roles


def lineage(node: OrgNode | None) -> list[int]:
    """Return the keys of a place and of all places above it, nearest first."""
    if node is None:
        return []
    place: OrgNode | None = OrgNode.objects.select_related("parent__parent__parent").get(pk=node.pk)
    keys: list[int] = []
    while place is not None:
        keys.append(place.pk)
        place = place.parent
    return keys


def superiors(user: User) -> list[User]:
    """Return whom matters of ``user`` escalate to, first step first.

    A consultant's are the supervisors of the team, then the executives of project and region.
    Within a role the nearest place comes first. Deactivated accounts are left out.
    """
    roles = superior_roles(user.role)
    places = lineage(user.node)
    if not roles or not places:
        return []
    found = User.objects.filter(is_active=True, role__in=roles, node__in=places).exclude(pk=user.pk)
    return sorted(
        found.select_related("node"),
        key=lambda other: (roles.index(other.role), places.index(other.node_id or 0), other.pk),
    )


def nearest_superiors(user: User) -> list[User]:
    """Return the superiors of ``user`` of the first level that has any: who leads that person."""
    found = superiors(user)
    return [one for one in found if (one.role, one.node_id) == (found[0].role, found[0].node_id)]


def helper_of(user: User) -> str:
    """Return who can help ``user`` where a right is missing: the nearest superior and the role.

    Without one it is an administrator of accounts, for these the security administrator; empty
    where there is nobody.
    """
    found = next(iter(superiors(user)), None) or _administrator(user)
    return f"{found.name} ({role_label(found.role)})" if found else ""


def _administrator(user: User) -> User | None:
    roles = ("secadmin", "sysadmin") if user.role == "sysadmin" else ("sysadmin", "secadmin")
    active = User.objects.filter(is_active=True, role__in=roles).exclude(pk=user.pk)
    return min(active, key=lambda one: (roles.index(one.role), one.pk), default=None)


def staff_under(node: OrgNode) -> QuerySet[User]:
    """Return the active accounts at ``node`` and below it."""
    places = OrgNode.objects.filter(
        Q(pk=node.pk) | Q(region=node.pk) | Q(project=node.pk) | Q(parent=node.pk)
    )
    active = User.objects.filter(is_active=True)
    return active if node.parent_id is None else active.filter(node__in=places)


def colleagues_of(user: User, *, also: int | None = None) -> QuerySet[User]:
    """Return whom ``user`` can name in work that no project bounds, by name.

    Those are the active accounts of the own region and of head office; for people of head office
    all. ``also`` is the key of one who stands there already and stays.
    """
    region = user.node.region_id if user.node is not None else None
    near = Q(is_active=True)
    if region is not None:
        near &= Q(node__region=region) | Q(node__region=None)
    return User.objects.filter(near | Q(pk=also)).order_by("name", "pk")


def consultants_in(node: OrgNode) -> QuerySet[User]:
    """Return the active sales consultants at ``node`` and below it, in order of their account."""
    return staff_under(node).filter(role="consultant").order_by("pk")
