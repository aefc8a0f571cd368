"""What pages of planning print, and what other parts read of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils import timezone

from crm_site.documents.models import Document, DocumentVersion
from crm_site.documents.selectors import lines as document_lines
from crm_site.documents.selectors import with_versions
from crm_site.questionnaires.models import AnswerSheet
from crm_site.registers.models import RegisterEntry
from crm_site.registers.selectors import flags_of
from crm_site.staff.models import User
from customers.models import Project
from marketing.planning import choices
from marketing.planning.frames import FRAMES
from marketing.planning.goals import GOALS
from marketing.planning.hooks import Question, goal_source
from marketing.planning.papers import ANNUAL, PLANS, PROFILE
from marketing.planning.policies import rules_at
from marketing.planning.registers import ADJUSTMENTS, COMPETITORS, POINTS, TRENDS, day_of
from marketing.planning.rules.goals import is_behind, progress, time_gone
from marketing.planning.rules.points import quotes, squeezed
from marketing.planning.rules.years import PlanStanding

State = DocumentVersion.State


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal with how far it is and how much of its time is over, both in percent."""

    entry: RegisterEntry
    kind: Any
    source: Any
    now: Decimal | None
    done: int | None
    gone: int
    is_behind: bool


def goal_lines(user: User, *, now: datetime) -> list[GoalLine]:
    """Return the open goals with their progress, from their figure where they have one (MKT-01)."""
    rows = RegisterEntry.objects.visible_to(user).of(GOALS).open().select_related("owner")
    found = list(rows.order_by("due_at", "pk"))
    codes = {str(row.values.get("project") or "") for row in found}
    projects = dict(Project.objects.filter(code__in=codes).values_list("code", "pk"))
    slack = rules_at(now).goal_slack
    return [_goal_line(row, projects, slack=slack, now=now) for row in found]


