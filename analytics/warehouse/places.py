"""What a person may see of the summary tables, and which places belong to coarser ones."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from crm_site.staff.models import OrgNode, User
from crm_site.staff.rules.organisation import NodeKind, Scope
from customers.models import Project


@dataclass(frozen=True, slots=True)
class Sight:
    """The projects and the consultants whose events one may see; None does not limit."""

    projects: frozenset[int] | None = None
    consultants: frozenset[int] | None = None


EVERYTHING = Sight()
NOTHING = Sight(frozenset(), frozenset())


def sight_of(user: Any) -> Sight:
    """Return what ``user`` may see: own events, the team's, the project's, the region's, or all."""
    scope, node = user.role_definition.scope, user.node
    if scope is Scope.COMPANY:
        return EVERYTHING
    if scope is Scope.NONE or node is None:
        return NOTHING
    if scope is Scope.OWN:
        return Sight(consultants=frozenset({user.pk}))
    if scope is Scope.TEAM:
        team = User.objects.filter(node=node).values_list("pk", flat=True)
        return Sight(consultants=frozenset(team))
    projects = Project.objects.filter(
        **{"pk": node.project_id} if scope is Scope.PROJECT else {"node__region": node.region_id}
    )
    return Sight(projects=frozenset(projects.values_list("pk", flat=True)))


def offered_places(sight: Sight) -> Mapping[str, Collection[int]]:
    """Return the projects and regions to choose from; no entry where there is no limit."""
    if sight.projects is None:
        return {}
    known = regions()
    return {"project": sight.projects, "region": {known.get(pk, 0) for pk in sight.projects}}


def regions() -> Mapping[int, int]:
    """Return the region of every project, 0 for none and for no project."""
    found = Project.objects.values_list("pk", "node__region_id")
    return {0: 0} | {pk: region or 0 for pk, region in found}


def teams() -> Mapping[int, int]:
    """Return the team everybody is in now, 0 for none and for nobody."""
    found = User.objects.values_list("pk", "node_id", "node__kind")
    is_team = NodeKind.TEAM.value
    return {0: 0} | {pk: node if kind == is_team else 0 for pk, node, kind in found}


def names_of(dimension: str) -> Mapping[int, str]:
    """Return the names of all places or people of a dimension."""
    if dimension == "project":
        return dict(Project.objects.values_list("pk", "name"))
    if dimension == "consultant":
        return {pk: name or login for pk, name, login in _people()}
    return dict(OrgNode.objects.filter(kind=dimension).values_list("pk", "name"))


def _people() -> Any:
    return User.objects.values_list("pk", "name", "username")
