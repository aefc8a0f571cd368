"""What the page of a survey shows: figures, projects, questions, models, tables."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from crm_site.policies.services import in_force
from crm_site.questionnaires.rules import Outline, Question
from crm_site.staff.models import User
from service.surveys import readings, selectors
from service.surveys.choices import KANO_KINDS, Method
from service.surveys.models import Survey, SurveyResponse
from service.surveys.policies import RULES, SurveyRules
from service.surveys.rules.figures import FEW
from service.surveys.rules.kano import Feature, Kind
from service.surveys.services.answering import asked

LEFT, BOTTOM, WIDTH, HEIGHT = 10, 230, 380, 220  # of the picture of the Kano model


def detail_of(survey: Survey, user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """Return the figures of an opened survey over the answers ``user`` may see.

    Figures of the staff stay hidden below the number of answers that keeps people unknown.
    """
    outline = asked(survey.asked_id).outline
    rows = SurveyResponse.objects.visible_to(user).filter(survey=survey)
    figures = selectors.figures_of(rows)
    context: dict[str, Any] = {
        "figures": figures,
        "response": selectors.response_of(survey, user),
        "few": FEW,
        "answers_url": f"{survey.get_absolute_url()}answers/",
    }
    if survey.of_staff:
        rules: SurveyRules = in_force(RULES, at=timezone.now()).value
        context["least"] = rules.staff_least
        if figures.answers < rules.staff_least:
            return context | {"is_hidden": True}
        return context | {"questions": selectors.question_figures(outline, rows)}
    return context | {
        "questions": selectors.question_figures(outline, rows),
        "projects": selectors.by_project(rows),
        "loyalty": readings.loyalty_of(rows),
        "comments": selectors.comments_of(outline, rows),
        **_model(survey, outline, rows),
        **_cross(outline, rows, query),
    }


def _model(survey: Survey, outline: Outline, rows: Any) -> dict[str, Any]:
    if survey.method == Method.KANO:
        return {"kano": _kano(outline, rows)}
    if survey.method == Method.ACSI:
        return {"index": readings.index_of(outline, rows)}
    return {}


def _kano(outline: Outline, rows: Any) -> dict[str, Any]:
    return {
        "heads": [KANO_KINDS[kind] for kind in Kind],
        "words": {kind.value: KANO_KINDS[kind] for kind in Kind},
        "lines": [
            {
                "feature": one,
                "words": KANO_KINDS[one.kind] if one.kind else "",
                "counts": [one.counts[kind] for kind in Kind],
                "place": _place(one),
            }
            for one in readings.kano_of(outline, rows)
        ],
    }


def _place(feature: Feature) -> tuple[int, int] | None:
    """Return where a feature lies on the picture: to the right missed, upwards pleasing."""
    if feature.better is None or feature.worse is None:
        return None
    return round(LEFT - feature.worse * WIDTH), round(BOTTOM - feature.better * HEIGHT)


def _cross(outline: Outline, rows: Any, query: Mapping[str, str]) -> dict[str, Any]:
    questions = selectors.crossable(outline)
    first = _chosen(questions, query.get("rows", ""), place=0)
    second = _chosen(questions, query.get("columns", ""), place=1)
    found: dict[str, Any] = {"crossable": questions, "cross_rows": first, "cross_columns": second}
    if first is None or second is None or first.key == second.key:
        return found
    table = selectors.cross_of(rows, first, second)
    return found | {"cross": selectors.cross_table(table, first, second)}


def _chosen(questions: list[Question], key: str, *, place: int) -> Question | None:
    """Return the question of this key; while nobody chose, the one at ``place``."""
    if not key:
        return questions[place] if place < len(questions) else None
    return next((one for one in questions if one.key == key), None)
