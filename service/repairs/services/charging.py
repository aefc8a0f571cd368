"""What contractors pay for repairs they still owe (SVC-99)."""

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.rules.text import clean_text
from service.repairs import choices
from service.repairs.errors import RepairRefusedError
from service.repairs.models import BuiltBy, ChargeBack, Contractor, RepairOrder
from service.repairs.rules.steps import CHARGE_MOVES, ChargeState, Outcome

ONCE = "charge_back_stands_once"


def liable(order: RepairOrder) -> list[Contractor]:
    """Return who may have to pay for a repair, the likeliest first; nobody before somebody is sent.

    First whose work the owner refused or what came back, then who built the trade of the project,
    then whoever else was sent.
    """
    jobs = list(order.jobs.select_related("contractor").order_by("number"))
    if not jobs:
        return []
    failed = [job for job in jobs if job.outcome == Outcome.REFUSED or job.came_back_at]
    built = BuiltBy.objects.filter(project=order.ticket.project_id, trade=order.trade)
    found = [
        *(job.contractor for job in failed),
        *(row.contractor for row in built.select_related("contractor")),
        *(job.contractor for job in reversed(jobs)),
    ]
    return list(dict.fromkeys(found))


def claim(
    *,
    order: RepairOrder,
    amount: Decimal,
    reason: str,
    actor: User,
    now: datetime,
    contractor: Contractor | None = None,
) -> ChargeBack:
    """Claim an amount (yuan) from a contractor and return the claim; unnamed it is the likeliest.

    Raise RepairRefusedError out of warranty, while the warranty is not decided, before anybody was
    sent, for a contractor who neither built nor repaired it, without a reason, and where a claim
    stands already.
    """
    words = clean_text(reason)[:300]
    current = RepairOrder.objects.select_related("ticket").get(pk=order.pk)
    payers = liable(current)
    if not current.is_owed:
        raise RepairRefusedError(
            _("Only a repair in warranty is charged back. %(why)s") % {"why": current.reason_words}
        )
    if not payers:
        raise RepairRefusedError(_("No contractor was sent yet."))
    if contractor is not None and contractor not in payers:
        raise RepairRefusedError(_("This contractor neither built nor repaired it."))
    if not words or amount <= 0:
        raise RepairRefusedError(_("Give an amount above zero and say what it is for."))
    try:
        with transaction.atomic():
            charge = ChargeBack.objects.create(
                order=current,
                contractor=contractor or payers[0],
                amount=amount,
                reason=words,
                claimed_by=actor,
                claimed_at=now,
            )
            _audit("claimed", charge, actor, now)
    except IntegrityError as error:
        if ONCE not in str(error):
            raise
        raise RepairRefusedError(_("A charge-back of this repair stands already.")) from error
    return charge


@transaction.atomic
def move_charge(
    *,
    charge: ChargeBack,
    to: ChargeState,
    note: str,
    actor: User,
    now: datetime,
    amount: Decimal | None = None,
) -> ChargeBack:
    """Take a charge-back to ``to`` and return it; agreeing writes the amount agreed.

    Raise StaleError for a step its state does not list, RepairRefusedError for an amount agreed
    that is not above zero or above the claim, and without a note where it is disputed or withdrawn.
    """
    current: ChargeBack = ChargeBack.objects.select_for_update(of=("self",)).get(pk=charge.pk)
    if to not in CHARGE_MOVES[ChargeState(current.state)]:
        raise StaleError(
            _("The charge-back is “%(state)s” meanwhile. Reload.")
            % {"state": dict(choices.CHARGES)[current.state]}
        )
    words = clean_text(note)[:300]
    if to in {ChargeState.DISPUTED, ChargeState.WITHDRAWN} and not words:
        raise RepairRefusedError(_("Say why."))
    if to is ChargeState.AGREED:
        agreed = current.amount if amount is None else amount
        if not 0 < agreed <= current.amount:
            raise RepairRefusedError(_("Agree on an amount above zero, at most the one claimed."))
        current.agreed_amount, current.agreed_at = agreed, now
    if to is ChargeState.SETTLED:
        current.settled_at = now
    current.state, current.note = to.value, words or current.note
    current.save()
    _audit(to.value, current, actor, now)
    return current


def _audit(what: str, charge: ChargeBack, actor: User, now: datetime) -> None:
    record(
        kind="repair.charge",
        actor=actor,
        subject=("repair", charge.order_id),
        facts={"step": what, "charge": charge.pk, "amount": str(charge.amount)},
        now=now,
    )
