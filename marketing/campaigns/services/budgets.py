"""The budget tree: setting, opening, moving, always with a trail (MKT-75).

The trigger ``budget_never_overspent`` refuses whatever a check here would miss; services hold the
node above and say in words what is left before it has to.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from crm_site.common.display import money
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.models import Project
from marketing.campaigns.errors import CampaignError, OverBudgetError
from marketing.campaigns.models import BudgetEvent, BudgetMove, BudgetNode, Campaign, CostItem
from marketing.campaigns.models.budget import GUARD
from marketing.campaigns.querysets import SET_BUDGET
from marketing.campaigns.rules.moves import NoWayError, way
from marketing.campaigns.rules.states import PARENTS, BudgetKind
from marketing.campaigns.services.events import locked_node, note_budget
from marketing.campaigns.services.planning import require

NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNode:
    """A budget to be opened."""

    kind: BudgetKind
    amount: Decimal
    parent: BudgetNode | None = None
    year: int | None = None
    project: Project | None = None
    campaign: Campaign | None = None
    channel_code: str = ""


def free_of(node: BudgetNode) -> Decimal:
    """Return what a budget has left: neither given to budgets below nor spent; two queries."""
    below = node.children.aggregate(found=Sum("amount"))["found"] or NOTHING
    costs = CostItem.objects.filter(node=node).committed()
    spent = costs.aggregate(found=Sum("amount"))["found"] or NOTHING
    return Decimal(node.amount - below - spent)


def node_above(campaign: Campaign) -> BudgetNode | None:
    """Return the budget that holds the campaign's: of its project, else of the company."""
    rows = BudgetNode.objects.filter(year=campaign.starts_on.year)
    if campaign.project_id is not None:
        own = rows.filter(kind=BudgetKind.PROJECT.value, project=campaign.project_id).first()
        if own is not None:
            return own
    return rows.filter(kind=BudgetKind.COMPANY.value).first()


@transaction.atomic
def set_budget(*, new: NewNode, actor: User, now: datetime) -> BudgetNode:
    """Open the budget of the company, a project or a channel and return it."""
    require(actor, SET_BUDGET)
    return open_node(new=new, actor=actor, now=now)


def open_node(*, new: NewNode, actor: User | None, now: datetime) -> BudgetNode:
    """Open a budget below another; raise OverBudgetError where that has not enough left."""
    parent = locked_node(new.parent.pk) if new.parent else None
    _require_fit(new, parent)
    if parent is not None:
        _require_free(parent, new.amount)
    year = parent.year if parent else new.year
    assert year is not None  # noqa: S101 -- the budget of a company names its year
    node = BudgetNode(
        kind=new.kind.value,
        parent=parent,
        year=year,
        amount=new.amount,
        campaign=new.campaign,
        channel_code=new.channel_code,
    )
    _locate(node, new)
    with guarded(parent or node, new.amount):
        try:
            with transaction.atomic():
                node.save(force_insert=True)
        except IntegrityError as error:
            if GUARD in str(error):
                raise
            raise CampaignError(_("There is such a budget already.")) from error
    event = BudgetEvent(node=node, at=now, kind="set", before=0, after=new.amount, actor=actor)
    note_budget(event)
    return node


def _locate(node: BudgetNode, new: NewNode) -> None:
    if new.project is not None:
        node.project, node.region_id = new.project, new.project.node.region_id
    elif new.campaign is not None:
        node.project_id, node.region_id = new.campaign.project_id, new.campaign.region_id


def _require_fit(new: NewNode, parent: BudgetNode | None) -> None:
    if new.amount < 0:
        raise ValidationError({"amount": _("Enter an amount of 0 or more.")})
    wanted = PARENTS[new.kind]
    fits = parent is None if not wanted else parent is not None and parent.kind in wanted
    if not fits:
        raise ValidationError(_("A budget of this kind does not belong below that one."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Another amount and why; ``was`` is the amount the person saw, None for who saw none."""

    amount: Decimal
    reason: str
    was: Decimal | None = None


@transaction.atomic
def change_budget(*, node: BudgetNode, change: Change, actor: User, now: datetime) -> BudgetNode:
    """Set another amount and return the budget; what is more comes from the free part above.

    Raise OverBudgetError where the budget above has not enough, CampaignError where more is given
    on or spent, StaleError where somebody else changed the amount meanwhile.
    """
    require(actor, SET_BUDGET)
    amount, reason = change.amount, change.reason
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the budget changes.")})
    if amount < 0:
        raise ValidationError({"amount": _("Enter an amount of 0 or more.")})
    parent = locked_node(node.parent_id) if node.parent_id else None
    row = locked_node(node.pk)
    if change.was is not None and change.was != row.amount:
        raise StaleError(_("Somebody else changed the budget meanwhile. Reload, then decide."))
    more, before = amount - row.amount, row.amount
    if parent is not None and more > 0:
        _require_free(parent, more)
    if more < 0 and free_of(row) + more < 0:
        words = _("%(used)s of it are given on or spent; it cannot be less.")
        raise CampaignError(words % {"used": money(row.amount - free_of(row))}, code="over-budget")
    row.amount = amount
    with guarded(parent or row, more):
        row.save(update_fields=["amount", "updated_at"])
    kind = "raised" if more > 0 else "lowered"
    event = BudgetEvent(node=row, at=now, kind=kind, before=before, after=amount, actor=actor)
    event.note = reason.strip()[:300]
    note_budget(event)
    return row


def carry_out(move: BudgetMove, *, actor: User | None, now: datetime) -> None:
    """Take the money of an approved move its way through the tree, with a trail at each node.

    Raise OverBudgetError where the source has not as much left any more.
    """
    parents = dict(BudgetNode.objects.filter(year=move.source.year).values_list("pk", "parent_id"))
    try:
        changes = way(move.source_id, move.target_id, move.amount, parents)
    except NoWayError:
        raise CampaignError(_("Money moves between budgets of one year.")) from None
    involved = {one.node for one in changes} | {move.source_id, move.target_id}
    involved |= {above for one in changes if (above := parents[one.node]) is not None}
    rows = BudgetNode.objects.select_for_update(of=("self",)).order_by("pk")
    nodes = {row.pk: row for row in rows.filter(pk__in=involved)}
    source = nodes[move.source_id]
    _require_free(source, move.amount)
    for one in changes:
        row = nodes[one.node]
        before = row.amount
        row.amount += one.by
        with guarded(source, move.amount):
            row.save(update_fields=["amount", "updated_at"])
        note_budget(
            BudgetEvent(
                node=row,
                at=now,
                kind="moved_in" if one.by > 0 else "moved_out",
                before=before,
                after=row.amount,
                note=move.reason,
                move=move,
                actor=actor,
            )
        )


def _require_free(node: BudgetNode, asked: Decimal) -> None:
    free = free_of(node)
    if free < asked:
        raise OverBudgetError(node, asked=asked, free=free)


@contextmanager
def guarded(node: BudgetNode, asked: Decimal) -> Iterator[None]:
    """Turn the refusal of the database's guard into words; what is written within is undone."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if GUARD not in str(error):
            raise
        raise OverBudgetError(node, asked=asked, free=free_of(node)) from error
