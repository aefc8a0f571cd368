"""Figures of the programme: by step, action, project and grade, and the report of a callback."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db.models import Count

from crm_site.questionnaires.choices import words_of
from crm_site.questionnaires.models import Answer, AnswerSheet
from crm_site.questionnaires.rules import STEPS, Question, Scale
from crm_site.staff.models import User
from customers.models import Project
from service.care.carriers import CARRIERS
from service.care.forms_of_record import ITEM
from service.care.models import CareAction, CareItem, CareStep
from service.care.rules import ItemState, share

NUMBERS: Final = {Scale.TEN.value, Scale.FIVE.value, Scale.NPS.value}


@dataclass(slots=True)
class Counts:
    """How many are due, overdue, done and dropped."""

    due: int = 0
    overdue: int = 0
    done: int = 0
    dropped: int = 0

    def add(self, state: str, number: int) -> None:
        """Count ``number`` more in ``state``."""
        setattr(self, state, getattr(self, state) + number)

    @property
    def fell_due(self) -> int:
        """Those whose time has come: done or overdue."""
        return self.done + self.overdue

    @property
    def coverage(self) -> int | None:
        """Done of those whose time has come, in whole percent; None where there are none."""
        return share(self.done, self.fell_due)


@dataclass(slots=True)
class ActionLine:
    """An action with its counts; ``url_name`` is the page of who else does it."""

    action: CareAction
    url_name: str = ""
    has_tasks: bool = True
    counts: Counts = field(default_factory=Counts)
    query: str = ""  # the filters of the list behind the counts


@dataclass(slots=True)
class StepLine:
    """A step with its actions."""

    step: CareStep
    actions: list[ActionLine]
    counts: Counts = field(default_factory=Counts)


@dataclass(slots=True)
class ProjectLine:
    """A project with its counts, over all steps and for each by its key."""

    project: Project
    counts: Counts = field(default_factory=Counts)
    steps: dict[int, Counts] = field(default_factory=dict)

    def cells(self, steps: Iterable[StepLine]) -> list[tuple[CareStep, Counts]]:
        """Return the counts in the order of ``steps``."""
        return [(line.step, self.steps.get(line.step.pk, Counts())) for line in steps]


def programme(
    user: User, *, project: Project | None, now: datetime
) -> tuple[list[StepLine], list[ProjectLine]]:
    """Return the steps and, over the same rows, the projects, with what is due, overdue, done."""
    rows = CareItem.objects.visible_to(user).with_state(now)
    if project is not None:
        rows = rows.filter(project=project)
    grouped = rows.order_by().values_list("project", "action", "state").annotate(n=Count("pk"))
    actions: dict[int, Counts] = defaultdict(Counts)
    projects: dict[int, ProjectLine] = {}
    of_step = dict(CareAction.objects.values_list("pk", "step"))
    names = Project.objects.visible_to(user).in_bulk()
    for project_id, action, state, number in grouped:
        actions[action].add(state, number)
        line = projects.setdefault(project_id, ProjectLine(names[project_id]))
        line.counts.add(state, number)
        line.steps.setdefault(of_step[action], Counts()).add(state, number)
    steps = [
        _step_line(step, actions, user, project)
        for step in CareStep.objects.prefetch_related("actions")
    ]
    return steps, sorted(projects.values(), key=lambda line: line.project.name)


def _step_line(
    step: CareStep, counts: dict[int, Counts], user: User, project: Project | None
) -> StepLine:
    line = StepLine(step, [])
    for action in step.actions.all():
        carrier = CARRIERS.get(action.carrier)
        url = carrier.url_name if carrier and user.has_perm(carrier.right) else ""
        has_tasks = carrier is None or carrier.places is not None
        query = f"action={action.pk}" + (f"&project={project.pk}" if project else "")
        found = counts.get(action.pk, Counts())
        line.actions.append(ActionLine(action, url, has_tasks, found, query))
        for state in ItemState:
            line.counts.add(state, getattr(line.actions[-1].counts, state))
    return line


def by_grade(user: User, action: CareAction, *, now: datetime) -> list[tuple[str, Counts]]:
    """Return the counts of an action for each grade of customers; "" are those without one."""
    rows = CareItem.objects.visible_to(user).filter(action=action).with_state(now)
    found: dict[str, Counts] = {grade: Counts() for grade in "ABCDE"}
    grouped = rows.order_by().values_list("customer__grading__grade", "state")
    for grade, state, number in grouped.annotate(n=Count("pk")):
        found.setdefault(grade or "", Counts()).add(state, number)
    return list(found.items())


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question of a report: how many answered, the mean of numbers, the words of the others."""

    label: str
    answers: int
    mean: Decimal | None
    lines: list[tuple[str, int]]


def report(user: User, action: CareAction) -> tuple[int, list[QuestionLine]]:
    """Return how many record forms of an action are complete, and what each question brought.

    Over the projects of ``user``; free answers are only counted, for they may name people.
    """
    items = CareItem.objects.visible_to(user).filter(action=action)
    sheets = AnswerSheet.objects.complete().filter(
        subject_kind=ITEM, subject_id__in=items.values("pk")
    )
    latest = sheets.select_related("version").order_by("-completed_at", "-pk").first()
    if latest is None:
        return 0, []
    grouped = Answer.objects.filter(sheet__in=sheets).values_list("question", "value")
    given: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for question, value, number in grouped.annotate(n=Count("pk")).order_by():
        given[question].append((value, number))
    outline = latest.version.outline
    lines = [
        _question_line(one, given[one.key])
        for one in outline.questions()
        if one.scale != Scale.PHOTO
    ]
    return sheets.count(), lines


def _question_line(question: Question, given: list[tuple[str, int]]) -> QuestionLine:
    answers = sum(number for _value, number in given)
    mean = None
    if question.scale in NUMBERS and answers:
        total = sum(int(value) * number for value, number in given)
        mean = (Decimal(total) / answers).quantize(Decimal("0.1"))
    counts = dict(given)
    spread = [
        (str(words_of(question, value)), counts.get(value, 0))
        for value in STEPS.get(question.scale, ())
    ]
    return QuestionLine(str(question.label), answers, mean, spread)
