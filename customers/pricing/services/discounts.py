"""Asking for a discount, and using an approved one in a subscription (MKT-46)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm_site.approvals.models import Approval
from crm_site.approvals.services import Asked, request_approval, use
from crm_site.audit.services import record
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.models.customer import Customer
from customers.pricing.errors import DiscountError
from customers.pricing.models import DiscountRequest, UnitPrice
from customers.pricing.policies import DISCOUNTS, DiscountRules
from customers.pricing.rules import (
    CHAIN,
    DiscountState,
    discount_percent,
    discount_steps,
    money,
)
from customers.pricing.selectors import has_prices, price_at
from customers.property.models import Unit
from customers.purchase.models import Purchase
from customers.rules.text import clean_text

KIND = "price.discount"
ONE_WAITING = "discount_one_waiting"
ENDS = {
    Approval.State.REFUSED: DiscountState.REFUSED,
    Approval.State.WITHDRAWN: DiscountState.WITHDRAWN,
    Approval.State.EXPIRED: DiscountState.EXPIRED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked: the total in yuan, why, and what is given besides."""

    asked_total: Decimal
    reason: str
    gift: str = ""


def request_discount(
    *, unit: Unit, customer: Customer, wish: Wish, asker: User, now: datetime
) -> DiscountRequest:
    """Ask for a lower total for one customer and unit; the size of it decides who signs.

    Raise DiscountError without a price in force, for a total that is no discount, without a reason,
    and where one waits already.
    """
    price, reason = price_at(unit, at=now), clean_text(wish.reason)
    if price is None:
        raise DiscountError(_("This unit has no price yet."))
    if not 0 < wish.asked_total < price.public_total:
        raise DiscountError(_("The asked total must be above 0 and below the list price."))
    if not reason:
        raise DiscountError(_("Say why the discount is asked for."))
    try:
        with transaction.atomic():
            found = DiscountRequest.objects.create(
                customer=customer,
                unit=unit,
                price=price,
                asked_total=wish.asked_total,
                is_below_floor=wish.asked_total < price.floor_total,
                reason=reason,
                gift=clean_text(wish.gift),
                asked_by=asker,
            )
            found.approval = request_approval(
                asked=_asked(found, price, asker=asker, now=now), requester=asker, now=now
            )
            found.save(update_fields=["approval", "updated_at"])
            _audit("discount.asked", found, asker, now)
    except IntegrityError as error:
        if ONE_WAITING in str(error):
            raise DiscountError(
                _("A discount for this customer and unit waits for signatures already.")
            ) from error
        raise
    return found


def _asked(found: DiscountRequest, price: UnitPrice, *, asker: User, now: datetime) -> Asked:
    rules: DiscountRules = in_force(DISCOUNTS, at=now).value
    held = [place for place, right in enumerate(CHAIN, start=1) if asker.has_perm(right)]
    percent = discount_percent(list_total=price.public_total, asked_total=found.asked_total)
    steps = discount_steps(
        list_total=price.public_total,
        asked_total=found.asked_total,
        below_floor=found.is_below_floor,
        supervisor_percent=rules.supervisor_percent,
        executive_percent=rules.executive_percent,
        asker=max(held, default=0),
    )
    return Asked(
        kind=KIND,
        title=_("Discount of %(percent)s on %(unit)s")
        % {"percent": f"{percent} %", "unit": found.unit},
        content=content_of(found, steps),
        reason=found.reason,
        subject=("discount", found.pk),
    )


def content_of(found: DiscountRequest, steps: Any) -> dict[str, Any]:
    """Return what is signed: customer, unit, both totals, the gift, the reason, the chain."""
    return {
        "customer": found.customer_id,
        "unit": found.unit_id,
        "unit_name": str(found.unit),
        "list_total": str(money(found.price.public_total)),
        "asked_total": str(money(found.asked_total)),
        "is_below_floor": found.is_below_floor,
        "reason": found.reason,
        "gift": found.gift,
        "steps": list(steps),
    }


