"""Losses people write down, their reasons, and what became of them (CUS-97, CUS-108)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.churn.models import ChurnLoss, ChurnLossReason
from analytics.churn.rules.reasons import Reason, check_reasons, scene_of
from analytics.churn.rules.words import LossRule, LossState, Stage
from crm_site.audit.services import record, record_each
from crm_site.common.refusals import RefusedError
from crm_site.common.whole_tables import CHUNK
from crm_site.staff.models import User
from customers.models import Customer, Interaction, Purchase
from customers.rules.axes import Phase
from customers.services.lifecycle import locked, mark_churned, reactivate

BY_HAND: Final = (
    LossRule.ELSEWHERE.value,
    LossRule.GAVE_UP.value,
    LossRule.SOLD.value,
    LossRule.COMPLAINT.value,
)
ACTIVE: Final = ("held", "presubscribed", "subscribed", "signed", "handed_over")


class LossRefusedError(RefusedError):
    """A loss that cannot be written down or taken back; says what to do."""


@dataclass(frozen=True, slots=True)
class Told:
    """Why a customer left: one main reason, others, the scene, the customer's own words."""

    main: str
    others: Sequence[str] = ()
    scene: str = ""
    note: str = ""
    said_by: str = "consultant"


@transaction.atomic
def record_loss(
    *, customer: Customer, rule: str, on: date, told: Told, actor: User, now: datetime
) -> ChurnLoss:
    """Write down that a customer is lost, with the reason, and return the loss.

    Raise ``LossRefusedError`` without a main reason, for a day to come, for a customer who is lost
    already, or whose deal still stands while he is said to have bought elsewhere or given up.
    """
    current = locked(customer)
    _check(current, rule, on, told, now)
    stage, deal = _stage_of(current)
    loss = ChurnLoss.objects.create(
        customer=current,
        on=on,
        rule=rule,
        stage=stage.value,
        project_id=deal.project_id if deal else current.project_id,
        consultant_id=current.owner_id,
        money=_money(current, deal),
        source=f"hand:{now.timestamp():.0f}",
        main_reason=Reason.UNKNOWN.value,
        scene=scene_of(Reason.UNKNOWN).value,
        recorded_at=now,
        recorded_by=actor,
    )
    _tell(loss, told)
    mark_churned(customer=current, rule=rule, now=now)
    _audit("loss.recorded", loss, actor, now, rule=rule, reason=loss.main_reason)
    return loss


@transaction.atomic
def tell_reasons(*, loss: ChurnLoss, told: Told, actor: User | None, now: datetime) -> ChurnLoss:
    """Write the reasons of a loss anew and return it; raise ``LossRefusedError`` without a main."""
    current: ChurnLoss = ChurnLoss.objects.select_for_update(of=("self",)).get(pk=loss.pk)
    _check_reason(told)
    before = current.main_reason
    _tell(current, told)
    _audit("loss.reasons", current, actor, now, before=before, reason=current.main_reason)
    return current


@transaction.atomic
def end_loss(
    *, loss: ChurnLoss, as_: LossState, why: str, actor: User | None, now: datetime
) -> ChurnLoss:
    """Say that the customer was won back, or that the loss was never true; nothing is erased.

    The customer returns to the phase of the stage. Raise ``LossRefusedError`` without words, or for
    a loss that was ended before.
    """
    if as_ is LossState.STANDING or not why.strip():
        raise LossRefusedError(_("Say why the loss no longer stands."))
    customer = locked(loss.customer)
    ended = ChurnLoss.objects.filter(pk=loss.pk, state=LossState.STANDING.value).update(
        state=as_.value, ended_at=now, ended_by=actor, ended_why=why.strip()[:300]
    )
    if not ended:
        raise LossRefusedError(_("This loss was ended before. Reload the page."))
    loss.refresh_from_db()
    reactivate(customer=customer, reason=f"loss:{as_.value}", actor=actor, now=now)
    _audit("loss.ended", loss, actor, now, state=as_.value)
    return loss


