"""Quality of selling from checks and findings; levels of competence; failed items. Pure."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

TENTH = Decimal("0.1")
FULL = Decimal(100)
# answers of a check that are a finding, with how grave it is
FAILED: Mapping[str, str] = {"no": "medium", "partly": "low"}


class Level(StrEnum):
    """How competent a consultant has shown to be (MKT-64)."""

    EXPERT = "expert"
    QUALIFIED = "qualified"
    TRAINING = "training"
    UNTESTED = "untested"


def quality_score(
    scores: Iterable[Decimal], severities: Iterable[str], deductions: Mapping[str, Decimal]
) -> Decimal | None:
    """Return the mean of the checks less what each finding takes, 0 at least (MKT-63).

    Percent in tenths; None without any check and any finding.
    """
    found, marks = list(scores), list(severities)
    if not found and not marks:
        return None
    mean = sum(found, Decimal(0)) / len(found) if found else FULL
    lost = sum((deductions.get(one, Decimal(0)) for one in marks), Decimal(0))
    return max(mean - lost, Decimal(0)).quantize(TENTH, ROUND_HALF_UP)


def level_of(
    results: Mapping[str, Decimal | None], *, pass_mark: Decimal, expert_mark: Decimal
) -> Level:
    """Return the level from the latest result of each test, None where it was not done."""
    known = [one for one in results.values() if one is not None]
    if any(one < pass_mark for one in known):
        return Level.TRAINING
    if len(known) < len(results) or not known:
        return Level.UNTESTED
    return Level.EXPERT if all(one >= expert_mark for one in known) else Level.QUALIFIED


def failed_items(answers: Mapping[str, str], order: Iterable[str]) -> list[tuple[str, str]]:
    """Return the questions answered with no or partly, with how grave that is, in order."""
    return [(key, FAILED[answers[key]]) for key in order if answers.get(key) in FAILED]
