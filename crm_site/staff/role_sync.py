"""Mirrors the role table into Django's groups, for tools that look there (PLT-13)."""

from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import timezone

from crm_site.audit.services import record
from crm_site.staff.rules.roles import ROLES


class UnknownPermissionError(LookupError):
    """The role table names permissions that no model declares; the message lists them."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What a run changed."""

    roles: int
    created: int
    removed: int
    granted: int
    withdrawn: int


@transaction.atomic
def sync_roles() -> Synced:
    """Make groups and permissions equal to the role table; return what changed.

    Raises UnknownPermissionError, before anything is written, for a permission nobody declares.
    Groups are named like roles; groups with other names are removed.
    """
    known = _permissions()
    groups = {group.name: group for group in Group.objects.select_for_update()}
    missing = [key for key in ROLES if key not in groups]
    made = Group.objects.bulk_create([Group(name=key) for key in missing])
    groups |= {group.name: group for group in made}
    spare = [group.pk for name, group in groups.items() if name not in ROLES]
    Group.objects.filter(pk__in=spare).delete()

    wanted = {(groups[key].pk, known[name]) for key, role in ROLES.items() for name in role.may}
    grants = Group.permissions.through
    present = set(grants.objects.values_list("group_id", "permission_id"))
    grants.objects.bulk_create(
        [grants(group_id=group, permission_id=right) for group, right in wanted - present]
    )
    surplus = present - wanted
    for group, right in surplus:
        grants.objects.filter(group_id=group, permission_id=right).delete()
    synced = Synced(len(ROLES), len(missing), len(spare), len(wanted - present), len(surplus))
    if synced.created or synced.removed or synced.granted or synced.withdrawn:
        facts = {"granted": synced.granted, "withdrawn": synced.withdrawn}
        record(kind="staff.roles_synced", actor=None, facts=facts, now=timezone.now())
    return synced


def _permissions() -> dict[str, int]:
    """Return the id of every permission that the role table names."""
    rows = Permission.objects.values_list("content_type__app_label", "codename", "pk")
    known = {f"{app}.{codename}": pk for app, codename, pk in rows}
    unknown = {name for role in ROLES.values() for name in role.may} - known.keys()
    if unknown:
        raise UnknownPermissionError(", ".join(sorted(unknown)))
    return known
