"""The batches of messages that carry the code of a campaign, on its page."""

from typing import Any, Final

from django.utils.translation import gettext_lazy

from marketing.campaigns.hooks import Panel, register_campaign_panel
from marketing.messaging.models import Batch
from marketing.messaging.querysets import VIEW
from marketing.messaging.services.settling import tallies

NAME: Final = "batches"
SHOWN: Final = 20


def card(campaign: Any, user: Any) -> dict[str, Any]:
    """Return the latest batches with what became of their recipients; two queries."""
    rows = Batch.objects.visible_to(user).filter(campaign_code=campaign.code)
    found = list(rows.order_by("-created_at", "-pk")[:SHOWN])
    counts = tallies(found)
    return {"batches": [(row, counts[row.pk]) for row in found]}


def register() -> None:
    """Show the card on the page of a campaign."""
    register_campaign_panel(
        Panel(
            key=NAME,
            title=gettext_lazy("Batches"),
            template="marketing/messaging/_campaign.html",
            build=card,
            permission=VIEW,
        )
    )
