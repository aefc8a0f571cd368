"""What earlier projects teach a project before its launch, and the gate that asks (BEY-11)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.handover.choices import TRADES
from customers.models import Project
from customers.property.gates import register_launch_gate
from customers.rules.text import clean_text
from service.repairs.errors import RepairRefusedError
from service.repairs.improvements import TARGETS, answers_for
from service.repairs.learning import DEFECTS, lessons_for
from service.repairs.models import Lesson, LessonCheck

KINDS = {
    "trade": gettext_lazy("Trade"),
    "contractor": gettext_lazy("Contractor"),
    "layout": gettext_lazy("Layout"),
}


@dataclass(frozen=True, slots=True)
class LessonLine:
    """One thing to deal with: where it comes from, in words, and how the project dealt with it."""

    key: str
    title: str
    text: str
    check: LessonCheck | None


def lines_for(project: Project) -> list[LessonLine]:
    """Return every lesson of a project, those not dealt with first, in three statements."""
    checks = {
        row.key: row for row in LessonCheck.objects.filter(project=project).select_related("actor")
    }
    found = [
        LessonLine(f"lesson-{one.pk}", _title(one), _figures(one), checks.get(f"lesson-{one.pk}"))
        for one in lessons_for(project)
    ]
    targets = dict(TARGETS)
    for entry in answers_for(project):
        key = f"answer-{entry.pk}"
        title = f"{targets.get(entry.values.get('target'), '')}: {entry.title}"
        found.append(LessonLine(key, title, entry.evidence, checks.get(key)))
    return sorted(found, key=lambda line: line.check is not None)


def _title(lesson: Lesson) -> str:
    words = (
        _("%(kind)s %(label)s: defects come back")
        if lesson.source == DEFECTS
        else _("%(kind)s %(label)s: repairs come back")
    )
    label = dict(TRADES).get(lesson.value) if lesson.dimension == "trade" else lesson.label
    return words % {"kind": KINDS[lesson.dimension], "label": label}


def _figures(lesson: Lesson) -> str:
    return _(
        "%(hits)s of %(cases)s came back, %(low)s to %(high)s %% (95 %%); all others %(base)s %%."
    ) % {
        "hits": lesson.hits,
        "cases": lesson.cases,
        "low": round(100 * lesson.low, 1),
        "high": round(100 * lesson.high, 1),
        "base": round(100 * lesson.base, 1),
    }


@transaction.atomic
def deal_with(*, project: Project, key: str, note: str, actor: User, now: datetime) -> LessonCheck:
    """Note how the design of a project deals with a lesson, and return it.

    Raise RepairRefusedError without words or for a lesson that does not concern the project,
    StaleError where somebody did it meanwhile.
    """
    words = clean_text(note)[:300]
    if not words:
        raise RepairRefusedError(_("Say how the design deals with it."))
    if key not in {line.key for line in lines_for(project)}:
        raise RepairRefusedError(_("This lesson does not concern the project any more."))
    try:
        with transaction.atomic():
            row = LessonCheck.objects.create(
                project=project, key=key, note=words, actor=actor, at=now
            )
    except IntegrityError as error:
        raise StaleError(_("Somebody has dealt with it already.")) from error
    record(
        kind="lesson.checked",
        actor=actor,
        subject=("project", project.pk),
        facts={"lesson": key},
        now=now,
    )
    return row


def open_lessons(project: Project, _day: date) -> list[str]:
    """Return what the design of a project has not dealt with; the launch waits for it."""
    return [line.title for line in lines_for(project) if line.check is None]


def register() -> None:
    """Put the lessons before the launch of every project."""
    label: Any = gettext_lazy("Lessons of earlier projects")
    register_launch_gate("lessons", label, open_lessons, url_name="service:project-lessons")
