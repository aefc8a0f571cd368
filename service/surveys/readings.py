"""What a survey says by its model: Kano, index of satisfaction, loyalty (SVC-58…60)."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Avg, Count

from crm_site.questionnaires.rules import Outline, Question, Scale, Section
from service.surveys.choices import QUADRANTS as WORDS
from service.surveys.models import SurveyAnswer
from service.surveys.querysets import QUADRANTS
from service.surveys.rules.kano import Feature, by_priority, judge
from service.surveys.rules.models import Construct, acsi_index
from service.surveys.rules.scales import shares

KANO_ANSWERS: Final = 5
PAIR: Final = 2


@dataclass(frozen=True, slots=True)
class ConstructLine:
    """A block of the index: its title, 0 to 100, and on how many answers it rests."""

    title: str
    value: Decimal | None
    n: int


@dataclass(frozen=True, slots=True)
class Index:
    """The index of satisfaction with its six blocks."""

    value: Decimal | None
    lines: list[ConstructLine]


def pairs_of(section: Section) -> tuple[Question, Question] | None:
    """Return the two questions of a feature: a section of two with the same five answers."""
    found = [one for one in section.questions if len(one.options) == KANO_ANSWERS]
    if len(found) != PAIR or found[0].options != found[1].options:
        return None
    return found[0], found[1]


def kano_of(outline: Outline, rows: Any) -> list[Feature]:
    """Return the features in the order of their priority."""
    given: dict[int, dict[str, str]] = defaultdict(dict)
    answers = SurveyAnswer.objects.filter(response__in=rows.values("pk"))
    for response, key, value in answers.values_list("response", "question", "value"):
        given[response][key] = value
    features = []
    for section in outline.sections:
        pair = pairs_of(section)
        if pair is None:
            continue
        with_it, without_it = pair
        places = [
            (
                with_it.options.index(one[with_it.key]),
                without_it.options.index(one[without_it.key]),
            )
            for one in given.values()
            if with_it.key in one and without_it.key in one
        ]
        features.append(judge(section.title or with_it.label, places))
    return by_priority(features)


def index_of(outline: Outline, rows: Any) -> Index | None:
    """Return the index, None where the questionnaire does not have the six sections.

    A block is the mean of its questions from 1 to 10, stretched to 0 to 100 and weighed by the
    questions' weights; complaints are the share who complained.
    """
    if len(outline.sections) != len(Construct):
        return None
    means: dict[str, dict[str, Any]] = {
        row["question"]: dict(row)
        for row in SurveyAnswer.objects.filter(response__in=rows.values("pk"))
        .values("question")
        .annotate(points=Avg("points"), n=Count("pk"))
        .order_by()
    }
    lines, value = [], None
    for construct, section in zip(Construct, outline.sections, strict=True):
        line = _line(construct, section, means)
        lines.append(line)
        if construct is Construct.SATISFACTION:
            value = line.value
    return Index(value, lines)


def _line(
    construct: Construct, section: Section, means: dict[str, dict[str, Any]]
) -> ConstructLine:
    n = max((means[one.key]["n"] for one in section.questions if one.key in means), default=0)
    if construct is Construct.COMPLAINTS:
        shares = [
            means[one.key]["points"]
            for one in section.questions
            if one.key in means and one.scale == Scale.YES
        ]
        return ConstructLine(section.title, shares[0] if shares else None, n)
    tens = [
        (means[one.key]["points"] * 9 / 100 + 1, one.weight)
        for one in section.questions
        if one.key in means and one.scale == Scale.TEN
    ]
    return ConstructLine(section.title, acsi_index(tens), n)


def loyalty_of(rows: Any) -> dict[str, Any]:
    """Return how many are of each kind of loyalty; the four sum to all who answered both."""
    counts = rows.aggregate(**{key: Count("pk", filter=QUADRANTS[key]) for key in QUADRANTS})
    parts = shares([counts[key] for key, _words in WORDS])
    return {
        "total": sum(counts.values()),
        "lines": [
            {
                "words": words,
                "count": counts[key],
                "share": share,
                "query": urlencode({"quadrant": key}),
            }
            for (key, words), share in zip(WORDS, parts, strict=True)
        ],
    }