def decide_discount(approval: Approval, now: datetime) -> None:
    """Let an approved request be used for the days of the policy; close it otherwise."""
    found = DiscountRequest.objects.select_for_update(of=("self",)).filter(approval=approval)
    request = found.exclude(state=DiscountState.USED).first()
    if request is None:
        return
    if approval.state == Approval.State.APPROVED:
        rules: DiscountRules = in_force(DISCOUNTS, at=now).value
        ends = now + timedelta(days=rules.valid_days)
        request.state, request.valid_until = DiscountState.APPROVED, min(ends, approval.expires_at)
    elif approval.state in ENDS:
        request.state = ENDS[Approval.State(approval.state)]
    request.save(update_fields=["state", "valid_until", "updated_at"])


def expire_discounts(*, now: datetime) -> int:
    """Close approved requests whose days are over; return how many. Safe to run twice."""
    over = DiscountRequest.objects.filter(state=DiscountState.APPROVED, valid_until__lte=now)
    return over.update(state=DiscountState.EXPIRED, updated_at=now)


def settle_price(
    *, purchase: Purchase, listed: Decimal, agreed: Decimal, actor: User, now: datetime
) -> Decimal:
    """Return the list total a subscription pins, using up the discount it needs.

    Where the project sells by price list, the price in force counts, whatever was typed. Raise
    DiscountError for a unit without a price, for terms that were read at another price, for a
    total above the list, and for one below it that no approved, unused, unexpired request covers;
    below the floor price only a request signed for that covers. Call it inside the transaction
    that subscribes.
    """
    unit = purchase.unit
    if unit is None or not has_prices(purchase.project_id, at=now):
        return listed
    price = price_at(unit, at=now)
    if price is None:
        raise DiscountError(_("This unit has no price yet. Have one approved first."))
    total = price.public_total
    if listed != total:
        raise DiscountError(
            _("The list price is %(total)s yuan now. Agree on the terms again.")
            % {"total": f"{total:,.2f}"},
            code="price-changed",
        )
    if agreed > total:
        raise DiscountError(_("The agreed price must not be above the list price."))
    if agreed < total:
        _use_discount(purchase, price, agreed, actor=actor, now=now)
    return total


def _use_discount(
    purchase: Purchase, price: UnitPrice, agreed: Decimal, *, actor: User, now: datetime
) -> None:
    rows = DiscountRequest.objects.filter(unit=purchase.unit_id, customer=purchase.customer_id)
    rows = rows.select_related("approval__requester", "price", "unit__building")
    known = list(rows.select_for_update(of=("self",)).order_by("-asked_total", "pk"))
    fitting = [one for one in known if one.asked_total <= agreed]
    usable = [
        one
        for one in fitting
        if one.state == DiscountState.APPROVED and one.valid_until and one.valid_until > now
    ]
    below = agreed < price.floor_total
    chosen = next((one for one in usable if one.is_below_floor or not below), None)
    if chosen is None or chosen.approval is None:
        raise DiscountError(_why_not(fitting, usable=bool(usable), now=now))
    use(
        approval_id=chosen.approval.pk,
        kind=KIND,
        content=content_of(chosen, chosen.approval.steps) | _as_signed(chosen.approval),
        user=chosen.approval.requester,
        now=now,
    )
    chosen.state, chosen.used_at, chosen.purchase = DiscountState.USED, now, purchase
    chosen.save(update_fields=["state", "used_at", "purchase", "updated_at"])
    _audit("discount.used", chosen, actor, now, purchase=purchase.pk)


def _as_signed(approval: Approval) -> dict[str, Any]:
    """Return what may be called otherwise by now: a merged customer, a renamed building."""
    return {name: approval.content[name] for name in ("customer", "unit_name")}


def _why_not(fitting: list[DiscountRequest], *, usable: bool, now: datetime) -> str:
    if usable:
        return _("This is below the floor price. Head office has to approve it first.")
    states = {
        DiscountState.EXPIRED.value
        if one.state == DiscountState.APPROVED and one.valid_until and one.valid_until <= now
        else one.state
        for one in fitting
    }
    if DiscountState.WAITING in states:
        return _("The discount still waits for signatures.")
    if DiscountState.USED in states:
        return _("The discount was used already. Ask for a new one.")
    if DiscountState.EXPIRED in states:
        return _("The approval of the discount has expired. Ask for a new one.")
    return _("The agreed price is below the list price. Ask for a discount first.")


def _audit(
    kind: str, found: DiscountRequest, actor: User | None, now: datetime, **facts: Any
) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("discount", found.pk),
        reason=found.reason,
        facts={"unit": found.unit_id, "asked_total": str(found.asked_total)} | facts,
        now=now,
    )
