"""Which project a person looks at who may see several; narrows pages, guards nothing.

What one may see is decided by ``visible_to`` alone. The choice is kept in the session; lists hand
it on in their query (``within``), so that a bulk change or an export means the rows that were seen.
"""

from dataclasses import dataclass
from itertools import starmap
from typing import Any, Final, NamedTuple

from django.http import HttpRequest, QueryDict

from crm_site.staff.rules.organisation import Scope
from customers.filters import visible_projects

SESSION_KEY: Final = "project"
WITHIN: Final = "within"
WIDE = (Scope.COMPANY, Scope.REGION)


class Choice(NamedTuple):
    """A project that may be chosen."""

    pk: int
    name: str


@dataclass(frozen=True, slots=True)
class ProjectScope:
    """The projects a person may choose from, and the one chosen; ``None`` means all of them."""

    projects: tuple[Choice, ...]
    chosen: Choice | None

    @property
    def is_offered(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.projects) > 1

    @property
    def project_id(self) -> int | None:
        """The key of the chosen project."""
        return self.chosen.pk if self.chosen else None


NOTHING = ProjectScope((), None)


def project_scope(request: HttpRequest) -> ProjectScope:
    """Return the choice of the signed-in person; one query, none for who sees one project."""
    known: ProjectScope | None = getattr(request, "_project_scope", None)
    if known is None:
        known = _read(request)
        request._project_scope = known  # type: ignore[attr-defined]
    return known


def _read(request: HttpRequest) -> ProjectScope:
    user: Any = request.user
    if not user.is_authenticated or not user.has_perm("customers.view_customer"):
        return NOTHING
    if user.role_definition.scope not in WIDE:
        return NOTHING
    projects = tuple(starmap(Choice, visible_projects(request).values_list("pk", "name")))
    if len(projects) < 2:
        return NOTHING
    wanted = request.session.get(SESSION_KEY)
    return ProjectScope(projects, next((each for each in projects if each.pk == wanted), None))


def choose_project(request: HttpRequest, key: str) -> bool:
    """Keep the choice in the session, blank for all; return whether there is such a project."""
    scope = project_scope(request)
    found = next((each for each in scope.projects if str(each.pk) == key), None)
    if key and found is None:
        return False
    if found is None:
        request.session.pop(SESSION_KEY, None)
    else:
        request.session[SESSION_KEY] = found.pk
    return True


def within_scope(request: HttpRequest) -> QueryDict:
    """Return the query of the request with the chosen project in it, and no other."""
    query = request.GET.copy()
    query.pop(WITHIN, None)
    chosen = project_scope(request).chosen
    if chosen is not None:
        query[WITHIN] = str(chosen.pk)
    return query
