"""The importer of staff: consultants matched by their employee number, teams by a column."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm_site.audit.services import record_bulk
from crm_site.exchange.errors import MappingError
from crm_site.exchange.reading.table import Row
from crm_site.exchange.registry import FieldSpec, Importer, OptionSpec, Outcome, Plan, Problem
from crm_site.exchange.rules.text import fold
from crm_site.staff.models import OrgNode, User
from crm_site.staff.rules.organisation import NodeKind, Scope
from crm_site.staff.services import create_node, create_user
from customers.importers.places import slug_of
from customers.importers.staff_reverting import StaffReverter, subjects

CONSULTANT = "consultant"
_NUMBERS = "exec id, employee id, staff id, 工号, 员工编号, 顾问工号, 编号, id"  # han: words read
_NAMES = "exec name, full name, 姓名, 员工姓名, 顾问姓名"  # han: words read
_TEAMS = "团队, 小组, 组别, 销售组, group"  # han: words read
FIELDS = (
    FieldSpec("employee_no", _("Employee number"), tuple(_NUMBERS.split(", ")), None, 40),
    FieldSpec("name", _("Name"), tuple(_NAMES.split(", ")), None, 60),
    FieldSpec("team", _("Team"), tuple(_TEAMS.split(", ")), None, 80),
)  # fmt: skip


class StaffBatcher:
    """Checks and writes the rows of one file of staff."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._seen: dict[str, int] = {}
        self._touched: list[int] = []
        self._trace: dict[str, Any] = {}
        chosen = _projects(plan.actor).filter(code=plan.options["project"])
        self._project: OrgNode | None = chosen.first()

    def check(self, rows: Sequence[Row]) -> Outcome:
        """Return what writing ``rows`` would do."""
        return self._run(rows, dry=True)

    def prepare(self) -> None:
        """Nothing has to exist before."""

    def write(self, rows: Sequence[Row]) -> Outcome:
        """Create accounts nobody can log in to yet, and bring names and teams up to date."""
        self._trace = {"created": [], "updated": [], "teams": []}
        outcome = self._run(rows, dry=False)
        outcome.trace = self._trace if any(self._trace.values()) else {}
        return outcome

    def forget(self) -> None:
        """Forget which rows were tried."""
        self._seen = {}

    def finish(self) -> None:
        """Write the audit event of the import."""
        record_bulk(
            kind="staff.imported",
            actor=self._plan.actor,
            now=self._plan.now,
            subject_kind="user",
            ids=self._touched,
            facts={"import_job": self._plan.job_id},
        )

    def _run(self, rows: Sequence[Row], *, dry: bool) -> Outcome:
        outcome = Outcome()
        teams = self._teams()
        known = {u.employee_no: u for u in User.objects.exclude(employee_no="")}
        for number, values in ((number, self._values(cells)) for number, cells in rows):
            problem = self._problem(number, values, known)
            if problem is not None:
                outcome.refuse(problem)
                continue
            team = self._team(values.get("team", ""), teams, outcome, dry=dry)
            verdict = self._person(number, values, known, team, dry=dry)
            outcome.counts[verdict] += 1
        return outcome

    def _values(self, cells: Sequence[str]) -> dict[str, str]:
        pairs = zip(self._plan.headers, cells, strict=True)
        return {self._plan.mapping.get(header, ""): text for header, text in pairs if text}

    def _problem(
        self, row: int, values: Mapping[str, str], known: Mapping[str, User]
    ) -> Problem | None:
        number = values.get("employee_no", "")
        if self._project is None:
            return Problem(row, "", "no_project")
        if not number:
            return Problem(row, "", "no_employee_no")
        if not values.get("name"):
            return Problem(row, "", "no_name")
        if len(number) > 40 or len(values["name"]) > 60:
            return Problem(row, "", "too_long", {"limit": 40 if len(number) > 40 else 60})
        first = self._seen.setdefault(number, row)
        if first != row:
            return Problem(row, "", "repeated_staff", {"first": first})
        user = known.get(number)
        if user is not None and user.role != CONSULTANT:
            return Problem(row, "", "other_role")
        if user is not None and not _manages(self._plan.actor, user):
            return Problem(row, "", "exists_elsewhere")
        return None

    def _teams(self) -> dict[str, OrgNode | None]:
        if self._project is None:
            return {}
        teams = OrgNode.objects.filter(kind=NodeKind.TEAM.value, parent=self._project)
        return {fold(team.name): team for team in teams}

    def _team(
        self, name: str, teams: dict[str, OrgNode | None], outcome: Outcome, *, dry: bool
    ) -> OrgNode | None:
        """Return the team of that name in the project, made if new; the project for no name."""
        if not name or self._project is None:
            return self._project
        key = fold(name)
        if key not in teams:
            outcome.find("new_teams", name)
            teams[key] = None if dry else self._new_team(name)
        return teams[key]

    def _new_team(self, name: str) -> OrgNode:
        project = self._project
        assert project is not None  # noqa: S101 -- rows without a project were refused before
        stem = f"{project.code}-{slug_of(name, limit=20) or 'team'}"[:36]
        code, number = stem, 1
        while OrgNode.objects.filter(code=code).exists():
            number += 1
            code = f"{stem}-{number}"
        team = create_node(
            kind=NodeKind.TEAM.value,
            code=code,
            name=name[:80],
            parent=project,
            actor=self._plan.actor,
            now=self._plan.now,
        )
        self._trace["teams"].append(team.pk)
        return team

    def _person(
        self,
        row: int,
        values: Mapping[str, str],
        known: dict[str, User],
        team: OrgNode | None,
        *,
        dry: bool,
    ) -> str:
        number, name = values["employee_no"], values["name"]
        user = known.get(number)
        if user is None:
            if not dry:
                made = self._create(number, name, team)
                self._touched.append(made.pk)
                self._trace["created"].append([row, made.pk, [made.name, made.node_id]])
            return "created"
        moved = team is not None and user.node_id != team.pk and bool(values.get("team"))
        if user.name == name and not moved:
            return "unchanged"
        if not dry:
            before = [user.name, user.node_id]
            user.name = name
            user.node = team if moved else user.node
            user.save(update_fields=["name", "node"])
            self._trace["updated"].append([row, user.pk, before, [user.name, user.node_id]])
            self._touched.append(user.pk)
        return "updated"

    def _create(self, number: str, name: str, team: OrgNode | None) -> User:
        stem = (slug_of(number, limit=30) or "staff").replace("-", "_")
        username, count = stem, 1
        while User.objects.filter(username=username).exists():
            count += 1
            username = f"{stem}_{count}"
        return create_user(
            username=username,
            name=name,
            role=CONSULTANT,
            node=team,
            password=None,
            employee_no=number,
            now=self._plan.now,
        )


