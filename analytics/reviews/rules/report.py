"""The blocks of a performance report, and what keeps it from publication (ANA-27, 28). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

OFF_TARGET = ("red", "amber")


class Block(StrEnum):
    """What a performance report speaks about; all four have to be there."""

    ACQUISITION = "acquisition"
    RETENTION = "retention"
    SATISFACTION = "satisfaction"
    LIFECYCLE = "lifecycle"


# block -> keys of its KPIs: a report freezes those that are known
BLOCKS: Mapping[str, tuple[str, ...]] = {
    Block.ACQUISITION: ("conversion_rate", "customers_per_10k", "cac"),
    Block.RETENTION: ("retention_rate", "repurchase_broad", "clv"),
    Block.SATISFACTION: ("csat", "complaint_timeliness"),
    Block.LIFECYCLE: ("lifecycle_length", "total_revenue"),
}


@dataclass(frozen=True, slots=True)
class Frozen:
    """A figure as far as publication asks: where it stands, whether it has a value, its light."""

    block: str
    kpi: str
    value: Decimal | None
    light: str

    @property
    def is_off(self) -> bool:
        """Whether it misses its target."""
        return self.light in OFF_TARGET


@dataclass(frozen=True, slots=True)
class Answer:
    """A measure as far as publication asks."""

    kpi: str
    is_whole: bool
    due_on: date | None
    is_done: bool

    def stands(self, on: date) -> bool:
        """Return whether it answers a figure on this day: whole, and done or not yet late."""
        in_time = self.due_on is not None and self.due_on >= on
        return self.is_whole and (self.is_done or in_time)


@dataclass(frozen=True, slots=True)
class Gap:
    """What a report still lacks: a block, the words about one, or an answer to a figure."""

    kind: str  # block | analysis | measure
    key: str


def gaps(
    figures: Iterable[Frozen],
    notes: Mapping[str, str],
    answers: Iterable[Answer],
    *,
    today: date,
) -> list[Gap]:
    """Return all that keeps a report from being published; nothing for one that may be.

    A block without a single value is missing. Each block needs words, each figure off target an
    answer that is whole and not late.
    """
    found, given = list(figures), list(answers)
    there = {one.block for one in found if one.value is not None}
    answered = {one.kpi for one in given if one.stands(today)}
    return [
        *(Gap("block", block.value) for block in Block if block.value not in there),
        *(
            Gap("analysis", block.value)
            for block in Block
            if not notes.get(block.value, "").strip()
        ),
        *(Gap("measure", one.kpi) for one in found if one.is_off and one.kpi not in answered),
    ]
