"""Whose turn it is to contact a customer: one next contact over all departments (BEY-09). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Area(StrEnum):
    """Which department wants to speak to the customer."""

    SERVICE = "service"
    SALES = "sales"
    WINBACK = "winback"
    CARE = "care"
    SURVEY = "survey"
    MARKETING = "marketing"


ORDER: Final = tuple(area.value for area in Area)


@dataclass(frozen=True, slots=True)
class Wish:
    """One contact somebody plans: for what, when, over what; ``by_person`` is no message."""

    area: Area
    due_at: datetime
    title: str
    key: str
    channel: str = ""
    by_person: bool = True


@dataclass(frozen=True, slots=True)
class Turn:
    """The contact whose turn it is, from when on, and those that wait for it."""

    first: Wish
    at: datetime
    waiting: tuple[Wish, ...]


def next_turn(
    wishes: Iterable[Wish], *, order: Sequence[str], now: datetime, ahead: timedelta
) -> Turn | None:
    """Return the one next contact; None where nobody plans any.

    Among those due within ``ahead`` (or late) the area that comes first in ``order`` has the turn,
    then the earlier one. Where nothing is due so soon, the earliest of all has it.
    """
    planned = sorted(wishes, key=lambda wish: (wish.due_at, _rank(wish, order), wish.key))
    if not planned:
        return None
    soon = [wish for wish in planned if wish.due_at <= now + ahead]
    first = min(soon, key=lambda wish: _rank(wish, order)) if soon else planned[0]
    rest = tuple(wish for wish in planned if wish is not first)
    return Turn(first, max(first.due_at, now), rest)


def is_outranked(area: Area, wishes: Iterable[Wish], *, order: Sequence[str]) -> bool:
    """Return whether one of the wishes belongs to an area that comes before ``area``."""
    own = _place(area, order)
    return any(_rank(wish, order) < own for wish in wishes)


def _rank(wish: Wish, order: Sequence[str]) -> int:
    return _place(wish.area, order)


def _place(area: Area, order: Sequence[str]) -> int:
    return order.index(area.value) if area.value in order else len(order)
