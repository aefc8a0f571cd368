"""The figures of a survey, each from the same rows as the list it opens."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Avg, Count, Q, StdDev

from crm_site.questionnaires.models import QuestionnaireVersion
from crm_site.questionnaires.rules import Outline, Question, Scale
from customers.models import Customer
from service.surveys.choices import BOXES as BOX_WORDS
from service.surveys.choices import LEFT_OUT, survey_words
from service.surveys.models import Survey, SurveyAnswer, SurveyInvitation, SurveyResponse
from service.surveys.querysets import BOXES, CAMPS, in_scope
from service.surveys.rules.figures import (
    Csat,
    Mean,
    Nps,
    bias_note,
    csat,
    mean_of,
    nps,
    response_rate,
)
from service.surveys.rules.models import Cross, cross
from service.surveys.rules.scales import Box, Camp, distribution, of_ten, shares

DARKEST = 4  # of the cells of a table
WIDEST = 12  # choices of a question that a table can show


@dataclass(frozen=True, slots=True)
class Figures:
    """What a group of answers says."""

    answers: int
    csat: Csat | None
    mean: Mean | None
    nps: Nps | None
    low: int


@dataclass(frozen=True, slots=True)
class Response:
    """How many were asked, reached and answered."""

    invited: int
    answered: int
    reminded: int
    rate: float | None
    is_thin: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One value of a question: how often, which share, and the rows behind it."""

    words: Any
    count: int
    share: Decimal
    query: str


@dataclass(frozen=True, slots=True)
class QuestionFigures:
    """A question with its distribution; ``mean`` out of ten where its scale allows."""

    question: Question
    n: int
    bars: list[Bar]
    mean: float | None


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A project (or stage, region) beside the others, with the rows behind it."""

    name: Any
    figures: Figures
    query: str
    bars: list[Bar]


def counted() -> dict[str, Any]:
    """Return the aggregates that ``figures_of_row`` reads."""
    return {
        "n": Count("pk"),
        "rated": Count("rating"),
        "mean": Avg("rating"),
        "spread": StdDev("rating", sample=True),
        "low": Count("pk", filter=Q(is_low=True)),
        **{f"box_{key}": Count("pk", filter=BOXES[key]) for key in Box},
        **{f"camp_{key}": Count("pk", filter=CAMPS[key]) for key in Camp},
    }


def figures_of_row(row: dict[str, Any]) -> Figures:
    """Return the figures of a row of ``counted`` aggregates."""
    spread = row["spread"]
    return Figures(
        answers=row["n"],
        csat=csat(row[f"box_{Box.SATISFIED}"], row["rated"]),
        mean=mean_of(
            row["rated"],
            float(row["mean"] or 0),
            None if spread is None else float(spread),
        ),
        nps=nps(
            row[f"camp_{Camp.PROMOTER}"],
            row[f"camp_{Camp.PASSIVE}"],
            row[f"camp_{Camp.DETRACTOR}"],
        ),
        low=row["low"],
    )


def figures_of(rows: Any) -> Figures:
    """Return the figures of a query of answers."""
    return figures_of_row(rows.aggregate(**counted()))


def response_of(survey: Survey, user: Any) -> Response:
    """Return how many answered of those who were asked in the projects ``user`` sees."""
    asked = survey.invitations.filter(in_scope(user, is_shared=False))
    counts = asked.aggregate(
        invited=Count("pk"),
        answered=Count("pk", filter=Q(used_at__isnull=False)),
        reminded=Count("pk", filter=Q(reminded_at__isnull=False)),
    )
    rate = response_rate(counts["invited"], counts["answered"])
    return Response(**counts, rate=rate, is_thin=bias_note(rate))


def question_figures(outline: Outline, rows: Any) -> list[QuestionFigures]:
    """Return the distribution of each question with fixed answers, zeros included (SVC-67)."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    found = SurveyAnswer.objects.filter(response__in=rows.values("pk"))
    for key, value, n in found.values_list("question", "value").annotate(n=Count("pk")).order_by():
        counts[key][value] = n
    return [_figures_of(one, counts[one.key]) for one in outline.questions() if one.values]


def _figures_of(question: Question, counts: dict[str, int]) -> QuestionFigures:
    spread = distribution(
        question.values, (value for value, n in counts.items() for _each in range(n))
    )
    percents = shares([n for _value, n in spread])
    bars = [
        Bar(
            survey_words(question, value),
            n,
            percent,
            urlencode({"answer": f"{question.key}={value}"}),
        )
        for (value, n), percent in zip(spread, percents, strict=True)
    ]
    rated = [(of_ten(question.scale, value), n) for value, n in spread if n]
    ratings = [(float(rating), n) for rating, n in rated if rating is not None]
    total = sum(n for _value, n in spread)
    mean = sum(rating * n for rating, n in ratings) / total if ratings and total else None
    return QuestionFigures(question, total, bars, mean)


def by_project(rows: Any) -> list[GroupLine]:
    """Return the projects beside each other, with how content their customers are (SVC-67)."""
    found = rows.order_by().values("project", "project__name").annotate(**counted())
    return [
        group_line(row["project__name"] or "—", row, {"project": row["project"] or "none"})
        for row in found.order_by("project__name")
    ]


