"""Stories told in public as things to recommend to a customer (CUS-35)."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer
from marketing.content.models import PublicStory
from marketing.segments.hooks import register_source
from marketing.segments.rules.recommend import Candidate

MOST: Final = 10
OF_NEIGHBOURS, TOLD = Decimal(40), Decimal(20)


def stories_for(customer: Customer, now: datetime) -> Iterator[Candidate]:
    """Propose published stories of the customer's project and region whose consent counts today."""
    places = Q(project=customer.project_id) | Q(project=None, region=None)
    if customer.region_id:
        places |= Q(project=None, region=customer.region_id)
    rows = PublicStory.objects.standing(on=timezone.localdate(now)).filter(places)
    for one in rows.exclude(customer=customer).order_by("-published_at", "-pk")[:MOST]:
        reasons = [(_("Told by a customer in their own words"), TOLD)]
        if one.project_id:
            reasons.append((_("From the project of the customer"), OF_NEIGHBOURS))
        traits = frozenset({"story", f"story:{one.project_id or 0}"})
        yield Candidate("article", f"story/{one.pk}", one.title, tuple(reasons), traits)


def register() -> None:
    """Offer stories."""
    register_source("stories", stories_for)