def _goal_line(
    row: RegisterEntry, projects: dict[str, int], *, slack: int, now: datetime
) -> GoalLine:
    values, today = row.values, timezone.localdate(now)
    start = day_of(values, "starts_on") or timezone.localdate(row.created_at)
    end = timezone.localdate(row.due_at) if row.due_at else today
    source = goal_source(str(values.get("source") or ""))
    if source is not None:
        asked = Question(
            start=start,
            end=min(today, end),
            project_id=projects.get(str(values.get("project") or "")),
            now=now,
        )
        value = source.value(asked) if start <= asked.end else None
    else:
        value = Decimal(values["current"]) if values.get("current") else None
    done = progress(
        baseline=Decimal(values["baseline"]), target=Decimal(values["target"]), now=value
    )
    gone = time_gone(start=start, end=end, today=today)
    return GoalLine(
        entry=row,
        kind=dict(choices.GOAL_KINDS).get(values["kind"], values["kind"]),
        source=source.label if source else values["measure"],
        now=value,
        done=done,
        gone=gone,
        is_behind=is_behind(done=done, gone=gone, slack=slack),
    )


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan with the frames filled in for it and how often it was adjusted."""

    line: Any
    frames: list[tuple[Any, int]]
    adjustments: int


def plan_lines(user: User, *, now: datetime) -> list[PlanLine]:
    """Return the plans ``user`` may read, latest first; a fixed number of statements."""
    rows = Document.objects.visible_to(user).filter(kind__in=PLANS).order_by("-pk")[:100]
    lines = document_lines(with_versions(rows), user=user, today=timezone.localdate(now))
    keys = [line.document.pk for line in lines]
    frames: dict[int, list[tuple[Any, int]]] = defaultdict(list)
    sheets = AnswerSheet.objects.visible_to(user).complete()
    sheets = sheets.filter(subject_kind="document", subject_id__in=keys)
    known = {one.key: one.title for one in FRAMES}
    sheets = sheets.filter(questionnaire__key__in=known).order_by("pk")
    found: Any = sheets.values_list("subject_id", "questionnaire__key", "pk")
    for subject, key, pk in found:
        frames[subject].append((known[key], pk))
    counted = RegisterEntry.objects.of(ADJUSTMENTS).filter(
        subject_kind="document", subject_id__in=keys
    )
    adjusted = dict(counted.order_by().values_list("subject_id").annotate(Count("pk")))
    return [
        PlanLine(line, frames[line.document.pk], adjusted.get(line.document.pk, 0))
        for line in lines
    ]


def plan_standing(year: int) -> PlanStanding:
    """Return what there is of the annual plan that is in force on the first day of ``year``."""
    first = date(year, 1, 1)
    rows = DocumentVersion.objects.filter(document__kind=ANNUAL, effective_from__lte=first)
    rows = rows.exclude(effective_until__lt=first).filter(effective_from__year__gte=year - 1)
    states = set(rows.values_list("state", flat=True))
    approved = State.APPROVED in states
    return PlanStanding(
        is_drafted=bool(states),
        is_submitted=approved or State.REVIEW in states,
        is_approved=approved,
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """A competing project in the comparison; ``flag`` says that it is out of date."""

    entry: RegisterEntry
    kind: Any
    price: Decimal
    flag: Any


def comparison(user: User, *, project: str, now: datetime) -> list[Compared]:
    """Return the competitors of a project of ours, by code, cheapest first (MKT-10)."""
    rows = RegisterEntry.objects.visible_to(user).of(COMPETITORS).open()
    found = list(rows.filter(values__project=project).select_related("owner")[:100])
    flags, kinds = flags_of(found, now=now), dict(choices.COMPETITORS)
    lines = [
        Compared(row, kinds.get(row.values["kind"]), Decimal(row.values["price"]), flags[row.pk])
        for row in found
    ]
    return sorted(lines, key=lambda line: line.price)


def flagged(user: User, register: str, *, now: datetime, limit: int = 50) -> list[Any]:
    """Return the latest open entries of a register with what each wants attention for."""
    rows = RegisterEntry.objects.visible_to(user).of(register).open().select_related("owner")
    found = list(rows.order_by("-pk")[:limit])
    flags = flags_of(found, now=now)
    return [{"entry": row, "flag": flags[row.pk]} for row in found]


def usable_selling_points(project_id: int) -> Any:
    """Return the selling points of a project that adverts may use: released, with evidence."""
    rows = RegisterEntry.objects.of(POINTS).about("project", project_id).open()
    return (
        rows.filter(values__released=True)
        .exclude(values__evidence="")
        .filter(values__has_key="evidence")
    )


def unusable_points(keys: Iterable[int]) -> list[str]:
    """Return in words which of these selling points an advert may not use (MKT-12)."""
    wanted = set(keys)
    rows = RegisterEntry.objects.of(POINTS).filter(pk__in=wanted)
    return [row.title for row in rows.order_by("pk") if not is_usable(row)]


def is_usable(point: RegisterEntry) -> bool:
    """Return whether adverts may use a selling point: it stands, is released and has evidence."""
    values = point.values
    return bool(point.is_open and values.get("released") and values.get("evidence"))


def unproven_quotes(text: str, projects: Iterable[int]) -> list[str]:
    """Return which selling points of these projects a text quotes but may not (MKT-12).

    One that stands in the register a second time, there with evidence, may be used.
    """
    rows = RegisterEntry.objects.of(POINTS).filter(subject_kind="project")
    quoted = [
        row
        for row in rows.filter(subject_id__in=list(projects)).order_by("pk")
        if quotes(text, row.title)
    ]
    proven = {(row.subject_id, squeezed(row.title)) for row in quoted if is_usable(row)}
    found = [row for row in quoted if (row.subject_id, squeezed(row.title)) not in proven]
    return list(dict.fromkeys(row.title for row in found))


def company_profile(*, now: datetime) -> list[dict[str, str]]:
    """Return the sections of the company profile in force for adverts; empty without (MKT-20)."""
    rows = DocumentVersion.objects.in_force(timezone.localdate(now))
    version = rows.filter(document__kind=PROFILE).order_by("-approved_at").first()
    return list(version.sections) if version else []


def trend_lines(user: User) -> list[dict[str, Any]]:
    """Return the latest trends with their words."""
    rows = RegisterEntry.objects.visible_to(user).of(TRENDS).open().select_related("owner")
    kinds, decisions = dict(choices.TRENDS), dict(choices.DECISIONS)
    return [
        {
            "entry": row,
            "kind": kinds.get(row.values["trend"]),
            "decision": row.values.get("plan") or decisions.get(row.values["decision"]),
        }
        for row in rows.order_by("-pk")[:50]
    ]
