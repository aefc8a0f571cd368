"""The delivery quality bank 交付质量银行: money for a node flows once the node is accepted."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError, StaleError
from crm_site.staff.models import User
from customers.models.project import Project
from customers.rules.text import clean_text
from customers.works.models import ConstructionNode, NodePayment
from customers.works.rules import PaymentState, Result


class PaymentRefusedError(RefusedError):
    """The payment cannot flow (SVC-96)."""

    code = "payment-refused"
    title = gettext_lazy("The money stays where it is")


@transaction.atomic
def plan_payment(*, payment: NodePayment, actor: User, now: datetime) -> NodePayment:
    """Write down money that waits for a node and return it; raise PaymentRefusedError for none."""
    if payment.amount <= 0:
        raise PaymentRefusedError(_("The amount must be above 0."))
    payment.save()
    _audit("payment.planned", payment, actor, now)
    return payment


@transaction.atomic
def release_payment(*, payment: NodePayment, actor: User, now: datetime) -> NodePayment:
    """Release money for a node that has passed its acceptance and return it.

    Raise PaymentRefusedError while it has not, StaleError for money released already.
    """
    row = _locked(payment)
    node = row.node
    if node.result == Result.FAILED:
        raise PaymentRefusedError(_("%(node)s failed its acceptance.") % {"node": node})
    if node.result != Result.PASSED:
        raise PaymentRefusedError(_("%(node)s is not accepted yet.") % {"node": node})
    return _decide(row, PaymentState.RELEASED, "", actor, now)


@transaction.atomic
def hold_payment(*, payment: NodePayment, reason: str, actor: User, now: datetime) -> NodePayment:
    """Hold money back, with a reason, and return it; it can be released later."""
    words = clean_text(reason)
    if not words:
        raise PaymentRefusedError(_("Say why the money is held back."))
    return _decide(_locked(payment), PaymentState.HELD, words, actor, now)


def totals(project: Project) -> dict[str, Decimal]:
    """Return the sums in yuan of the project's payments by state, 0 where there are none."""
    rows = NodePayment.objects.filter(node__project=project).values("state")
    found = {row["state"]: row["total"] for row in rows.annotate(total=Sum("amount")).order_by()}
    return {state.value: found.get(state.value, Decimal(0)) for state in PaymentState}


def _decide(
    row: NodePayment, state: PaymentState, reason: str, actor: User, now: datetime
) -> NodePayment:
    row.state, row.reason, row.updated_at = state.value, reason, now
    row.decided_at, row.decided_by = now, actor
    row.save()
    _audit(f"payment.{state.value}", row, actor, now, reason=reason)
    return row


def _locked(payment: NodePayment) -> NodePayment:
    # the node first: whoever accepts it waits for the money, or the money for the acceptance
    ConstructionNode.objects.select_for_update(of=("self",)).get(pk=payment.node_id)
    rows = NodePayment.objects.select_related("node__building", "node__project")
    row: NodePayment = rows.select_for_update(of=("self",)).get(pk=payment.pk)
    if row.state == PaymentState.RELEASED:
        raise StaleError(_("The money is released already."))
    return row


def _audit(kind: str, row: NodePayment, actor: User, now: datetime, *, reason: str = "") -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("project", row.node.project_id),
        reason=reason,
        facts={"payment": row.pk, "node": row.node_id, "amount": str(row.amount)},
        now=now,
    )
