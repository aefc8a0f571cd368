"""Using promotions for a unit: stock, stacking, and the price through its own approval only."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.models import Customer
from customers.pricing.errors import DiscountError
from customers.pricing.models import DiscountRequest
from customers.pricing.rules import DiscountState
from customers.pricing.selectors import price_at
from customers.pricing.services.discounts import Wish, request_discount
from customers.property.models import Unit
from marketing.promotions.errors import PromotionError
from marketing.promotions.models import Coupon, Promotion, PromotionUse
from marketing.promotions.rules.offers import EXCLUSIVE, GIFT, may_stack, money_off, obstacle
from marketing.promotions.services.writing import offer_of

ONCE: Final = "promotion_once_per_customer_and_unit"
WORDS: Final = {
    "not_approved": gettext_lazy("%(name)s is not approved."),
    "not_begun": gettext_lazy("%(name)s has not begun yet."),
    "expired": gettext_lazy("%(name)s has expired."),
    "elsewhere": gettext_lazy("%(name)s does not hold for this unit."),
    "sold_out": gettext_lazy("%(name)s is used up: none is left."),
}
GOOD: Final = (DiscountState.APPROVED.value, DiscountState.USED.value)
BAD: Final = (
    DiscountState.REFUSED.value,
    DiscountState.WITHDRAWN.value,
    DiscountState.EXPIRED.value,
)


@transaction.atomic
def apply_promotions(
    *,
    promotions: Sequence[Promotion],
    customer: Customer,
    unit: Unit,
    actor: User,
    now: datetime,
    in_group: bool = False,
) -> list[PromotionUse]:
    """Use promotions for one customer and unit and return the uses.

    What takes money off asks for one discount over everything the customer has for the unit; its
    own chain of signatures decides. Raise PromotionError for one that does not hold now or here, is
    used up, or does not go together with the others, DiscountError where no discount can be asked.
    """
    keys = sorted({one.pk for one in promotions})
    rows = list(
        Promotion.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    )
    if not rows:
        raise PromotionError(_("Choose a promotion."))
    for row in rows:
        refuse_obstacle(row, unit, now=now, in_group=in_group)
    earlier = PromotionUse.objects.filter(customer=customer, unit=unit).exclude(state="released")
    used = list(earlier.select_related("promotion"))
    if not may_stack([row.stacking for row in (*rows, *(one.promotion for one in used))]):
        raise PromotionError(_("These promotions cannot be used together."))
    if any(row.stacking == EXCLUSIVE for row in rows) and _has_coupon(customer, unit):
        raise PromotionError(_("The customer used a coupon for this unit: no exclusive promotion."))
    _take_stock(rows)
    amounts = _amounts(rows, unit, now)
    discount = None
    if any(amounts[row.pk] for row in rows if row.benefit != GIFT):
        names = _(", ").join(f"{row.code} {row.name}" for row in rows)
        discount = ask_price(
            unit=unit,
            customer=customer,
            more=sum((amounts[row.pk] for row in rows if row.benefit != GIFT), Decimal(0)),
            reason=_("Promotion: %(names)s") % {"names": names},
            asker=actor,
            now=now,
        )
    uses = [
        PromotionUse(
            promotion=row,
            customer=customer,
            unit=unit,
            amount=row.value if row.benefit == GIFT else amounts[row.pk],
            state="granted" if row.benefit == GIFT else "asked",
            discount=None if row.benefit == GIFT else discount,
            applied_by=actor,
            created_at=now,
        )
        for row in rows
    ]
    _store(uses)
    for one in uses:
        record(
            kind="promotion.applied",
            actor=actor,
            subject=("promotion", one.promotion_id),
            facts={"use": one.pk, "unit": unit.pk, "amount": str(one.amount)},
            now=now,
        )
    return uses


def refuse_obstacle(row: Promotion, unit: Unit, *, now: datetime, in_group: bool) -> None:
    """Raise PromotionError where a promotion cannot be used for the unit now."""
    found = obstacle(offer_of(row), project=unit.project_id, building=unit.building_id, at=now)
    if found:
        raise PromotionError(str(WORDS[found]) % {"name": row.name}, code=f"promotion-{found}")
    if row.kind == "group" and not in_group:
        raise PromotionError(_("A group purchase is joined, not applied: choose its group."))


def ask_price(
    *, unit: Unit, customer: Customer, more: Decimal, reason: str, asker: User, now: datetime
) -> DiscountRequest:
    """Ask for one discount that covers ``more`` yuan and all that was granted for the unit before.

    The chain of discounts signs it; nothing here lowers a price. Raise DiscountError where there is
    no price, the sum leaves nothing of it, or a request waits already.
    """
    price = price_at(unit, at=now)
    if price is None:
        raise DiscountError(_("This unit has no price yet."))
    total = more + granted_before(customer, unit)
    wish = Wish(asked_total=price.public_total - total, reason=reason[:300])
    return request_discount(unit=unit, customer=customer, wish=wish, asker=asker, now=now)


def granted_before(customer: Customer, unit: Unit) -> Decimal:
    """Return the yuan that promotions and coupons have taken off for a customer and unit so far."""
    uses = (
        PromotionUse.objects.filter(customer=customer, unit=unit)
        .exclude(state="released")
        .exclude(promotion__benefit=GIFT)
    )
    coupons = Coupon.objects.filter(
        customer=customer, unit=unit, state="used", issue__kind="coupon"
    )
    sums: Iterable[Any] = (
        uses.aggregate(sum=Sum("amount"))["sum"],
        coupons.aggregate(sum=Sum("issue__value"))["sum"],
    )
    return sum((Decimal(one) for one in sums if one), Decimal(0))


def has_exclusive(customer_id: int, unit: Unit) -> bool:
    """Return whether a customer has an exclusive promotion for a unit."""
    rows = PromotionUse.objects.filter(customer=customer_id, unit=unit).exclude(state="released")
    return rows.filter(promotion__stacking=EXCLUSIVE).exists()


def _has_coupon(customer: Customer, unit: Unit) -> bool:
    rows = Coupon.objects.filter(customer=customer, unit=unit, state="used")
    return rows.filter(issue__kind="coupon").exists()


def settle_uses(*, now: datetime) -> int:
    """Follow the discounts: granted once approved, given back with their stock once they failed.

    Return how many changed. Safe to run twice: each change is one conditional update.
    """
    asked = PromotionUse.objects.filter(state="asked", discount__state__in=GOOD)
    changed = 0
    for discount in list(asked.order_by().values_list("discount", flat=True).distinct()):
        changed += _grant(discount, now)
    failed = PromotionUse.objects.filter(
        Q(state="asked") | Q(state="granted"), discount__state__in=BAD
    )
    for key in failed.order_by("pk").values_list("pk", flat=True):
        changed += _release(key, now)
    return changed


@transaction.atomic
def _grant(discount: int, now: datetime) -> int:
    """Grant what waited for a discount; what the customer had before is covered by it from now."""
    done = PromotionUse.objects.filter(state="asked", discount=discount).update(
        state="granted", updated_at=now
    )
    request = DiscountRequest.objects.get(pk=discount)
    earlier = {"customer": request.customer_id, "unit": request.unit_id, "discount__lt": discount}
    PromotionUse.objects.filter(state="granted", **earlier).update(discount=discount)
    Coupon.objects.filter(state="used", **earlier).update(discount=discount)
    return done


@transaction.atomic
def _release(key: int, now: datetime) -> int:
    rows = PromotionUse.objects.filter(pk=key).exclude(state="released")
    promotion = rows.values_list("promotion", flat=True).first()
    if promotion is None:
        return 0
    list(Promotion.objects.select_for_update().filter(pk=promotion).values_list("pk"))
    done = rows.update(state="released", updated_at=now)
    if done:
        Promotion.objects.filter(pk=promotion, taken__gt=0).update(taken=F("taken") - 1)
    return done


def _take_stock(rows: Sequence[Promotion]) -> None:
    for row in rows:
        left = Q(stock__isnull=True) | Q(taken__lt=F("stock"))
        if not Promotion.objects.filter(left, pk=row.pk).update(taken=F("taken") + 1):
            words = str(WORDS["sold_out"]) % {"name": row.name}
            raise PromotionError(words, code="promotion-sold_out")


def _amounts(rows: Sequence[Promotion], unit: Unit, now: datetime) -> dict[int, Decimal]:
    price = price_at(unit, at=now)
    total = price.public_total if price else Decimal(0)
    return {row.pk: money_off(row.benefit, row.value, list_total=total) for row in rows}


def _store(uses: list[PromotionUse]) -> None:
    try:
        with transaction.atomic():
            for one in uses:
                one.save()
    except IntegrityError as error:
        if ONCE in str(error):
            raise PromotionError(
                _("The customer has this promotion for this unit already.")
            ) from error
        raise
