"""What a finished sheet calls for: findings, training, corrections (MKT-63, MKT-64, MKT-65)."""

from datetime import datetime, time, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.questionnaires.models import AnswerSheet
from crm_site.registers.services import EntryDraft, add_entry
from crm_site.staff.models import User
from customers.models import Task
from customers.rules.axes import TaskKind, TaskState
from customers.services.tasks import TaskEntry, complete_task, create_task
from marketing.selling.policies import selling_rules
from marketing.selling.registers import FINDINGS
from marketing.selling.rules.quality import failed_items

TRAINING: Final = "selling-training"
RETEST: Final = "selling-retest"
CORRECTION: Final = "office-inspection"
CLOSING: Final = time(18, 0)
TITLE: Final = 200


def closing_in(days: int, now: datetime) -> datetime:
    """Return the end of the working day in so many days."""
    day = timezone.localdate(now) + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, CLOSING))


def after_check(sheet: AnswerSheet, actor: User, now: datetime) -> None:
    """End the check with its score; what was not in order becomes a finding each.

    Raise NotAllowedError where the actor does not check selling.
    """
    from marketing.selling.check_models import SellingCheck

    rows = SellingCheck.objects.select_for_update(of=("self",))
    check = rows.filter(pk=sheet.subject_id or 0, state="open").first()
    if check is None:
        return
    check.state, check.score, check.sheet, check.done_at = "done", sheet.score, sheet, now
    check.save()
    for label, severity in _failed(sheet):
        draft = EntryDraft(
            title=label[:TITLE], values={"severity": severity}, subject_id=check.pk, owner=actor
        )
        add_entry(register=FINDINGS, draft=draft, actor=actor, now=now)


def after_inspection(sheet: AnswerSheet, actor: User, now: datetime) -> None:
    """Make a correction task for each item of a sales office that is not in order."""
    from marketing.selling.check_models import SalesOffice

    office = SalesOffice.objects.select_related("keeper").get(pk=sheet.subject_id or 0)
    due = closing_in(selling_rules(now).correction_days, now)
    for place, (label, _severity) in enumerate(_failed(sheet)):
        title = _("Put right in %(office)s: %(item)s") % {"office": office.name, "item": label}
        entry = TaskEntry(
            title=title[:TITLE],
            due_at=due,
            owner=office.keeper,
            kind=TaskKind.OTHER,
            source=CORRECTION,
            source_id=f"{sheet.pk}:{place}",
            subject=("sales-office", office.pk),
        )
        create_task(entry=entry, actor=actor, now=now)


def after_test(sheet: AnswerSheet, actor: User, now: datetime) -> None:
    """Give a training task for a failed test; a passed one ends training and re-test."""
    if sheet.score is None:
        return
    rules, key = selling_rules(now), sheet.questionnaire.key
    waiting = Task.objects.filter(
        owner=sheet.author,
        source__in=[TRAINING, RETEST],
        source_id__startswith=f"{key}:",
        state=TaskState.OPEN.value,
    ).order_by("pk")
    words = {"test": sheet.version.title, "score": sheet.score, "mark": rules.pass_mark}
    if sheet.score >= rules.pass_mark:
        outcome = _("Test passed: %(score)s %%") % words
        for task in waiting:
            complete_task(task=task, outcome=outcome, actor=actor, now=now)
        return
    if waiting.filter(source=TRAINING).exists():
        return
    title = _("Training: %(test)s. The test gave %(score)s %%, passed is from %(mark)s %%.") % words
    entry = TaskEntry(
        title=title[:TITLE],
        due_at=closing_in(rules.training_days, now),
        owner=sheet.author,
        kind=TaskKind.OTHER,
        source=TRAINING,
        source_id=f"{key}:{sheet.pk}"[-40:],
        subject=("answer-sheet", sheet.pk),
    )
    create_task(entry=entry, actor=actor, now=now)


def _failed(sheet: AnswerSheet) -> list[tuple[str, str]]:
    """Return the words of the items that are not in order, with how grave that is."""
    questions = {one.key: one.label for one in sheet.version.outline.questions()}
    found = failed_items(sheet.values(), questions)
    return [(str(questions[key]), severity) for key, severity in found]
