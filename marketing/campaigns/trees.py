"""The budget tree as a page shows it, and advice to move money (MKT-75)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from customers.vocabulary import labels
from marketing.campaigns.effects import counts_by_channel
from marketing.campaigns.models import BudgetNode, CostItem
from marketing.campaigns.policies import campaign_rules
from marketing.campaigns.rules.effect import Counts
from marketing.campaigns.rules.shift import Line, Shift, advise
from marketing.campaigns.rules.states import BudgetKind

ZERO = Decimal(0)


@dataclass(slots=True)
class Branch:
    """A budget with what is given on, what is spent at it and below it, what is free."""

    node: Any
    depth: int
    name: str
    given: Decimal
    own: Decimal
    spent: Decimal

    @property
    def free(self) -> Decimal:
        """What can be given on or spent."""
        return Decimal(self.node.amount - self.given - self.own)

    @property
    def used(self) -> int:
        """The part spent, in whole percent."""
        return int(100 * self.spent / self.node.amount) if self.node.amount else 0

    @property
    def tone(self) -> str:
        """The tone of the bar: red from the end on, amber close to it."""
        near, full = 85, 100
        return "red" if self.used >= full else "amber" if self.used >= near else ""


def name_of(node: BudgetNode, channels: dict[str, str]) -> str:
    """Return what a budget is called below its parent."""
    if node.kind == BudgetKind.CHANNEL:
        return channels.get(node.channel_code, node.channel_code)
    return str(node)


def branches(nodes: Iterable[Any]) -> list[Branch]:
    """Return budgets in the order of the tree, each below its parent; three queries."""
    rows = list(nodes)
    keys = [row.pk for row in rows]
    given = _sums(BudgetNode.objects.filter(parent__in=keys), "parent")
    own = _sums(CostItem.objects.committed().filter(node__in=keys), "node")
    below: dict[int | None, list[Any]] = defaultdict(list)
    known = set(keys)
    for row in rows:
        below[row.parent_id if row.parent_id in known else None].append(row)
    words = labels("source")
    found: list[Branch] = []

    def walk(parent: int | None, depth: int) -> Decimal:
        total = ZERO
        for row in sorted(below[parent], key=lambda one: (-one.amount, one.pk)):
            spent = own.get(row.pk, ZERO)
            branch = Branch(row, depth, name_of(row, words), given.get(row.pk, ZERO), spent, spent)
            found.append(branch)
            branch.spent += walk(row.pk, depth + 1)
            total += branch.spent
        return total

    walk(None, 0)
    return found


def _sums(rows: Any, by: str) -> dict[int, Decimal]:
    grouped = rows.order_by().values(by).annotate(found=Sum("amount"))
    return {row[by]: row["found"] for row in grouped}


def advice(found: list[Branch], *, now: dt.datetime) -> list[Shift]:
    """Return which of the budgets of channels should give to which, from what they brought."""
    leaves = [one for one in found if one.node.kind == BudgetKind.CHANNEL]
    if not leaves:
        return []
    counts = counts_by_channel({one.node.campaign.code for one in leaves})
    lines = []
    for one in leaves:
        brought = counts.get(one.node.campaign.code, {}).get(one.node.channel_code, Counts())
        lines.append(
            Line(
                key=one.node.pk,
                name=f"{one.node.campaign} · {one.name}",
                cost=brought.cost,
                free=one.free,
                leads=brought.leads,
                deals=brought.deals,
            )
        )
    return advise(lines, campaign_rules(now).limits)


def evidence_of(shift: Shift) -> dict[str, Any]:
    """Return the figures that advice rests on, to be kept with the move."""
    pair = (shift.source, shift.target)
    return {
        "per_deal": [
            str(one.per_deal.quantize(Decimal("0.01"))) if one.per_deal else "" for one in pair
        ],
        "leads": [one.leads for one in pair],
        "deals": [one.deals for one in pair],
        "cost": [str(one.cost) for one in pair],
    }
