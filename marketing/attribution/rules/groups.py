"""Kinds of channels: paid for, word of mouth, our own, and what belongs to nobody (MKT-17)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Group(StrEnum):
    """What stands behind a channel."""

    WORD_OF_MOUTH = "word_of_mouth"
    OWN = "own"
    PAID = "paid"
    NOBODY = "nobody"


# Codes of the word list of sources: an introduction by an owner is never a paid channel.
BUILT_IN: Final[Mapping[str, Group]] = {
    "referral": Group.WORD_OF_MOUTH,
    "walk_in": Group.OWN,
    "hotline": Group.OWN,
    "website": Group.OWN,
    "app": Group.OWN,
    "wechat": Group.OWN,
    "after_sales": Group.OWN,
    "import": Group.OWN,
    "other": Group.OWN,
    "short_video": Group.PAID,
    "property_portal": Group.PAID,
    "search_engine": Group.PAID,
    "social_media": Group.PAID,
    "agent": Group.PAID,
    "exhibition": Group.PAID,
    "advertising": Group.PAID,
}


def group_of(channel: str, known: Mapping[str, Group]) -> Group:
    """Return the kind of a channel; "" is nobody's, an unknown one counts as paid for.

    An unknown code is paid for rather than free, so that no return looks better than it is.
    """
    if not channel:
        return Group.NOBODY
    return known.get(channel) or BUILT_IN.get(channel, Group.PAID)
