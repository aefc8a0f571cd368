"""Questionnaires and sheets in words, for lists and pages."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crm_site.common.subjects import Reference, references, subject
from crm_site.questionnaires.choices import words_of
from crm_site.questionnaires.models import AnswerPhoto, AnswerSheet, Questionnaire
from crm_site.questionnaires.rules import Question, Score, section_scores, shown
from crm_site.staff.models import User

MAX_CHOICES = 500


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A sheet as a table prints it; ``subject`` None where it is about nothing."""

    sheet: AnswerSheet
    subject: Reference | None


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A question with its answer in words and its photos."""

    question: Question
    words: Any
    photos: list[AnswerPhoto]


@dataclass(frozen=True, slots=True)
class AnsweredSection:
    """A section of a sheet that is read, with its own score."""

    title: str
    score: Score | None
    lines: list[AnswerLine]


def sheet_lines(sheets: Iterable[AnswerSheet], user: User) -> list[SheetLine]:
    """Return sheets in words; one query per kind of subject."""
    found = list(sheets)
    pairs = [(sheet.subject_kind, str(sheet.subject_id)) for sheet in found]
    known = references([pair for pair in pairs if pair[0]], user)
    return [SheetLine(sheet, known.get(pair)) for sheet, pair in zip(found, pairs, strict=True)]


def answered(sheet: AnswerSheet) -> list[AnsweredSection]:
    """Return what a sheet says, in the words of the version it was filled in with."""
    outline, answers = sheet.version.outline, sheet.values()
    visible = {question.key for question in shown(outline, answers)}
    photos = defaultdict(list)
    for photo in sheet.photos.defer("content").order_by("pk"):
        photos[photo.question].append(photo)
    scores = section_scores(outline, answers)
    return [
        AnsweredSection(
            title=section.title,
            score=score,
            lines=[
                AnswerLine(one, words_of(one, answers.get(one.key, "")), photos[one.key])
                for one in section.questions
                if one.key in visible
            ],
        )
        for section, (_title, score) in zip(outline.sections, scores, strict=True)
    ]


def subjects_for(questionnaire: Questionnaire, user: User) -> list[tuple[int, str]] | None:
    """Return what a sheet can be about; None where that is too much for a list."""
    what = subject(questionnaire.subject_kind)
    rows = list(what.visible_to(user)[: MAX_CHOICES + 1])
    return None if len(rows) > MAX_CHOICES else [(row.pk, what.title(row)) for row in rows]
