"""Individual changes 个性化变更: asked for in time, signed, carried out, checked (SVC-77)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.approvals.models import Approval
from crm_site.approvals.registry import ApprovalKind, register_approval
from crm_site.approvals.services import Asked, request_approval
from crm_site.audit.services import record
from crm_site.common.files import Taken
from crm_site.common.refusals import RefusedError, StaleError
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.changes.models import ChangeDrawing, IndividualChange
from customers.changes.policies import CHANGES, ChangeRules
from customers.changes.rules import BEFORE, UNFINISHED, ChangeState, is_too_late, last_day
from customers.purchase.models import Purchase
from customers.purchase.rules import PurchaseState
from customers.rules.text import clean_text
from customers.works.models import ConstructionNode

KIND: Final = "homes.individual_change"
SUBJECT: Final = "individual-change"
ASK: Final = "customers.ask_change"
SIGNERS: Final = (
    "customers.sign_change_design",
    "customers.sign_change_engineering",
    "customers.sign_change_cost",
)
OPEN_TO: Final = (PurchaseState.SUBSCRIBED.value, PurchaseState.SIGNED.value)
SIGNED_WITHIN: Final = timedelta(days=21)
ENDS: Final = {
    Approval.State.APPROVED: ChangeState.APPROVED,
    Approval.State.REFUSED: ChangeState.REFUSED,
    Approval.State.WITHDRAWN: ChangeState.WITHDRAWN,
    Approval.State.EXPIRED: ChangeState.WITHDRAWN,
}


class ChangeRefusedError(RefusedError):
    """The change comes too late or cannot take this step."""

    code = "change-refused"
    title = gettext_lazy("The home is not changed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a buyer asks for; ``price`` in yuan."""

    item: str
    wish: str
    price: Decimal
    node: ConstructionNode


@transaction.atomic
def ask_change(
    *, purchase: Purchase, wish: Wish, drawing: Taken, actor: User, now: datetime
) -> IndividualChange:
    """Ask for an individual change and return it; design, engineering and cost sign it.

    Raise ChangeRefusedError after the cut-off of its building node, for a node of another building
    and for a purchase that is not subscribed or signed.
    """
    row = (
        Purchase.objects.select_for_update(of=("self",)).select_related("unit").get(pk=purchase.pk)
    )
    if row.state not in OPEN_TO:
        raise ChangeRefusedError(_("Changes are for subscribed and signed homes before handover."))
    node = _node(wish.node.pk)
    unit = row.unit
    if unit is None or node.project_id != row.project_id:
        raise ChangeRefusedError(_("Choose a building node of this project."))
    if node.building_id not in (None, unit.building_id):
        raise ChangeRefusedError(_("Choose a building node of the building of this home."))
    refuse_late(node, now=now)
    if wish.price < 0:
        raise ChangeRefusedError(_("The price must not be negative."))
    change = IndividualChange.objects.create(
        purchase=row,
        node=node,
        item=clean_text(wish.item),
        wish=wish.wish.strip(),
        price=wish.price,
        asked_by=actor,
        created_at=now,
    )
    ChangeDrawing.objects.create(change=change, stored_at=now, **drawing.values())
    change.approval = request_approval(
        asked=Asked(
            kind=KIND,
            title=f"{unit}: {change.item}"[:200],
            content=_content(change, unit=str(unit), drawing=drawing.values()["digest"]),
            subject=(SUBJECT, change.pk),
        ),
        requester=actor,
        now=now,
    )
    change.save(update_fields=["approval"])
    _audit("change.asked", change, actor, now)
    return change


def refuse_late(node: ConstructionNode, *, now: datetime) -> None:
    """Raise ChangeRefusedError once a node leaves no time for a change."""
    rules: ChangeRules = in_force(CHANGES, at=now).value
    days, today = rules.cut_off_days, timezone.localdate(now)
    planned_on, reached_on = node.planned_on, node.reached_on
    if is_too_late(planned_on=planned_on, reached_on=reached_on, days=days, today=today):
        day = date_format(last_day(planned_on=planned_on, days=days), "SHORT_DATE_FORMAT")
        raise ChangeRefusedError(
            _("Too late: changes before “%(node)s” could be asked for until %(day)s.")
            % {"node": node, "day": day}
        )


def decide_change(approval: Approval, now: datetime) -> None:
    """Let a fully signed change be signed by the customer; close it otherwise."""
    rows = IndividualChange.objects.filter(approval=approval, state=ChangeState.ASKED)
    target = ENDS.get(Approval.State(approval.state))
    if target is not None:
        rows.update(state=target.value, updated_at=now)


@transaction.atomic
def advance_change(
    *, change: IndividualChange, to: ChangeState, findings: str, actor: User, now: datetime
) -> IndividualChange:
    """Note that the customer signed, that it was carried out or what the check found.

    Raise StaleError out of order, ChangeRefusedError for a signature after the cut-off and for a
    check without findings.
    """
    rows = IndividualChange.objects.select_related("node__building", "purchase")
    row = rows.select_for_update(of=("self",)).get(pk=change.pk)
    if row.state != BEFORE[to]:
        raise StaleError(_("The change is not at this step."))
    words, today = clean_text(findings), timezone.localdate(now)
    if to is ChangeState.SIGNED:
        refuse_late(row.node, now=now)
        row.signed_on = today
    elif to is ChangeState.EXECUTED:
        row.executed_on = today
    else:
        if not words:
            raise ChangeRefusedError(_("Say what the check found."))
        row.checked_on, row.findings = today, words
    row.state, row.updated_at = to.value, now
    row.save()
    _audit(f"change.{to.value}", row, actor, now)
    return row


def unfinished(purchase: Purchase, _now: datetime) -> list[str]:
    """Return in words the individual changes that keep a home from its handover."""
    rows = IndividualChange.objects.filter(purchase=purchase, state__in=UNFINISHED)
    return [
        _("Individual change not finished: %(item)s") % {"item": item}
        for item in rows.order_by("pk").values_list("item", flat=True)
    ]


def described(content: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return a change in words for who signs it."""
    return [
        (_("Unit"), content["unit"]),
        (_("Item"), content["item"]),
        (_("What is to be different"), content["wish"]),
        (_("Price (yuan)"), content["price"]),
        (_("Before building node"), content["node"]),
    ]


def register() -> None:
    """Make the approval of individual changes known."""
    register_approval(
        ApprovalKind(
            key=KIND,
            label=gettext_lazy("Individual change"),
            steps=SIGNERS,
            joint=True,
            valid_for=SIGNED_WITHIN,
            describe=described,
            request_permission=ASK,
            on_decided=decide_change,
        )
    )


def _content(change: IndividualChange, *, unit: str, drawing: str) -> dict[str, Any]:
    return {
        "change": change.pk,
        "unit": unit,
        "item": change.item,
        "wish": change.wish,
        "price": str(change.price),
        "node": str(change.node),
        "drawing": drawing,
    }


def _node(key: int) -> ConstructionNode:
    # locked: a node reached at the same moment is waited for
    rows = ConstructionNode.objects.select_related("building", "project")
    found: ConstructionNode = rows.select_for_update(of=("self",)).get(pk=key)
    return found


def _audit(kind: str, change: IndividualChange, actor: User, now: datetime) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("purchase", change.purchase_id),
        facts={"change": change.pk, "price": str(change.price)},
        now=now,
    )
