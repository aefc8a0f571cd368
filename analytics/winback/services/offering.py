"""Price compensation, by the discount of the price department and no other way (CUS-105, MKT-46).

Nothing here writes a price: the request goes to the signers of discounts, and only the approved
request counts as a tool of the case. The public list stays as it is.
"""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from analytics.winback.errors import WinbackError
from analytics.winback.models import PriceOffer, ToolUse, WinbackCase
from analytics.winback.rules.words import CaseState, Tool
from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.models import Unit
from customers.pricing.rules import DiscountState
from customers.pricing.services.discounts import Wish, request_discount

GRANTED = (DiscountState.APPROVED.value, DiscountState.USED.value)


@transaction.atomic
def ask_discount(
    *, case: WinbackCase, unit: Unit, wish: Wish, actor: User, now: datetime
) -> PriceOffer:
    """Ask for a discount for the customer of a case and return the offer; its signers decide.

    Raise WinbackError for a case that is over, DiscountError as the request of any discount.
    """
    row = WinbackCase.objects.select_for_update(of=("self",)).select_related("customer")
    found: WinbackCase = row.get(pk=case.pk)
    if found.state != CaseState.OPEN:
        raise WinbackError(_("This case is over."))
    discount = request_discount(unit=unit, customer=found.customer, wish=wish, asker=actor, now=now)
    offer = PriceOffer.objects.create(case=found, discount=discount, at=now, by=actor)
    record(
        kind="winback.price_asked",
        actor=actor,
        subject=("discount", discount.pk),
        reason=discount.reason,
        facts={"case": found.pk, "asked_total": str(discount.asked_total)},
        now=now,
    )
    return offer


def note_granted(*, now: datetime) -> int:
    """Count approved discounts as tools of their cases, with what they cost; return how many."""
    counted = ToolUse.objects.filter(
        case=OuterRef("case"), tool=Tool.PRICE.value, key=Cast(OuterRef("discount"), CharField())
    )
    rows = PriceOffer.objects.filter(~Exists(counted), discount__state__in=GRANTED)
    uses = [
        ToolUse(
            case_id=offer.case_id,
            tool=Tool.PRICE.value,
            key=str(offer.discount_id),
            cost=max(Decimal(0), offer.discount.price.public_total - offer.discount.asked_total),
            at=now,
        )
        for offer in rows.select_related("discount__price").order_by("pk")
    ]
    ToolUse.objects.bulk_create(uses, ignore_conflicts=True)
    return len(uses)