def _projects(actor: Any) -> Any:
    """Return the project nodes the importing person may staff."""
    nodes = OrgNode.objects.filter(kind=NodeKind.PROJECT.value).order_by("code")
    if actor is None or actor.has_perm("staff.manage_users"):
        return nodes
    if actor.node is None or actor.role_definition.scope is not Scope.REGION:
        return nodes.none()
    return nodes.filter(region=actor.node.region_id)


def _manages(actor: Any, user: User) -> bool:
    """Return whether ``actor`` may change ``user``: everybody's administrator, or their region."""
    if actor is None or actor.has_perm("staff.manage_users") or user.node is None:
        return True
    return actor.node is not None and user.node.region_id == actor.node.region_id


def _options(actor: Any) -> tuple[OptionSpec, ...]:
    choices = tuple((node.code, node.name) for node in _projects(actor))
    first = choices[0][0] if choices else ""
    return (
        OptionSpec(
            "project", _("Project in which the teams work"), first, choices or (("", _("None")),)
        ),
    )


def _check_mapping(mapping: Mapping[str, str]) -> None:
    missing = {"employee_no", "name"} - set(mapping.values())
    if missing:
        raise MappingError(
            _("Choose the columns with the employee number and the name."), code="no_identity"
        )


IMPORTER = Importer(
    key="staff",
    label=_("Staff"),
    permission="exchange.import_staff",
    fields=lambda _actor: FIELDS,
    options=_options,
    open=StaffBatcher,
    check_mapping=_check_mapping,
    findings={"new_teams": _("New teams")},
    reverter=StaffReverter,
    subjects=subjects,
    revert_counts={
        "removed": _("Accounts removed"),
        "restored": _("Accounts with their former name and team"),
        "teams": _("Empty teams removed"),
    },
)
