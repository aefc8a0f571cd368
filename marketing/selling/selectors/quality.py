"""How well consultants sell: checks, findings, tests; how sales offices score over time."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from crm_site.questionnaires.models import AnswerSheet
from crm_site.registers.models import RegisterEntry
from crm_site.staff.models import User
from customers.models import Task
from customers.rules.axes import TaskState
from marketing.selling.check_models import SalesOffice, SellingCheck
from marketing.selling.policies import SellingRules, selling_rules
from marketing.selling.registers import FINDINGS, WITHDRAWN
from marketing.selling.rules.quality import Level, level_of, quality_score
from marketing.selling.services.following import CORRECTION, TRAINING
from marketing.selling.sheets import INSPECTION, TEST_LABELS

LossCount = Callable[[Iterable[int], datetime, datetime], Mapping[int, int]]
_LOSSES: list[LossCount] = []


def register_lost_by_skill(counts: LossCount) -> None:
    """Bring how many customers were lost for lack of skill, by consultant; again replaces it.

    ``counts(people, since, now)`` returns numbers by the key of the account.
    """
    _LOSSES[:] = [counts]


@dataclass(frozen=True, slots=True)
class Competence:
    """How one consultant stands; ``lost`` None while nobody brings it."""

    person: User
    level: Level
    results: list[Decimal | None]  # in the order of the tests
    quality: Decimal | None
    findings: int
    training: int
    lost: int | None
    pass_mark: Decimal


def quality_of(people: Iterable[int], now: datetime) -> dict[int, tuple[Decimal | None, int]]:
    """Return quality score and number of findings of people; two statements (MKT-63).

    Checks of the window of the policy count, and their findings that are not withdrawn.
    """
    rules, keys = selling_rules(now), list(people)
    since = now - timedelta(days=rules.window_days)
    rows = SellingCheck.objects.filter(
        person__in=keys, state="done", done_at__gte=since, done_at__lte=now
    ).values_list("pk", "person", "score")
    owners: dict[int, int] = {}
    scores: defaultdict[int, list[Decimal]] = defaultdict(list)
    for check, person, score in rows:
        owners[check] = person
        if score is not None:
            scores[person].append(score)
    marks: defaultdict[int, list[str]] = defaultdict(list)
    found = RegisterEntry.objects.of(FINDINGS).filter(subject_id__in=list(owners))
    for about, values in found.exclude(state=WITHDRAWN).values_list("subject_id", "values"):
        marks[owners[about or 0]].append(str(values.get("severity", "")))
    return {
        key: (quality_score(scores[key], marks[key], rules.deductions), len(marks[key]))
        for key in keys
    }


def latest_results(people: Iterable[int]) -> dict[int, dict[str, Decimal | None]]:
    """Return the latest result of each test by person; one statement."""
    rows = (
        AnswerSheet.objects.complete()
        .filter(questionnaire__key__in=list(TEST_LABELS), author__in=list(people))
        .order_by("author_id", "questionnaire_id", "-completed_at", "-pk")
        .distinct("author_id", "questionnaire_id")
        .values_list("author", "questionnaire__key", "score")
    )
    found: defaultdict[int, dict[str, Decimal | None]] = defaultdict(
        lambda: dict.fromkeys(TEST_LABELS)
    )
    for person, key, score in rows:
        found[person][key] = score
    return found


def competences(people: Iterable[User], now: datetime) -> list[Competence]:
    """Return how consultants stand, in the order given; a fixed number of statements (MKT-64)."""
    rows = list(people)
    keys, rules = [one.pk for one in rows], selling_rules(now)
    results, quality = latest_results(keys), quality_of(keys, now)
    waiting: defaultdict[int, int] = defaultdict(int)
    tasks = Task.objects.filter(owner__in=keys, source=TRAINING, state=TaskState.OPEN.value)
    for owner in tasks.values_list("owner", flat=True):
        waiting[owner] += 1
    since = now - timedelta(days=365)
    lost = _LOSSES[0](keys, since, now) if _LOSSES else None
    return [_standing(one, results[one.pk], quality[one.pk], waiting, lost, rules) for one in rows]


def _standing(
    person: User,
    results: dict[str, Decimal | None],
    quality: tuple[Decimal | None, int],
    waiting: Mapping[int, int],
    lost: Mapping[int, int] | None,
    rules: SellingRules,
) -> Competence:
    level = level_of(results, pass_mark=rules.pass_mark, expert_mark=rules.expert_mark)
    return Competence(
        person=person,
        level=level,
        results=[results[key] for key in TEST_LABELS],
        quality=quality[0],
        findings=quality[1],
        training=waiting.get(person.pk, 0),
        lost=None if lost is None else lost.get(person.pk, 0),
        pass_mark=rules.pass_mark,
    )


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """A sales office with its scores, the oldest first, and what is to be put right."""

    office: SalesOffice
    scores: list[tuple[datetime, Decimal | None, int]]  # when, percent, key of the sheet
    open_tasks: int

    @property
    def latest(self) -> Decimal | None:
        """The score of the last inspection."""
        return self.scores[-1][1] if self.scores else None

    @property
    def change(self) -> Decimal | None:
        """What it gained since the inspection before; None without two."""
        if len(self.scores) < 2:
            return None
        after, before = self.scores[-1][1], self.scores[-2][1]
        return None if after is None or before is None else after - before


def office_rows(offices: Iterable[SalesOffice]) -> list[OfficeRow]:
    """Return offices with the trend of their scores; two statements (MKT-65)."""
    rows = list(offices)
    keys = [one.pk for one in rows]
    sheets = (
        AnswerSheet.objects.complete()
        .filter(questionnaire__key=INSPECTION, subject_kind="sales-office", subject_id__in=keys)
        .order_by("completed_at", "pk")
        .values_list("subject_id", "completed_at", "score", "pk")
    )
    scores: defaultdict[int, list[Any]] = defaultdict(list)
    for office, at, score, sheet in sheets:
        scores[office or 0].append((at, score, sheet))
    tasks = Task.objects.filter(
        source=CORRECTION,
        subject_kind="sales-office",
        subject_id__in=[str(key) for key in keys],
        state=TaskState.OPEN.value,
    )
    waiting: defaultdict[int, int] = defaultdict(int)
    for office_id in tasks.values_list("subject_id", flat=True):
        waiting[int(office_id)] += 1
    return [OfficeRow(one, scores[one.pk], waiting[one.pk]) for one in rows]
