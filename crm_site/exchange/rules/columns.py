"""What a column holds, judged by its values. Pure."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from crm_site.exchange.rules.dates import DateEvidence, DateOrder, decide

SNIFFED_ROWS = 2_000
SURE = 0.8
_PHONE = re.compile(r"(?:\+?86|0086)?1[3-9]\d{9}", re.ASCII)
_ID_NUMBER = re.compile(r"\d{17}[\dXx]", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,6})?", re.ASCII)
_DATE_START = re.compile(r"\d{4}[-/.年]\d|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}", re.ASCII)
_BOOLEANS = {"true", "false", "yes", "no", "y", "n", "是", "否", "有", "无"}


@dataclass(slots=True)
class Column:
    """One column of a file: its header, what it seems to hold, and how it spells dates."""

    header: str
    filled: int = 0
    sniffed: int = 0
    votes: dict[str, int] = field(default_factory=dict)
    dates: DateEvidence = field(default_factory=DateEvidence)

    def add(self, text: str) -> None:
        """Take one non-empty cell into account."""
        self.filled += 1
        if self.sniffed < SNIFFED_ROWS:
            self.sniffed += 1
            kind = kind_of(text)
            self.votes[kind] = self.votes.get(kind, 0) + 1
        elif not self.votes.get("date"):
            return
        if self.votes.get("date"):
            self.dates.add(text)

    @property
    def kind(self) -> str:
        """Return phone, id_number, date, boolean, number or text: what most cells look like."""
        for kind in ("phone", "id_number", "date", "boolean", "number"):
            if self.sniffed and self.votes.get(kind, 0) >= SURE * self.sniffed:
                return kind
        return "text"

    @property
    def order(self) -> DateOrder | None:
        """Return how the column spells dates, ``None`` where a person must say."""
        return decide(self.dates)

    def to_json(self) -> dict[str, Any]:
        """Return what the job keeps about the column; no value of it, which could be personal."""
        return {
            "header": self.header,
            "filled": self.filled,
            "kind": self.kind,
            "order": self.order.value if self.order else "",
        }


def kind_of(text: str) -> str:
    """Return what one cell looks like: phone, id_number, date, boolean, number or text."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    bare = text.replace(" ", "").replace("-", "")
    if _PHONE.fullmatch(bare):
        return "phone"
    if _ID_NUMBER.fullmatch(bare):
        return "id_number"
    if _DATE_START.match(text):
        return "date"
    if text.casefold() in _BOOLEANS:
        return "boolean"
    return "number" if _NUMBER.fullmatch(text) else "text"
