"""Answering by a link: found by its hash, used once, whatever comes at the same moment (A-10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

from django.db import transaction
from django.utils import timezone

from crm_site.policies.services import in_force
from crm_site.questionnaires.models import QuestionnaireVersion
from crm_site.questionnaires.rules import Outline, Scale, outline_of, points
from service.desk.services.feedback import Said, count_feedback
from service.surveys.care import open_care
from service.surveys.models import SurveyAnswer, SurveyInvitation, SurveyResponse
from service.surveys.policies import RULES, SurveyRules
from service.surveys.rules.links import hash_of, is_token
from service.surveys.rules.reading import Reading, is_low, read

WAY: Final = "questionnaire"
SOURCE_KIND: Final = "survey_response"
FREE_TEXTS: Final = frozenset({Scale.TEXT, Scale.LONG})


class LinkState(StrEnum):
    """What a link is worth."""

    OPEN = "open"
    USED = "used"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one version asks, read once for each process: versions never change."""

    title: str
    intro: str
    outline: Outline


@lru_cache(maxsize=64)
def asked(version_id: int) -> Asked:
    """Return what a version asks."""
    version = QuestionnaireVersion.objects.get(pk=version_id)
    return Asked(version.title, version.intro, outline_of(version.body))


def invitation_of(token: str) -> SurveyInvitation | None:
    """Return who was asked by this link, None for a token nobody was given; one or two queries."""
    if not is_token(token):
        return None
    rows, kept = SurveyInvitation.objects.select_related("survey").order_by(), hash_of(token)
    for mine in (rows.filter(token_hash=kept), rows.filter(second_hash=kept)):
        for found in mine[:1]:
            return found
    return None


def state_of(invitation: SurveyInvitation, *, now: datetime) -> LinkState:
    """Return what the link is worth at a moment."""
    if invitation.used_at is not None:
        return LinkState.USED
    is_over = invitation.expires_at <= now or not invitation.survey.is_open
    return LinkState.OVER if is_over else LinkState.OPEN


@transaction.atomic
def answer(
    *, invitation: SurveyInvitation, answers: Mapping[str, str], now: datetime
) -> SurveyResponse | None:
    """Keep clean answers once; None where the link was used or ended meanwhile.

    Only the one whose update of the invitation counts writes anything. Of the staff neither the
    link nor the minute is kept with the answer.
    """
    survey = invitation.survey
    day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    at = day if survey.of_staff else now
    free = SurveyInvitation.objects.filter(
        pk=invitation.pk, used_at__isnull=True, expires_at__gt=now
    )
    if not free.update(used_at=at):
        return None
    outline = asked(survey.asked_id).outline
    reading = read(outline, answers)
    response = SurveyResponse.objects.create(
        **_whose(invitation),
        survey=survey,
        version_id=survey.asked_id,
        trigger=survey.trigger,
        stage=survey.stage,
        at=at,
        month_on=day.date().replace(day=1),
        score=reading.score,
        rating=reading.rating,
        recommends=reading.recommends,
        is_low=_alarms(reading, now),
    )
    SurveyAnswer.objects.bulk_create(
        [
            SurveyAnswer(
                response=response,
                question=one.key,
                scale=one.scale,
                value=answers[one.key],
                points=points(one.scale, answers[one.key]),
            )
            for one in outline.questions()
            if one.key in answers
        ]
    )
    if not survey.of_staff:
        words = _own_words(outline, answers)
        _pass_on(response, words)
        if response.is_low:
            open_care(response, words=words, now=now)
    return response


def _own_words(outline: Outline, answers: Mapping[str, str]) -> str:
    texts = [one.key for one in outline.questions() if one.scale in FREE_TEXTS]
    return "\n".join(answers[key] for key in texts if key in answers)


def _pass_on(response: SurveyResponse, words: str) -> None:
    """Put the answer beside everything else customers tell us, in their own words (SVC-44)."""
    said = Said(
        way=WAY,
        at=response.at,
        text=words,
        score=None if response.rating is None else int(response.rating),
        customer_id=response.customer_id,
        project_id=response.project_id,
        source_kind=SOURCE_KIND,
        source_id=str(response.pk),
    )
    if said.text or said.score is not None:
        count_feedback(said=said, actor=None)


def _whose(invitation: SurveyInvitation) -> dict[str, object]:
    place: dict[str, object] = {
        "project_id": invitation.project_id,
        "region_id": invitation.region_id,
    }
    if invitation.survey.of_staff:
        return place | {"of_staff": True}
    return place | {
        "invitation": invitation,
        "customer_id": invitation.customer_id,
        "adviser_id": invitation.adviser_id,
    }


def _alarms(reading: Reading, now: datetime) -> bool:
    rules: SurveyRules = in_force(RULES, at=now).value
    return is_low(reading, low_rating=rules.low_rating, low_recommendation=rules.low_recommendation)