def end_losses_of_returned(*, now: datetime) -> int:
    """Mark as won back whoever came back by an enquiry or a deal; return how many.

    What one chunk writes is one transaction of as many statements as any other.
    """
    rows = ChurnLoss.objects.standing().exclude(customer__phase=Phase.CHURNED.value)
    keys = list(rows.order_by("customer_id").values_list("customer_id", flat=True))
    return sum(
        _end_of_returned(keys[start : start + CHUNK], now) for start in range(0, len(keys), CHUNK)
    )


@transaction.atomic
def _end_of_returned(customers: Sequence[int], now: datetime) -> int:
    back = Customer.objects.filter(pk__in=customers).exclude(phase=Phase.CHURNED.value)
    locked_rows = back.order_by("pk").select_for_update(no_key=True, of=("self",))
    rows = ChurnLoss.objects.standing().filter(
        customer__in=list(locked_rows.values_list("pk", flat=True))
    )
    ended = dict(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", "customer"))
    ChurnLoss.objects.filter(pk__in=ended).update(
        state=LossState.RECOVERED.value, ended_at=now, ended_why=_("Came back")
    )
    return record_each(
        kind="loss.ended",
        subject_kind="customer",
        facts={
            customer: {"loss": pk, "state": LossState.RECOVERED.value}
            for pk, customer in ended.items()
        },
        now=now,
    )


def _check(customer: Customer, rule: str, on: date, told: Told, now: datetime) -> None:
    if rule not in BY_HAND:
        raise LossRefusedError(_("This rule is found by itself, it is not written by hand."))
    if on > timezone.localdate(now):
        raise LossRefusedError(_("The day of the loss cannot lie ahead."))
    _check_reason(told)
    if ChurnLoss.objects.standing().filter(customer=customer).exists():
        raise LossRefusedError(_("This customer is lost already. Change the reasons there."))
    if rule in (LossRule.ELSEWHERE.value, LossRule.GAVE_UP.value):
        deals = Purchase.objects.filter(customer=customer, state__in=ACTIVE)
        if deals.exclude(state="handed_over").exists():
            raise LossRefusedError(_("A purchase is under way. Cancel it first."))


def _check_reason(told: Told) -> None:
    known = {reason.value for reason in Reason} - {Reason.UNKNOWN.value}
    if told.main not in known:
        raise LossRefusedError(_("Name the main reason."))


def _tell(loss: ChurnLoss, told: Told) -> None:
    reasons = check_reasons(told.main, told.others)
    loss.main_reason = told.main
    loss.scene = told.scene or scene_of(Reason(told.main)).value
    loss.note, loss.said_by = told.note.strip()[:500], told.said_by
    loss.save(update_fields=["main_reason", "scene", "note", "said_by"])
    loss.reasons.exclude(reason__in=reasons).delete()
    ChurnLossReason.objects.bulk_create(
        [ChurnLossReason(loss=loss, reason=reason) for reason in reasons], ignore_conflicts=True
    )


def _stage_of(customer: Customer) -> tuple[Stage, Purchase | None]:
    deal = Purchase.objects.filter(customer=customer, state__in=ACTIVE).order_by("-pk").first()
    if deal is not None:
        stages = {"handed_over": Stage.OWNER, "signed": Stage.SIGNED}
        return stages.get(deal.state, Stage.RESERVATION), deal
    visits = Interaction.objects.filter(customer=customer, channel="visit")
    came = visits.exists() or customer.interactions.filter(result="visited").exists()
    return (Stage.VISIT if came else Stage.LEAD), None


def _money(customer: Customer, deal: Purchase | None) -> Decimal | None:
    if deal is not None:
        return deal.agreed_total or deal.list_total
    return customer.budget_max or customer.budget_min


def _audit(kind: str, loss: ChurnLoss, actor: User | None, now: datetime, **facts: str) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("customer", loss.customer_id),
        facts={"loss": loss.pk, **facts},
        now=now,
    )
