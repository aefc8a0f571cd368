"""A day at the hotline as a telephone system would tell it, for the simulator. Pure (SVC-23).

The same seed plans the same day, with the same keys: a day played twice is told once.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

HOUR: Final = 3600
OPENS, CLOSES, NIGHT = 9 * HOUR, 17 * HOUR, 21 * HOUR  # the staffed hours of winter lie within
STORIES: Final = {"answered": 10, "held": 3, "transferred": 3, "missed": 2, "voicemail": 2}
LATE: Final = 0.2  # of the events come minutes after the others of their call
AGAIN: Final = 0.15  # of the events are sent twice
KEPT_AT: Final = "https://pbx.example.com/recordings"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who calls, and the extensions that ring."""

    callers: Sequence[str]
    extensions: Sequence[str]


@dataclass(frozen=True, slots=True)
class Planned:
    """An event: its key, its call, what happened how many seconds after midnight."""

    event: str
    call: str
    kind: str
    at: int
    caller: str = ""
    extension: str = ""
    recording: str = ""


def plan_day(cast: Cast, *, calls: int, name: str, chance: random.Random) -> list[Planned]:
    """Return the events of ``calls`` calls in the order in which they happen.

    From five calls on every story is among them: answered, held, transferred, missed, voice
    message. Voice messages are left after hours.
    """
    drawn = chance.choices(list(STORIES), weights=list(STORIES.values()), k=calls)
    stories = [*STORIES, *drawn][:calls]
    told: list[Planned] = []
    for number, story in enumerate(stories):
        told += _call(story, f"{name}-{number:03}", cast, chance)
    return sorted(told, key=lambda each: (each.at, each.event))


def arrivals(told: Sequence[Planned], *, chance: random.Random) -> list[Planned]:
    """Return the events as a bad line delivers them: late, overtaken, and some of them twice."""
    coming: list[tuple[float, int, Planned]] = []
    for place, each in enumerate(told):
        late = chance.uniform(20, 900) if chance.random() < LATE else 0
        coming.append((each.at + late, place, each))
        if chance.random() < AGAIN:
            coming.append((each.at + late + chance.uniform(0, 600), place, each))
    return [each for _at, _place, each in sorted(coming, key=lambda one: one[:2])]


def _call(story: str, call: str, cast: Cast, chance: random.Random) -> list[Planned]:
    start = chance.randint(CLOSES + HOUR, NIGHT) if story == "voicemail" else _by_day(chance)
    caller, first = chance.choice(cast.callers), chance.choice(cast.extensions)
    others = [each for each in cast.extensions if each != first] or [first]
    answered = start + chance.randint(3, 18)
    end = answered + chance.randint(60, 420)
    rings = _event(call, "ringing", start, extension=first)
    recording = f"{KEPT_AT}/{call}.wav"
    talk = [
        _event(call, "answered", answered, extension=first),
        _event(call, "hung_up", end),
        _event(call, "recorded", end + 4, recording=recording),
    ]
    between = {
        "answered": [],
        "held": [_event(call, "held", answered + 20), _event(call, "resumed", answered + 45)],
        "transferred": [
            _event(call, "transferred", answered + 30, extension=chance.choice(others))
        ],
    }
    if story in between:
        events = [rings, *talk, *between[story]]
    elif story == "missed":
        events = [rings, _event(call, "hung_up", start + 35)]
    else:
        rings = _event(call, "ringing", start)
        left = _event(call, "voicemail", start + 60, recording=recording)
        events = [rings, left, _event(call, "hung_up", start + 61)]
    return [replace(each, caller=caller) if each.kind == "ringing" else each for each in events]


def _by_day(chance: random.Random) -> int:
    return chance.randint(OPENS, CLOSES - 600)


def _event(call: str, kind: str, at: int, *, extension: str = "", recording: str = "") -> Planned:
    return Planned(f"{call}-{kind}", call, kind, at, extension=extension, recording=recording)
