"""The adverts of a campaign: what of them waits keeps it from its launch (MKT-21, MKT-28)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketing.campaigns import hooks
from marketing.campaigns.services.planning import OPEN
from marketing.content.models import Advert
from marketing.content.querysets import KEEP, VIEW
from marketing.content.rules.adverts import AdvertState
from marketing.content.selectors import adverts_of

NAME: Final = "adverts"
SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class AdvertLine:
    """An advert of a campaign and how many signed it of how many have to."""

    advert: Advert
    signed: int
    signers: int


def against(campaign: Any, _now: datetime) -> str | None:
    """Return the adverts of a campaign that wait for signatures, in words."""
    rows = Advert.objects.filter(campaign_code=campaign.code, state=AdvertState.REVIEW.value)
    numbers = rows.order_by("pk").values_list("number", flat=True)
    if not numbers:
        return None
    words = _("Adverts wait for signatures: %(numbers)s. The campaign starts once all have signed.")
    return words % {"numbers": ", ".join(numbers)}


def card(campaign: Any, user: Any) -> dict[str, Any]:
    """Return the latest adverts of a campaign with their signatures; three queries."""
    rows = adverts_of(campaign.code, user)
    standing = Q(approval__signatures__voided_at=None, approval__signatures__is_refusal=False)
    counted = rows.annotate(signed=Count("approval__signatures", filter=standing))
    lines = [
        AdvertLine(row, row.signed, len(row.approval.steps) if row.approval else 0)
        for row in counted.select_related("approval")[:SHOWN]
    ]
    return {
        "lines": lines,
        "more": max(rows.count() - SHOWN, 0),
        "campaign": campaign,
        "may_add": user.has_perm(KEEP) and campaign.state in OPEN,
    }


def register() -> None:
    """Make adverts known to campaigns."""
    hooks.register_launch_gate(NAME, against)
    hooks.register_campaign_panel(
        hooks.Panel(
            key=NAME,
            title=gettext_lazy("Adverts"),
            template="marketing/content/_campaign_adverts.html",
            build=card,
            permission=VIEW,
        )
    )
