"""Which places a person may read figures for, and which one is meant (PLT-02).

A place is offered only if all of it lies within the scope of the person, so that the figures of a
place are the same for everybody who may ask for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from analytics.dashboards.boards import Board
from analytics.kpis.kinds import COMPANY, Place, ScopeKind
from crm_site.staff.models import OrgNode, User
from crm_site.staff.rules.organisation import NodeKind, Scope

KINDS: Final = {
    NodeKind.REGION.value: ScopeKind.REGION,
    NodeKind.PROJECT.value: ScopeKind.PROJECT,
    NodeKind.TEAM.value: ScopeKind.TEAM,
}
COLUMNS: Final = {Scope.REGION: "region", Scope.PROJECT: "project", Scope.TEAM: "pk"}
SELLERS: Final = ("consultant", "supervisor")


@dataclass(frozen=True, slots=True)
class Choice:
    """A place one may choose, with its name; the value is how the address writes it."""

    place: Place
    name: str

    @property
    def value(self) -> str:
        """Return the place as the address writes it: project-7, company."""
        return value_of(self.place)


def value_of(place: Place) -> str:
    """Return a place as the address writes it."""
    return place.kind.value if place.id is None else f"{place.kind.value}-{place.id}"


def choices_for(user: User, board: Board) -> list[Choice]:
    """Return the places of a dashboard that lie within a person's scope, by name, widest first."""
    scope = user.role_definition.scope
    found: list[Choice] = []
    if scope is Scope.COMPANY and ScopeKind.COMPANY in board.kinds:
        found.append(Choice(COMPANY, _("Whole company")))
    nodes = _nodes(user, board.kinds)
    order = list(ScopeKind)
    choices = [Choice(Place(KINDS[node.kind], node.pk), node.name) for node in nodes]
    found += sorted(choices, key=lambda one: (order.index(one.place.kind), one.name))
    if ScopeKind.CONSULTANT in board.kinds:
        found += _people(user)
    return found


def chosen(choices: Iterable[Choice], value: str) -> Choice | None:
    """Return the choice that an address names, None for any other place."""
    return next((one for one in choices if one.value == value), None)


def preset(choices: list[Choice], user: User, *, project: int | None = None) -> Choice | None:
    """Return where a person begins: the project looked at, the own place, else the first."""
    own = {user.node_id, user.pk if user.role in SELLERS else None}
    if project is not None:
        for one in choices:
            if one.place == Place(ScopeKind.PROJECT, project):
                return one
    for one in choices:
        if one.place.id in own and one.place.id is not None:
            return one
    return choices[0] if choices else None


def _nodes(user: User, kinds: tuple[ScopeKind, ...]) -> list[OrgNode]:
    wanted = [kind.value for kind in kinds if kind.value in KINDS]
    scope, node = user.role_definition.scope, user.node
    if not wanted or scope in {Scope.NONE, Scope.OWN}:
        return []
    nodes = OrgNode.objects.filter(kind__in=wanted).only("pk", "kind", "name")
    if scope is Scope.COMPANY:
        return list(nodes)
    return [] if node is None else list(nodes.filter(**{COLUMNS[scope]: node.pk}))


def _people(user: User) -> list[Choice]:
    """Return the sellers within a person's scope; who sees own customers only sees oneself."""
    scope, node = user.role_definition.scope, user.node
    if scope is Scope.OWN:
        return [Choice(Place(ScopeKind.CONSULTANT, user.pk), user.name)]
    people = User.objects.filter(is_active=True, role__in=SELLERS).order_by("name", "pk")
    if scope is not Scope.COMPANY:
        if node is None or scope is Scope.NONE:
            return []
        under = Q(node=node) | Q(node__region=node) | Q(node__project=node)
        people = people.filter(under)
    return [
        Choice(Place(ScopeKind.CONSULTANT, pk), name)
        for pk, name in people.values_list("pk", "name")
    ]
