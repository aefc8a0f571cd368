"""What attribution says of a campaign, on its page; the figures open what adds up to them."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy

from marketing.attribution.asked import CAMPAIGN, Asked
from marketing.attribution.models import Touch
from marketing.attribution.policies import attribution_rules
from marketing.attribution.querysets import VIEW
from marketing.attribution.selectors import behind
from marketing.campaigns.hooks import Panel, register_campaign_panel

NAME: Final = "attribution"


def card(campaign: Any, user: Any) -> dict[str, Any]:
    """Return touches, people, contracts and attributed yuan from its first month until now."""
    now = timezone.now()
    touches = Touch.objects.visible_to(user).filter(campaign_code=campaign.code)
    met = touches.aggregate(number=Count("pk"), people=Count("customer", distinct=True))
    asked = _asked(campaign, now)
    brought = behind(asked, campaign.code, user=user).aggregate(
        yuan=Sum("amount", default=Decimal(0)), contracts=Count("purchase", distinct=True)
    )
    return {
        "touches": met["number"],
        "people": met["people"],
        "contracts": brought["contracts"],
        "yuan": brought["yuan"],
        "model": asked.model_label,
        "query": asked.query(code=campaign.code),
    }


def _asked(campaign: Any, now: datetime) -> Asked:
    until = timezone.localdate(now).replace(day=1)
    first = min(campaign.begun_on or campaign.starts_on, campaign.starts_on)
    return Asked(
        model=attribution_rules(now).value.headline,
        since=min(first.replace(day=1), until),
        until=until,
        by=CAMPAIGN,
    )


def register() -> None:
    """Show the card on the page of a campaign."""
    register_campaign_panel(
        Panel(
            key=NAME,
            title=gettext_lazy("Attribution"),
            template="marketing/attribution/_campaign.html",
            build=card,
            permission=VIEW,
        )
    )
