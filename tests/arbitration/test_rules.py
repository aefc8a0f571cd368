"""The decision on claims as a table: what happened, who gets the household, which rules counted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from customers.arbitration.rules import (
    Basis,
    Decision,
    Event,
    EventKind,
    Outcome,
    Rule,
    Terms,
    decide,
)

START = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
ANN, BEN, HOME = "链家滨江店", "中原城西店", 1
PARTNER = 2  # the other person of the household
CLAIM, WALK_IN, UNDECIDED = Outcome.CLAIM, Outcome.WALK_IN, Outcome.UNDECIDED
LOOSE = {"needs_verification": False}


def at(days: float = 0, minutes: float = 0) -> datetime:
    return START + timedelta(days=days, minutes=minutes)


def told(*rows, **terms) -> list[Event]:
    """Return events from (kind, party, days, further facts)."""
    rules = Terms(**terms)
    return [
        Event(
            key=key,
            kind=EventKind(kind),
            at=at(days),
            party=party,
            terms=rules,
            **{"customer": HOME, **(more[0] if more else {})},
        )
        for key, (kind, party, days, *more) in enumerate(rows, start=1)
    ]


WAY = [("reported", ANN, 0), ("verified", ANN, 0.1), ("visited", ANN, 1), ("deposit", "", 5)]
CASES = {
    "the straight way": (WAY, {}, CLAIM, ANN, {}),
    "nobody reported": ([("visited", "", 0), ("deposit", "", 1)], {}, WALK_IN, "", {}),
    "nothing happened": ([], {}, WALK_IN, "", {}),
    "before a deal the standing claim is protected": (WAY[:3], {}, CLAIM, ANN, {}),
    "exactly the lead time is early enough": (
        [
            ("reported", ANN, 0),
            ("verified", ANN, 0),
            ("visited", ANN, 30 / 1440),
            ("signed", "", 9),
        ],
        {},
        CLAIM,
        ANN,
        {},
    ),
    "a minute less is too late": (
        [
            ("reported", ANN, 0),
            ("verified", ANN, 0),
            ("visited", ANN, 29 / 1440),
            ("signed", "", 9),
        ],
        {},
        WALK_IN,
        "",
        {ANN: Rule.LATE},
    ),
    "the lead time counts for the first visit only": (
        [
            ("visited", "", 0),
            ("reported", ANN, 40),
            ("verified", ANN, 40),
            ("visited", ANN, 40.001),
            ("deposit", "", 41),
        ],
        {},
        CLAIM,
        ANN,
        {},
    ),
    "not verified before the visit": (
        [("reported", ANN, 0), ("visited", ANN, 1), ("verified", ANN, 2), ("deposit", "", 5)],
        {},
        WALK_IN,
        "",
        {ANN: Rule.NOT_VERIFIED},
    ),
    "verification is not asked for": (
        [("reported", ANN, 0), ("visited", ANN, 1), ("deposit", "", 5)],
        LOOSE,
        CLAIM,
        ANN,
        {},
    ),
    "somebody else's claim is protected": (
        [*WAY[:2], ("reported", BEN, 0.5), *WAY[2:]],
        {},
        CLAIM,
        ANN,
        {BEN: Rule.PROTECTED},
    ),
    "the last day of the protection": (
        [("reported", ANN, 0), ("verified", ANN, 0), ("visited", ANN, 1), ("deposit", "", 31)],
        {},
        CLAIM,
        ANN,
        {},
    ),
    "a moment after it": (
        [("reported", ANN, 0), ("verified", ANN, 0), ("visited", ANN, 1), ("deposit", "", 31.001)],
        {},
        WALK_IN,
        "",
        {ANN: Rule.LAPSED},
    ),
    "the next one gets what lapsed": (
        [
            ("reported", ANN, 0),
            ("reported", BEN, 31),
            ("verified", BEN, 31),
            ("visited", BEN, 32),
            ("deposit", "", 33),
        ],
        {},
        CLAIM,
        BEN,
        {ANN: Rule.LAPSED},
    ),
    "reported again in time": (
        [
            ("reported", ANN, 0),
            ("re_reported", ANN, 20),
            ("verified", ANN, 20),
            ("visited", ANN, 45),
            ("deposit", "", 50),
        ],
        {},
        CLAIM,
        ANN,
        {},
    ),
    "reported again, but somebody followed": (
        [
            ("reported", ANN, 0),
            ("verified", ANN, 1),
            ("reported", BEN, 10),
            ("re_reported", ANN, 20),
            ("visited", ANN, 45),
            ("deposit", "", 50),
        ],
        {},
        WALK_IN,
        "",
        {ANN: Rule.LAPSED, BEN: Rule.PROTECTED},
    ),
    "no surname": (
        [("reported", ANN, 0, {"has_surname": False}), ("visited", ANN, 1), ("deposit", "", 5)],
        LOOSE,
        WALK_IN,
        "",
        {ANN: Rule.NO_SURNAME},
    ),
    "addressed near the site": (
        [("reported", ANN, 0, {"metres": 999}), ("visited", ANN, 1), ("deposit", "", 5)],
        LOOSE,
        WALK_IN,
        "",
        {ANN: Rule.NEAR_SITE},
    ),
    "addressed on the line": (
        [("reported", ANN, 0, {"metres": 1000}), ("visited", ANN, 1), ("deposit", "", 5)],
        LOOSE,
        CLAIM,
        ANN,
        {},
    ),
    "over the quota of the day": (
        [("reported", ANN, 0, {"today": 21}), ("visited", ANN, 1), ("deposit", "", 5)],
        LOOSE,
        WALK_IN,
        "",
        {ANN: Rule.OVER_QUOTA},
    ),
    "the last of the quota": (
        [("reported", ANN, 0, {"today": 20}), ("visited", ANN, 1), ("deposit", "", 5)],
        LOOSE,
        CLAIM,
        ANN,
        {},
    ),
    "the company knew them": (
        [("reported", ANN, 0, {"known_at": at(-30)}), ("visited", ANN, 1), ("deposit", "", 5)],
        LOOSE,
        WALK_IN,
        "",
        {ANN: Rule.KNOWN},
    ),
    "the company had forgotten them": (
        [("reported", ANN, 0, {"known_at": at(-30.01)}), ("visited", ANN, 1), ("deposit", "", 5)],
        LOOSE,
        CLAIM,
        ANN,
        {},
    ),
    "they walked in before": (
        [("visited", "", 0), ("reported", ANN, 1), ("visited", ANN, 2), ("deposit", "", 5)],
        LOOSE,
        WALK_IN,
        "",
        {ANN: Rule.KNOWN},
    ),
    "another number to begin anew": (
        [
            ("reported", ANN, 0),
            ("reported", ANN, 31, {"customer": PARTNER}),
            ("visited", ANN, 32),
            ("deposit", "", 33),
        ],
        LOOSE,
        WALK_IN,
        "",
        {ANN: Rule.OTHER_NUMBER},
    ),
    "a visit is missing": (
        [("reported", ANN, 0), ("verified", ANN, 1), ("deposit", "", 5)],
        {},
        WALK_IN,
        "",
        {ANN: Rule.NOT_VISITED},
    ),
    "a report alone is enough": (
        [("reported", ANN, 0), ("verified", ANN, 1), ("deposit", "", 5)],
        {"basis": Basis.REPORT_DEAL},
        CLAIM,
        ANN,
        {},
    ),
    "unverified up to the deal": (
        [("reported", ANN, 0), ("deposit", "", 5)],
        {"basis": Basis.REPORT_DEAL},
        WALK_IN,
        "",
        {ANN: Rule.NOT_VERIFIED},
    ),
    "from the visit on, no lead time": (
        [("reported", ANN, 0), ("visited", ANN, 1 / 1440), ("deposit", "", 25)],
        {"basis": Basis.VISIT_DEAL, **LOOSE},
        CLAIM,
        ANN,
        {},
    ),
    "the number fits two people": (
        [("reported", ANN, 0, {"matches": 2}), ("visited", ANN, 1), ("deposit", "", 5)],
        LOOSE,
        UNDECIDED,
        "",
        {},
    ),
    "two people of one household, brought by two": (
        [
            ("reported", ANN, 0),
            ("reported", BEN, 1, {"customer": PARTNER}),
            ("visited", "", 2),
            ("deposit", "", 5),
        ],
        LOOSE,
        UNDECIDED,
        "",
        {BEN: Rule.SAME_HOUSEHOLD},
    ),
    "two at the same moment": (
        [("reported", ANN, 0), ("reported", BEN, 0), ("visited", ANN, 1), ("deposit", "", 5)],
        LOOSE,
        UNDECIDED,
        "",
        {BEN: Rule.SAME_MOMENT},
    ),
    "what comes after the deal is nothing": (
        [*WAY, ("reported", BEN, 6), ("visited", BEN, 7)],
        {},
        CLAIM,
        ANN,
        {},
    ),
}


@pytest.mark.parametrize(("rows", "terms", "outcome", "party", "losing"), CASES.values(), ids=CASES)
def test_who_gets_the_household(rows, terms, outcome, party, losing):
    decision = decide(told(*rows, **terms))
    assert (decision.outcome, decision.party) == (outcome, party)
    assert {one.party: one.rule for one in decision.losing} == losing


@pytest.mark.parametrize("rows", [WAY, CASES["reported again, but somebody followed"][0]])
def test_the_order_of_reading_changes_nothing(rows):
    events = told(*rows)
    expected = decide(events)
    for shuffled in list(permutations(events))[:120]:
        assert decide(shuffled) == expected


def test_every_rule_that_fired_is_named_with_its_event():
    rows = CASES["reported again, but somebody followed"][0]
    decision = decide(told(*rows))
    assert [(one.rule, one.party, one.event) for one in decision.fired] == [
        (Rule.PROTECTED, BEN, 3),
        (Rule.FOLLOWED, ANN, 4),
        (Rule.LAPSED, ANN, 1),
    ]
    assert isinstance(decision, Decision)


def test_each_event_is_judged_by_the_rules_of_its_own_day():
    events = told(*WAY)
    strict = Terms(version=2, protection_days=1, visit_days=1, lead_minutes=1440 * 2)
    later = [event if event.key == 1 else replace(event, terms=strict) for event in events]
    assert decide(later).party == ANN  # the report was made under version 1
    first = [replace(event, terms=strict) if event.key == 1 else event for event in events]
    assert decide(first).outcome is WALK_IN