def group_line(name: Any, row: dict[str, Any], query: dict[str, Any]) -> GroupLine:
    """Return a line with its three shares of satisfaction, which sum to 100."""
    numbers = [row[f"box_{key}"] for key in Box]
    bars = [
        Bar(words, n, share, urlencode(query | {"box": key}))
        for (key, words), n, share in zip(BOX_WORDS, numbers, shares(numbers), strict=True)
    ]
    return GroupLine(name, figures_of_row(row), urlencode(query), bars)


def crossable(outline: Outline) -> list[Question]:
    """Return the questions that can stand against each other in a table."""
    return [one for one in outline.questions() if 0 < len(one.values) <= WIDEST]


def cross_of(rows: Any, first: Question, second: Question) -> Cross:
    """Return two questions against each other over the answers that hold both (SVC-55)."""
    given: dict[int, dict[str, str]] = defaultdict(dict)
    found = SurveyAnswer.objects.filter(
        response__in=rows.values("pk"), question__in=[first.key, second.key]
    )
    for response, key, value in found.values_list("response", "question", "value"):
        given[response][key] = value
    pairs = [
        (one[first.key], one[second.key])
        for one in given.values()
        if first.key in one and second.key in one
    ]
    return cross(first.values, second.values, pairs)


def cross_table(table: Cross, first: Question, second: Question) -> dict[str, Any]:
    """Return the table in words; each cell with the rows behind it and how dark it is, 0 to 4."""
    most = max(table.counts.values(), default=0) or 1
    return {
        "heads": [survey_words(second, value) for value in table.columns],
        "rows": [
            {
                "words": survey_words(first, row),
                "cells": [
                    (
                        table.counts[row, column],
                        urlencode(
                            {
                                "answer": f"{first.key}={row}",
                                "and_answer": f"{second.key}={column}",
                            }
                        ),
                        -(-table.counts[row, column] * DARKEST // most),
                    )
                    for column in table.columns
                ],
                "sum": table.of_row(row),
            }
            for row in table.rows
        ],
        "sums": [table.of_column(column) for column in table.columns],
        "n": table.n,
        "is_few": table.is_few,
    }


def comments_of(outline: Outline, rows: Any, *, most: int = 20) -> list[SurveyAnswer]:
    """Return the newest free texts."""
    keys = [one.key for one in outline.questions() if one.scale in (Scale.TEXT, Scale.LONG)]
    found = SurveyAnswer.objects.filter(question__in=keys, response__in=rows.values("pk"))
    return list(found.select_related("response").order_by("-pk")[:most])


def answer_lines(rows: Sequence[SurveyResponse], user: Any) -> list[dict[str, Any]]:
    """Return answers as a table prints them; names only of customers whom ``user`` may see."""
    keys = [row.customer_id for row in rows if row.customer_id]
    seen = set(Customer.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))
    given: dict[int, list[SurveyAnswer]] = defaultdict(list)
    for one in SurveyAnswer.objects.filter(response__in=rows).order_by("pk"):
        given[one.response_id].append(one)
    return [
        {
            "row": row,
            "customer": row.customer if row.customer_id in seen else None,
            "texts": _texts(row, given[row.pk]),
        }
        for row in rows
    ]


def _texts(row: SurveyResponse, answers: Iterable[SurveyAnswer]) -> list[tuple[str, Any]]:
    questions = {one.key: one for one in row.version.outline.questions()}
    return [
        (questions[one.question].label, survey_words(questions[one.question], one.value))
        for one in answers
        if one.question in questions
    ]


def survey_lines(surveys: Sequence[Survey], user: Any) -> list[dict[str, Any]]:
    """Return surveys as the list prints them, the counts of all in one query."""
    counts = {
        row["survey"]: row
        for row in SurveyInvitation.objects.filter(survey__in=surveys)
        .filter(in_scope(user, is_shared=False))
        .values("survey")
        .annotate(invited=Count("pk"), answered=Count("pk", filter=Q(used_at__isnull=False)))
        .order_by()
    }
    lines = []
    for survey in surveys:
        row = counts.get(survey.pk, {"invited": 0, "answered": 0})
        rate = response_rate(row["invited"], row["answered"])
        lines.append({"survey": survey, **row, "rate": rate})
    return lines


def out_lines(left_out: dict[str, int]) -> list[tuple[Any, int]]:
    """Return in words why customers are not asked."""
    return [(words, left_out[key]) for key, words in LEFT_OUT if left_out.get(key)]


def low_questions(rows: Any) -> list[tuple[str, float, int]]:
    """Return (question, mean out of ten, answers) over several questionnaires, the lowest first."""
    found = (
        SurveyAnswer.objects.filter(response__in=rows.values("pk"))
        .values("response__version", "question", "scale", "value")
        .annotate(n=Count("pk"))
        .order_by()
    )
    sums: dict[tuple[int, str], list[Decimal | int]] = defaultdict(lambda: [Decimal(0), 0])
    for row in found:
        rating = of_ten(row["scale"], row["value"])
        if rating is not None:
            total = sums[row["response__version"], row["question"]]
            total[0] += rating * row["n"]
            total[1] += row["n"]
    labels = {
        (version.pk, one.key): one.label
        for version in QuestionnaireVersion.objects.filter(pk__in={key for key, _one in sums})
        for one in version.outline.questions()
    }
    lines = [(labels[key], float(total) / float(n), int(n)) for key, (total, n) in sums.items()]
    return sorted(lines, key=lambda line: (line[1], line[0]))
