"""Writing a questionnaire: every change of what it asks is a new version."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.common.subjects import UnknownSubjectError, subject
from crm_site.questionnaires.choices import FAULTS
from crm_site.questionnaires.defaults import default_keys, default_of
from crm_site.questionnaires.models import Questionnaire, QuestionnaireVersion
from crm_site.questionnaires.querysets import EDIT
from crm_site.questionnaires.rules import Outline, body_of, faults
from crm_site.staff.models import User

CODE = re.compile(r"q(\d{1,6})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A questionnaire as somebody wants it."""

    title: str
    use: str
    outline: Outline
    intro: str = ""
    is_offered: bool = True


@transaction.atomic
def create_questionnaire(
    *, written: Written, subject_kind: str, actor: User, now: datetime
) -> Questionnaire:
    """Write a new questionnaire with its first version and return it.

    Raise NotAllowedError without the right, ValidationError for an outline that cannot be filled
    in or a kind of subject that does not exist.
    """
    _may_write(actor)
    _check(written.outline)
    if subject_kind:
        try:
            subject(subject_kind)
        except UnknownSubjectError as error:
            raise ValidationError(_("There is no such kind of record.")) from error
    found = Questionnaire.objects.create(
        key=uuid4().hex,  # until its number is known
        title=written.title,
        use=written.use,
        subject_kind=subject_kind,
        is_offered=written.is_offered,
        created_at=now,
    )
    found.key = f"form-{found.pk}"
    _add_version(found, written, author=actor, now=now)
    _audit(found, actor, now)
    return found


@transaction.atomic
def save_version(
    *, questionnaire: Questionnaire, written: Written, actor: User, now: datetime
) -> QuestionnaireVersion:
    """Write what differs as the next version and return the one that is filled in from now on.

    Sheets already begun keep the version they were begun with. What stays the same makes none.
    """
    _may_write(actor)
    _check(written.outline)
    current = Questionnaire.objects.select_for_update().get(pk=questionnaire.pk)
    current.use, current.is_offered = written.use, written.is_offered
    latest = current.latest()
    asked = (written.title, written.intro, body_of(written.outline))
    if (latest.title, latest.intro, latest.body) == asked:
        current.save()
        return latest
    version = _add_version(current, written, author=actor, now=now)
    _audit(current, actor, now)
    return version


def ensure_default(key: str) -> Questionnaire:
    """Return the questionnaire ``key``, writing its registered default where there is none yet.

    Raise LookupError where neither exists.
    """
    found = Questionnaire.objects.filter(key=key).first()
    return found if found is not None else _write_default(key)


def ensure_defaults() -> None:
    """Write every registered default that is not there yet; one query where nothing is missing."""
    wanted = default_keys()
    if not wanted:
        return
    known = Questionnaire.objects.filter(key__in=wanted).values_list("key", flat=True)
    for key in sorted(wanted - set(known)):
        _write_default(key)


@transaction.atomic
def _write_default(key: str) -> Questionnaire:
    default = default_of(key)
    if default is None:
        raise LookupError(key)
    with translation.override(settings.LANGUAGE_CODE):
        title, intro = str(default.title), str(default.intro)
        body = body_of(default.outline)
        for section in body["sections"]:
            section["title"] = str(section["title"])
            for question in section["questions"]:
                question |= {"label": str(question["label"]), "help": str(question["help"])}
                question["options"] = [str(option) for option in question["options"]]
                if "right" in question:
                    question["right"] = str(question["right"])
    found, is_new = Questionnaire.objects.get_or_create(
        key=key,
        defaults={
            "title": title,
            "use": default.use,
            "subject_kind": default.subject_kind,
            "number": 1,
        },
    )
    if is_new:  # who came second waited for the first
        QuestionnaireVersion.objects.create(
            questionnaire=found,
            number=1,
            title=title,
            intro=intro,
            body=body,
            created_at=timezone.now(),
        )
    return found


def _add_version(
    found: Questionnaire, written: Written, *, author: User, now: datetime
) -> QuestionnaireVersion:
    found.number += 1
    found.title = written.title
    numbers = [CODE.fullmatch(question.key) for question in written.outline.questions()]
    found.codes_used = max([found.codes_used, *(int(one.group(1)) for one in numbers if one)])
    found.save()
    return QuestionnaireVersion.objects.create(
        questionnaire=found,
        number=found.number,
        title=written.title,
        intro=written.intro,
        body=body_of(written.outline),
        author=author,
        created_at=now,
    )


def _may_write(actor: User) -> None:
    if not actor.has_perm(EDIT):
        raise NotAllowedError(_("Your role does not write questionnaires."))


def _check(outline: Outline) -> None:
    found = faults(outline)
    if found:
        raise ValidationError([str(FAULTS[fault.code]) for fault in found])


def _audit(found: Questionnaire, actor: User, now: datetime) -> None:
    record(
        kind="questionnaire.saved",
        actor=actor,
        subject=("questionnaire", found.pk),
        facts={"key": found.key, "version": found.number},
        now=now,
    )
