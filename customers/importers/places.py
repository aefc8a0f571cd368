"""Owners, projects and words of a file, found among what the importing person may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import override

from crm_site.exchange.registry import Outcome, Plan
from crm_site.exchange.rules.text import fold
from crm_site.staff.models import OrgNode, User
from crm_site.staff.rules.organisation import NodeKind, Scope
from crm_site.staff.services import create_node
from customers import vocabulary
from customers.importers.fields import CREATE
from customers.models import Project, VocabularyTerm
from customers.rules.search import read_aloud
from customers.services.ownership import assignable_to

AMBIGUOUS = object()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a customer belongs: ids of region, project and team, each possibly none."""

    region: int | None = None
    project: int | None = None
    team: int | None = None


def slug_of(text: str, *, limit: int) -> str:
    """Return ASCII letters, digits and dashes that stand for ``text``; "" when nothing is left."""
    words = "-".join(read_aloud(text)).casefold()
    kept = "".join(char if char.isascii() and char.isalnum() else "-" for char in words)
    return "-".join(part for part in kept.split("-") if part)[:limit].strip("-")


class Owners:
    """Active consultants and supervisors the importing person may give customers to."""

    def __init__(self, actor: Any) -> None:
        people = list(assignable_to(actor).select_related("node"))
        self._known: dict[str, Any] = {}
        for person in people:
            for spelling in (person.name, person.username):
                self._add(fold(spelling), person)
        for person in people:
            if person.employee_no:
                self._known[fold(person.employee_no)] = person

    def _add(self, key: str, person: User) -> None:
        if key:
            other = self._known.get(key)
            self._known[key] = person if other in (None, person) else AMBIGUOUS

    def find(self, text: str) -> User | None:
        """Return the one person of that employee number, account or name; otherwise ``None``."""
        found = self._known.get(fold(text))
        return None if found is AMBIGUOUS else found


class Projects:
    """The projects the importing person may fill, and those to be created in their region."""

    def __init__(self, plan: Plan, *, dry: bool) -> None:
        self._plan = plan
        self._dry = dry
        actor = plan.actor
        self.home = _home_of(actor)
        projects = Project.objects.select_related("node")
        if actor is not None:
            projects = projects.filter(**_project_scope(actor))
        self._by_code = {fold(project.code): project for project in projects}
        self._by_name = {fold(project.name): project for project in projects}
        self._announced: set[str] = set()

    def find(self, code: str, name: str) -> Project | None:
        """Return the project of that code, or of that name where no code is given."""
        if code:
            return self._by_code.get(fold(code))
        return self._by_name.get(fold(name))

    def may_create(self, code: str) -> bool:
        """Return whether a missing project can be created: asked for, in a region, code free."""
        if self._plan.options["projects"] != CREATE or self.home.region is None:
            return False
        slug = slug_of(code, limit=40) or code
        return slug in self._announced or not OrgNode.objects.filter(code__iexact=slug).exists()

    def create(self, *, code: str, name: str, city: str) -> Project | None:
        """Create the project in the importing person's region; a dry run only remembers it."""
        slug = slug_of(code or name, limit=40)
        self._announced.add(slug)
        if self._dry:
            return None
        region = OrgNode.objects.get(pk=self.home.region or 0)
        label = (name or code)[:80]
        node = create_node(
            kind=NodeKind.PROJECT.value,
            code=slug,
            name=label,
            parent=region,
            actor=self._plan.actor,
            now=self._plan.now,
        )
        project = Project.objects.create(node=node, code=slug, name=label, city=city[:40])
        for spelling, known in ((code or slug, self._by_code), (label, self._by_name)):
            known[fold(spelling)] = project
        return project

    def is_announced(self, code: str, name: str) -> bool:
        """Return whether a dry run already said that it would create the project."""
        return self._dry and slug_of(code or name, limit=40) in self._announced


def _home_of(actor: Any) -> Place:
    """Return where rows land that say nothing: the importing person's own place."""
    if actor is None:
        regions = OrgNode.objects.filter(kind=NodeKind.REGION.value).order_by("code")
        return Place(region=regions.values_list("pk", flat=True).first())
    node = actor.node
    if node is None:
        return Place()
    team = node.pk if node.kind == NodeKind.TEAM.value else None
    return Place(region=node.region_id, project=node.project_id, team=team)


def _project_scope(actor: Any) -> Mapping[str, Any]:
    node = actor.node
    if node is None:
        return {"pk__in": []}
    if actor.role_definition.scope is Scope.COMPANY:
        return {}
    if actor.role_definition.scope is Scope.REGION:
        return {"node__region": node.region_id}
    return {"pk__in": [node.project_id]}


class Sources:
    """The controlled list of sources; words of the file that are not on it are added (CUS-05)."""

    def __init__(self, *, dry: bool) -> None:
        self._dry = dry
        self._codes = vocabulary.meanings("source")
        self._texts: dict[str, str] = {}

    def code(self, text: str, outcome: Outcome) -> str:
        """Return the code of a word; a new one becomes a term of the list and is reported."""
        known = self._texts.get(text)
        if known is not None:
            return known
        key = vocabulary.spelling_key(text)
        code = self._codes.get(key)
        if code is None:
            code = self._add(text, key)
            outcome.find("new_sources", text[:80])
        self._texts[text] = code
        return code

    def _add(self, text: str, key: str) -> str:
        taken = set(self._codes.values())
        stem = slug_of(text, limit=50).replace("-", "_") or "source"
        code, number = stem, 1
        while code in taken:
            number += 1
            code = f"{stem}_{number}"
        self._codes[key] = code
        if not self._dry:
            VocabularyTerm.objects.get_or_create(
                list_key="source",
                code=code,
                defaults={"label_zh": text[:80], "label_en": text[:80]},
            )
            transaction.on_commit(lambda: vocabulary.forget(["source"]))
        return code


def city_names() -> dict[str, str]:
    """Return the usual spelling of each known city by any of its spellings."""
    with override("zh-hans"):
        usual = vocabulary.labels("city")
    return {spelling: usual[code] for spelling, code in vocabulary.meanings("city").items()}
