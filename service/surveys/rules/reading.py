"""What a filled-in questionnaire says at once: score, satisfaction, recommendation, alarm. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from crm_site.questionnaires.rules import Outline, Question, Scale, score, shown
from service.surveys.rules.scales import RATED, of_ten


@dataclass(frozen=True, slots=True)
class Reading:
    """The figures kept beside the answers; None where the question was not asked or answered."""

    score: Decimal | None
    rating: Decimal | None
    recommends: int | None


def rated_question(outline: Outline) -> Question | None:
    """Return the question whose answers are the satisfaction: the first on a rating scale."""
    return next((one for one in outline.questions() if one.scale in RATED), None)


def recommending_question(outline: Outline) -> Question | None:
    """Return the question whose answers are the NPS: the first on its scale."""
    return next((one for one in outline.questions() if one.scale == Scale.NPS), None)


def read(outline: Outline, answers: Mapping[str, str]) -> Reading:
    """Return the figures of clean answers by the keys of their questions."""
    visible = {one.key for one in shown(outline, answers)}
    rated, recommending = rated_question(outline), recommending_question(outline)
    rating = of_ten(rated.scale, answers.get(rated.key, "")) if rated else None
    said = answers.get(recommending.key, "") if recommending else ""
    found = score(outline, answers)
    return Reading(
        score=found.percent if found else None,
        rating=rating if rated and rated.key in visible else None,
        recommends=int(said) if said and recommending and recommending.key in visible else None,
    )


def is_low(reading: Reading, *, low_rating: Decimal, low_recommendation: int) -> bool:
    """Tell whether somebody should be called: content or recommending at most this."""
    return (reading.rating is not None and reading.rating <= low_rating) or (
        reading.recommends is not None and reading.recommends <= low_recommendation
    )


def public_faults(outline: Outline) -> list[str]:
    """Return why the questionnaire cannot be answered by a link: codes, empty for none."""
    found = []
    if any(one.scale == Scale.PHOTO for one in outline.questions()):
        found.append("photo")
    return found
