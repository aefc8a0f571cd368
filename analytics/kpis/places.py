"""The places figures are read for, and which of them somebody may ask about."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Q

from analytics.kpis.kinds import COMPANY, Kpi, Place, ScopeKind
from analytics.kpis.registry import all_kpis
from crm_site.staff.models import OrgNode, User
from crm_site.staff.rules.organisation import NodeKind, Scope

VIEW: Final = "analytics.view_kpis"
VIEW_REPORTS: Final = "analytics.view_reviews"  # of managers
NODES: Final = {
    ScopeKind.REGION: NodeKind.REGION.value,
    ScopeKind.PROJECT: NodeKind.PROJECT.value,
    ScopeKind.TEAM: NodeKind.TEAM.value,
}
KIND_OF_NODE: Final = {node: kind for kind, node in NODES.items()}
OWN_ONLY: Final = ("agent",)  # serve a region, but read their own figures
SELLER: Final = "consultant"


def all_places() -> list[Place]:
    """Return every place there is, widest first; consultants who work here. Two queries."""
    nodes = OrgNode.objects.exclude(kind=NodeKind.HEAD_OFFICE.value).order_by("kind", "pk")
    places = [Place(KIND_OF_NODE[kind], pk) for pk, kind in nodes.values_list("pk", "kind")]
    order = list(ScopeKind)
    places.sort(key=lambda place: (order.index(place.kind), place.id or 0))
    sellers = User.objects.filter(role=SELLER, is_active=True).order_by("pk")
    people = [Place(ScopeKind.CONSULTANT, pk) for pk in sellers.values_list("pk", flat=True)]
    return [COMPANY, *places, *people]


def of_kind(places: Iterable[Place], kind: ScopeKind) -> list[Place]:
    """Return the places of one kind."""
    return [place for place in places if place.kind is kind]


def home_of(user: Any) -> Place | None:
    """Return the widest place whose figures ``user`` may see, None without any."""
    if not user.is_authenticated or not user.has_perm(VIEW):
        return None
    scope = Scope.OWN if user.role in OWN_ONLY else user.role_definition.scope
    if scope is Scope.COMPANY:
        return COMPANY
    node = user.node
    if node is None or scope is Scope.NONE:
        return None
    kind, key = {
        Scope.OWN: (ScopeKind.CONSULTANT, user.pk),
        Scope.TEAM: (ScopeKind.TEAM, node.pk),
        Scope.PROJECT: (ScopeKind.PROJECT, node.project_id),
        Scope.REGION: (ScopeKind.REGION, node.region_id),
    }[scope]
    return None if key is None else Place(kind, key)


def may_see(user: Any, place: Place) -> bool:
    """Return whether ``user`` may see the figures of a place: its own and those below it."""
    home = home_of(user)
    if home is None:
        return False
    if home in (COMPANY, place):
        return _exists(place)
    if place.kind is ScopeKind.COMPANY or home.kind is ScopeKind.CONSULTANT:
        return False
    if place.kind is ScopeKind.CONSULTANT:
        return User.objects.filter(_below(home, prefix="node__"), pk=place.key).exists()
    nodes = OrgNode.objects.filter(_below(home), pk=place.key, kind=NODES[place.kind])
    return nodes.exists()


def places_of(user: Any) -> list[tuple[Place, str]]:
    """Return the places ``user`` may choose with their names, widest first; two queries."""
    home = home_of(user)
    if home is None:
        return []
    if home.kind is ScopeKind.CONSULTANT:
        return [(home, user.name)]
    nodes = OrgNode.objects.exclude(kind=NodeKind.HEAD_OFFICE.value).filter(_below(home))
    found = [
        (Place(KIND_OF_NODE[kind], pk), name)
        for pk, kind, name in nodes.order_by("code").values_list("pk", "kind", "name")
    ]
    order = list(ScopeKind)
    found.sort(key=lambda each: order.index(each[0].kind))
    sellers = User.objects.filter(role=SELLER, is_active=True).filter(_below(home, prefix="node__"))
    people = sellers.order_by("name", "pk").values_list("pk", "name")
    whole = [(COMPANY, "")] if home == COMPANY else []
    return [*whole, *found, *((Place(ScopeKind.CONSULTANT, pk), name) for pk, name in people)]


def name_of(place: Place) -> str:
    """Return the name of a place, empty for the company."""
    if place.kind is ScopeKind.COMPANY:
        return ""
    if place.kind is ScopeKind.CONSULTANT:
        return User.objects.filter(pk=place.key).values_list("name", flat=True).first() or ""
    return OrgNode.objects.filter(pk=place.key).values_list("name", flat=True).first() or ""


def kpis_for(user: Any) -> list[Kpi]:
    """Return the KPIs whose rows ``user`` may see."""
    if not user.has_perm(VIEW):
        return []
    return [kpi for kpi in all_kpis() if user.has_perm(kpi.right)]


def _exists(place: Place) -> bool:
    if place.kind is ScopeKind.COMPANY:
        return True
    if place.kind is ScopeKind.CONSULTANT:
        return User.objects.filter(pk=place.key).exists()
    return OrgNode.objects.filter(pk=place.key, kind=NODES[place.kind]).exists()


def _below(home: Place, *, prefix: str = "") -> Q:
    """Return the condition of nodes in and below a place."""
    if home.kind is ScopeKind.COMPANY:
        return Q()
    if home.kind is ScopeKind.TEAM:
        return Q(**{f"{prefix}pk": home.id})
    return Q(**{f"{prefix}{home.kind.value}": home.id})
