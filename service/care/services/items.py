"""Doing what is due: the record form is filled in, then the task is done (SVC-68)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from crm_site.questionnaires.models import AnswerSheet, Questionnaire
from crm_site.questionnaires.services import begin_sheet
from crm_site.questionnaires.services.writing import ensure_defaults
from crm_site.staff.models import User
from customers.models import Task
from customers.rules.axes import TaskState
from customers.services.tasks import complete_task
from service.care.errors import CareError
from service.care.forms_of_record import ITEM
from service.care.models import CareItem

RECENT = timedelta(days=30)


def task_of(item: CareItem) -> Task | None:
    """Return the task of an item, None before it is made."""
    found: Task | None = (
        Task.objects.filter(source=item.source, source_id=item.source_id)
        .select_related("owner")
        .first()
    )
    return found


def sheets_of(item: CareItem) -> Any:
    """Return the record forms of an item, the latest first."""
    rows = AnswerSheet.objects.filter(subject_kind=ITEM, subject_id=item.pk)
    return rows.select_related("version", "author").order_by("-pk")


def begin_record(*, item: CareItem, actor: User, now: datetime) -> AnswerSheet:
    """Return the draft of the record form of an item; raise CareError where it has none."""
    ensure_defaults()
    form = Questionnaire.objects.filter(key=item.action.form, subject_kind=ITEM).first()
    if form is None:
        raise CareError(_("This action has no record form."))
    return begin_sheet(questionnaire=form, subject_id=item.pk, author=actor, now=now)


@transaction.atomic
def finish_item(*, item: CareItem, outcome: str, actor: User, now: datetime) -> Task:
    """Finish the task of an item and return it.

    Raise CareError before the task is made and while the record form is missing, TaskNotOpenError
    where it is finished already.
    """
    task = task_of(item)
    if task is None:
        raise CareError(_("The task is made a week before it is due."))
    if item.action.form and not sheets_of(item).complete().exists():
        raise CareError(_("Fill in the record form first."))
    return complete_task(task=task, outcome=outcome.strip()[:500], actor=actor, now=now)


def finish_filled(*, now: datetime) -> int:
    """Finish the open tasks whose record form is complete; return how many."""
    filled = AnswerSheet.objects.complete().filter(
        subject_kind=ITEM, subject_id=OuterRef("pk"), completed_at__gte=now - RECENT
    )
    waiting = Task.objects.filter(
        source=OuterRef("source"), source_id=OuterRef("source_id"), state=TaskState.OPEN.value
    )
    rows = CareItem.objects.filter(Exists(filled), Exists(waiting)).select_related("action")
    done = 0
    for item in rows.order_by("pk")[:500]:
        sheet, task = sheets_of(item).complete().first(), task_of(item)
        if sheet is not None and task is not None and task.state == TaskState.OPEN:
            words = _("Form finished: %(name)s") % {"name": sheet.author.name}
            complete_task(task=task, outcome=words, actor=sheet.author, now=now)
            done += 1
    return done
