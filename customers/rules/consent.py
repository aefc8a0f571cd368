"""The purposes for which a customer is asked, and what an answer is worth (PLT-06). Pure."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """What personal data may be used for; each is asked for on its own, never bundled."""

    CONTACT = "contact"
    MARKETING = "marketing"
    PROFILING = "profiling"
    THIRD_PARTY = "third_party"
    SHARING = "sharing"
    PUBLICATION = "publication"


class Standing(StrEnum):
    """What the ledger says about one purpose."""

    NEVER_ASKED = "never_asked"
    GIVEN = "given"
    OUTDATED = "outdated"  # given, but to a text that reads differently today
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Answer:
    """The newest answer of a customer for one purpose."""

    is_given: bool
    text_digest: str


def digest_of(text: str) -> str:
    """Return the SHA-256 of a consent text in hex; blanks around it do not count."""
    return hashlib.sha256(text.strip().encode()).hexdigest()


def standing_of(answer: Answer | None, *, current_digest: str) -> Standing:
    """Return what the newest answer is worth under today's text.

    A changed text needs a new consent (Personal Information Protection Law, article 14); a
    withdrawal stays one whatever the text says.
    """
    if answer is None:
        return Standing.NEVER_ASKED
    if not answer.is_given:
        return Standing.WITHDRAWN
    return Standing.GIVEN if answer.text_digest == current_digest else Standing.OUTDATED
