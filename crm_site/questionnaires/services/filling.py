"""Filling a questionnaire in: a draft that is kept, then a sheet that stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.files import Taken
from crm_site.common.refusals import NotAllowedError, RefusedError, StaleError
from crm_site.common.subjects import resolve
from crm_site.questionnaires.defaults import default_of
from crm_site.questionnaires.models import Answer, AnswerPhoto, AnswerSheet, Questionnaire
from crm_site.questionnaires.querysets import FILL
from crm_site.questionnaires.rules import (
    Outline,
    Scale,
    clean_answer,
    score,
    shown,
    unanswered,
)
from crm_site.staff.models import User

State = AnswerSheet.State
MOST_PHOTOS = 6  # of one question


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What somebody filled in: answers as typed, new photos, and the keys of photos to drop."""

    answers: Mapping[str, str]
    photos: Mapping[str, list[Taken]] = field(default_factory=dict)
    dropped: frozenset[int] = frozenset()


def begin_sheet(
    *, questionnaire: Questionnaire, subject_id: int | None, author: User, now: datetime
) -> AnswerSheet:
    """Return the author's draft about a subject, a new one of the latest version if there is none.

    Raise NotAllowedError where the subject is not for the author's eyes.
    """
    if not author.has_perm(FILL):
        raise NotAllowedError(_("Your role does not fill in questionnaires."))
    kind = questionnaire.subject_kind
    if kind and (subject_id is None or resolve(kind, subject_id, author) is None):
        raise NotAllowedError(_("There is no such record among those you can see."))
    if not questionnaire.is_offered:
        raise RefusedError(_("This questionnaire is no longer offered."), code="not-offered")
    sheet, _is_new = AnswerSheet.objects.get_or_create(
        questionnaire=questionnaire,
        subject_kind=kind,
        subject_id=subject_id if kind else None,
        author=author,
        state=State.DRAFT,
        defaults={"version": questionnaire.latest(), "created_at": now},
    )
    return sheet


@transaction.atomic
def save_sheet(
    *, sheet: AnswerSheet, filled: Filled, complete: bool, actor: User, now: datetime
) -> AnswerSheet:
    """Keep a draft, or finish it with its score, and return it.

    Answers to questions that the others hide are not kept. Raise ValidationError while a required
    answer is missing, StaleError for a sheet that is finished.
    """
    current = _own_draft(sheet, actor)
    outline = current.version.outline
    answers = _clean(outline, filled.answers)
    _keep_answers(current, outline, answers)
    _keep_photos(current, outline, answers, filled)
    if complete:
        photographed = set(current.photos.values_list("question", flat=True))
        missing = unanswered(outline, answers, photographed)
        if missing:
            names = "; ".join(question.label for question in missing[:5])
            raise ValidationError(_("Not answered yet: %(names)s") % {"names": names})
        result = score(outline, answers)
        current.state, current.completed_at = State.COMPLETE, now
        current.score = result.percent if result else None
        record(
            kind="questionnaire.completed",
            actor=actor,
            subject=("answer-sheet", current.pk),
            facts={"version": current.version_id},
            now=now,
        )
    current.save()
    if complete:
        _follow(current, actor, now)
    return current


@transaction.atomic
def discard_sheet(*, sheet: AnswerSheet, actor: User) -> None:
    """Throw one's own draft away with its photos."""
    _own_draft(sheet, actor).delete()


def _follow(sheet: AnswerSheet, actor: User, now: datetime) -> None:
    """Let who brought the questionnaire along do what a finished sheet calls for."""
    default = default_of(sheet.questionnaire.key)
    if default is not None and default.on_complete is not None:
        default.on_complete(sheet, actor, now)


def _own_draft(sheet: AnswerSheet, actor: User) -> AnswerSheet:
    rows = AnswerSheet.objects.select_for_update(of=("self",)).select_related("version")
    current: AnswerSheet | None = rows.filter(pk=sheet.pk).first()
    if current is None or current.is_complete:
        raise StaleError(_("This sheet is finished already, or was discarded."))
    if current.author_id != actor.pk:
        raise NotAllowedError(_("Only who began a sheet fills it in."))
    return current


def _clean(outline: Outline, typed: Mapping[str, str]) -> dict[str, str]:
    answers = {
        question.key: clean_answer(question, typed.get(question.key, ""))
        for question in outline.questions()
        if question.scale != Scale.PHOTO
    }
    visible = {question.key for question in shown(outline, answers)}
    return {key: value for key, value in answers.items() if value and key in visible}


def _keep_answers(sheet: AnswerSheet, outline: Outline, answers: Mapping[str, str]) -> None:
    sheet.answers.exclude(question__in=answers).delete()
    Answer.objects.bulk_create(
        [
            Answer(sheet=sheet, question=one.key, scale=one.scale, value=answers[one.key])
            for one in outline.questions()
            if one.key in answers
        ],
        update_conflicts=True,
        unique_fields=["sheet", "question"],
        update_fields=["value", "scale"],
    )


def _keep_photos(
    sheet: AnswerSheet, outline: Outline, answers: Mapping[str, str], filled: Filled
) -> None:
    asked = {one.key for one in shown(outline, answers) if one.scale == Scale.PHOTO}
    sheet.photos.filter(pk__in=filled.dropped).delete()
    sheet.photos.exclude(question__in=asked).delete()
    for key, taken in filled.photos.items():
        if key not in asked:
            continue
        held = sheet.photos.filter(question=key)
        known = set(held.values_list("digest", flat=True))
        new = [one for one in taken if one.values()["digest"] not in known]
        if len(known) + len(new) > MOST_PHOTOS:
            raise ValidationError(
                _("A question takes at most %(most)s photos. Remove one first.")
                % {"most": MOST_PHOTOS}
            )
        for one in new:
            AnswerPhoto.objects.create(sheet=sheet, question=key, **one.values())
