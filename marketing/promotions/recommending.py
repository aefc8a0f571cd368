"""Promotions as things to recommend to a customer (CUS-35)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from customers.models import Customer
from marketing.promotions.models import Promotion, PromotionUse
from marketing.segments.hooks import register_source
from marketing.segments.rules.recommend import Candidate

MOST: Final = 10
SOON: Final = timedelta(days=7)
IN_PROJECT, ENDS_SOON = Decimal(50), Decimal(10)


def promotions_for(customer: Customer, now: datetime) -> Iterator[Candidate]:
    """Propose what holds now in the project of the customer and was not granted to them yet."""
    used = PromotionUse.objects.filter(promotion=OuterRef("pk"), customer=customer)
    rows = Promotion.objects.applicable(now).filter(project=customer.project_id)
    fresh = rows.exclude(Exists(used.exclude(state="released")))
    for one in fresh.order_by("ends_at", "pk")[:MOST]:
        reasons = [(_("Holds in the project of the customer"), IN_PROJECT)]
        if one.ends_at - now <= SOON:
            reasons.append((_("Ends within a week"), ENDS_SOON))
        traits = frozenset({f"promotion:{one.kind}", f"benefit:{one.benefit}"})
        yield Candidate("offer", f"promotion/{one.pk}", one.name, tuple(reasons), traits)


def register() -> None:
    """Offer promotions."""
    register_source("promotions", promotions_for)
