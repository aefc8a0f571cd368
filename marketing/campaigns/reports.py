"""How the plans of a year were kept, and what kinds of campaigns brought (MKT-05, MKT-15)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marketing.campaigns import choices
from marketing.campaigns.effects import effects_of, summed
from marketing.campaigns.models import Campaign
from marketing.campaigns.page import activity_of
from marketing.campaigns.rules.effect import Counts, cost_per, share
from marketing.campaigns.rules.plans import Discipline, discipline

NETWORK, ADVERT = "network", "advert"


@dataclass(frozen=True, slots=True)
class KindLine:
    """What the campaigns of one kind were to bring, brought and cost."""

    kind: str
    label: Any
    number: int
    planned: Decimal
    counts: Counts
    expected_leads: int

    @property
    def per_deal(self) -> Decimal | None:
        """What a contract cost."""
        return cost_per(self.counts, self.counts.deals)

    @property
    def per_lead(self) -> Decimal | None:
        """What a lead cost."""
        return cost_per(self.counts, self.counts.leads)

    @property
    def conversion(self) -> Decimal | None:
        """Contracts of leads, in percent."""
        return share(self.counts.deals, self.counts.leads)


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a year: how plans were kept, and each kind of campaign."""

    discipline: Discipline
    kinds: list[KindLine]
    total: KindLine

    def of_kind(self, kind: str) -> KindLine | None:
        """Return the line of one kind."""
        return next((one for one in self.kinds if one.kind == kind), None)

    @property
    def network(self) -> KindLine | None:
        """Selling over the customer network."""
        return self.of_kind(NETWORK)

    @property
    def advert(self) -> KindLine | None:
        """Selling by adverts."""
        return self.of_kind(ADVERT)


def report_of(rows: Iterable[Campaign], *, now: dt.datetime) -> Report:
    """Return the report of campaigns; a fixed number of queries."""
    found = list(rows)
    effects = effects_of(found, now=now)
    by_kind: dict[str, list[Campaign]] = defaultdict(list)
    for row in found:
        by_kind[row.kind].append(row)

    def line(kind: str, label: Any, some: list[Campaign]) -> KindLine:
        return KindLine(
            kind=kind,
            label=label,
            number=len(some),
            planned=sum((row.budget for row in some), Decimal(0)),
            counts=summed(effects[row.pk].counts for row in some),
            expected_leads=sum(row.expected_leads for row in some),
        )

    kinds = [line(kind, label, by_kind[kind]) for kind, label in choices.KINDS if kind in by_kind]
    return Report(discipline([activity_of(row) for row in found]), kinds, line("", "", found))
