"""When people of a sales office are at work: talks, visits and signatures fall into these hours.

Each function draws equally often whatever the hour, so that a demo of the morning and one of the
night tell the same stories.
"""

import random
from datetime import datetime, timedelta

from django.utils import timezone

OPENS, CLOSES = 9, 20  # local hours
EARLIEST, LATEST = 7, 23  # enquiries over the net
DAY = 24 * 60


def is_open(at: datetime) -> bool:
    """Return whether the office is open at ``at``."""
    return OPENS <= timezone.localtime(at).hour < CLOSES


def in_office(at: datetime, *, chance: random.Random, after: datetime, until: datetime) -> datetime:
    """Return ``at``, or a moment of the same local day at which the office is open.

    Never before ``after``, which is such a moment itself, and, where that leaves room, never later
    than ``until``.
    """
    minutes = chance.randint(0, 150)
    if is_open(at):
        return max(at, after)
    local = timezone.localtime(at)
    hour = OPENS if local.hour < OPENS else CLOSES - 4
    moved = local.replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(minutes=minutes)
    while moved > until:
        moved -= timedelta(days=1)
    return max(moved, after)


def received_before(day: datetime, *, answered_after: timedelta, chance: random.Random) -> datetime:
    """Return a moment of the local ``day`` from which the answer falls into office hours.

    The enquiry itself comes by day; early or late only where the answer would otherwise be at
    night.
    """
    delay = answered_after.total_seconds() / 60
    midnight = timezone.localtime(day).replace(hour=0, minute=0, second=0, microsecond=0)
    for first, last in ((OPENS, CLOSES - 2), (EARLIEST, LATEST)):
        fitting = [
            minute
            for minute in range(first * 60, last * 60, 5)
            if OPENS * 60 <= (minute + delay) % DAY < CLOSES * 60 - 5
        ]
        if fitting:
            drawn = fitting[int(chance.random() * len(fitting))]
            return midnight + timedelta(minutes=drawn + chance.random() * 4)
    return midnight + timedelta(hours=OPENS)


def by_day(at: datetime, *, chance: random.Random) -> datetime:
    """Return ``at``, or the evening before where people sleep."""
    local, minutes = timezone.localtime(at), chance.randint(0, 119)
    if local.hour >= EARLIEST:
        return at
    evening = local.replace(hour=LATEST - 2, minute=0, second=0, microsecond=0)
    return evening - timedelta(days=1) + timedelta(minutes=minutes)
