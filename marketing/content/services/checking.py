"""The scan of a text under the words in force, as it is stored (MKT-25, PLT-12)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from marketing.content.policies import risk_words
from marketing.content.rules.scanning import Claim, Finding, Level, scan, unproven


@dataclass(frozen=True, slots=True)
class Checked:
    """What a scan found, as JSON; ``version`` is that of the list of words."""

    version: int
    findings: list[dict[str, Any]]
    unproven: list[dict[str, Any]]

    @property
    def banned(self) -> list[str]:
        """The banned words as they stand in the text."""
        return words_of(self.findings, Level.BANNED)

    @property
    def passes(self) -> bool:
        """Whether nothing keeps the text back."""
        return not self.banned and not self.unproven

    @property
    def is_about_value(self) -> bool:
        """Whether the text speaks of keeping or gaining value."""
        return bool(words_of(self.findings, Level.APPROVAL))


def check_text(text: str, *, claims: Sequence[Claim] = (), now: datetime) -> Checked:
    """Return what the words in force say about a text with its claims."""
    terms, version = risk_words(now)
    found = scan(text, terms)
    return Checked(
        version,
        [_json(one) for one in found.findings],
        [_json(one) for one in unproven(found, claims)],
    )


def words_of(findings: Sequence[dict[str, Any]], level: Level) -> list[str]:
    """Return the words of one level among stored findings, each once."""
    found = [one["found"] for one in findings if one["level"] == level.value]
    return list(dict.fromkeys(found))


def _json(one: Finding) -> dict[str, Any]:
    return asdict(one) | {"level": one.level.value}
