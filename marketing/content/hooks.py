"""Where other parts join in content, without content knowing them."""

import datetime as dt
from collections.abc import Callable
from typing import Any

Reward = Callable[[Any, int, dt.datetime], None]
Offers = Callable[[Any, dt.datetime], "list[dict[str, str]]"]

_REWARDS: dict[str, Reward] = {}
_OFFERS: dict[str, Offers] = {}


def register_post_reward(name: str, reward: Reward) -> None:
    """Call ``reward(post, points, now)`` once, in the transaction that accepts a customer's post.

    A post that is taken back calls it again with the points as a negative number.
    """
    _REWARDS[name] = reward


def register_public_offers(name: str, offers: Offers) -> None:
    """Bring the offers that ``offers(project, now)`` returns into the public feed.

    Each is a mapping of texts with ``code``, ``name``, ``terms``, ``from`` and ``until``.
    """
    _OFFERS[name] = offers


def forget(*names: str) -> None:
    """Take away what was registered under these names; of use in tests only."""
    for known in (_REWARDS, _OFFERS):
        for name in names:
            known.pop(name, None)  # type: ignore[attr-defined]


def reward_post(post: Any, points: int, now: dt.datetime) -> None:
    """Tell who keeps points that a post earned, or lost, some."""
    for reward in _REWARDS.values():
        reward(post, points, now)


def offers_of(project: Any, now: dt.datetime) -> list[dict[str, str]]:
    """Return the offers of a project that are public now, by code."""
    found = [one for offers in _OFFERS.values() for one in offers(project, now)]
    return sorted(found, key=lambda one: one["code"])
