"""Checklists of papers: what is there, what is missing."""

from dataclasses import dataclass
from datetime import datetime

from crm_site.policies.services import in_force
from customers.paperwork.models import PurchasePaper
from customers.paperwork.policies import PAPERS, PaperRules
from customers.purchase.models import Purchase


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper of a list; None where it was not handed in."""

    name: str
    paper: PurchasePaper | None


@dataclass(frozen=True, slots=True)
class Checklist:
    """A list of papers with what is there."""

    key: str
    lines: list[PaperLine]

    @property
    def missing(self) -> list[str]:
        """The names of the papers that were not handed in."""
        return [line.name for line in self.lines if line.paper is None]

    @property
    def here(self) -> int:
        """How many papers are there."""
        return len(self.lines) - len(self.missing)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def paper_rules(now: datetime) -> PaperRules:
    """Return the lists in force."""
    rules: PaperRules = in_force(PAPERS, at=now).value
    return rules


def standing_papers(purchase: Purchase) -> dict[str, PurchasePaper]:
    """Return the papers of a purchase that stand, by name."""
    rows = PurchasePaper.objects.filter(purchase=purchase, withdrawn_at=None)
    rows = rows.select_related("received_by", "copy").defer("copy__content")
    return {row.name: row for row in rows}


def checklist(purchase: Purchase, key: str, *, now: datetime) -> Checklist:
    """Return one list of a purchase: "signing", "mortgage" or "file"."""
    return checklists(purchase, [key], now=now)[key]


def checklists(purchase: Purchase, keys: list[str], *, now: datetime) -> dict[str, Checklist]:
    """Return several lists of a purchase by key, in two queries."""
    rules, found = paper_rules(now), standing_papers(purchase)
    return {
        key: Checklist(key, [PaperLine(name, found.get(name)) for name in rules.of(key)])
        for key in keys
    }
