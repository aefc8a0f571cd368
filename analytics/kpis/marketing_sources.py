"""What marketing brings to the KPIs: cost and its attributed margin, campaigns (ANA-05, ANA-22)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from django.db.models import Avg, Count

from analytics.kpis.hooks import Cost, register_campaign_source, register_cost_source
from analytics.kpis.kinds import Period, midnight
from customers.models import Project
from marketing.attribution.hooks import register_intent_source
from marketing.attribution.policies import attribution_rules
from marketing.attribution.rules.returns import margin_of, shared_out
from marketing.attribution.selectors import received_between
from marketing.campaigns.policies import campaign_rules
from marketing.campaigns.selectors import CostLine, campaign_starts, costs_between
from service.surveys.models import SurveyResponse

SOURCE: Final = "marketing"
Place = tuple[str, str]  # channel and campaign


def costs(period: Period, now: dt.datetime) -> Iterator[Cost]:
    """Yield the committed cost of a period with the margin attributed to it in the same days.

    Keys are below 0, so that they are never those of another source. Cost of no channel and no
    campaign has no margin; what is named and brought nothing has one of 0.
    """
    lines = costs_between(period.start, period.end, now)
    if not lines:
        return
    nodes = dict(Project.objects.values_list("pk", "node"))
    margins = attributed(lines, period, now)
    for line in lines:
        yield Cost(
            key=-line.key,
            on=line.on,
            amount=line.amount,
            label=line.label,
            kind=line.kind,
            region=line.region,
            project=nodes.get(line.project) if line.project else None,
            channel=line.channel,
            campaign=line.campaign,
            margin=margins.get(line.key),
            url=line.url,
        )


def attributed(lines: Iterable[CostLine], period: Period, now: dt.datetime) -> dict[int, Decimal]:
    """Return the margin of each item that names a channel or campaign, by its key.

    What a channel of a campaign brought goes to the items that name both, else to those of the
    campaign alone, else to those of the channel alone, else to none; by amount where several do.
    Items charged to a project get of its contracts only.
    """
    by_place: dict[Place, list[CostLine]] = defaultdict(list)
    for line in lines:
        if line.channel or line.campaign:
            by_place[line.channel, line.campaign].append(line)
    found = {line.key: Decimal(0) for some in by_place.values() for line in some}
    rules = attribution_rules(now).value
    received = received_between(period.start, period.end, model=rules.headline)
    margin = campaign_rules(now).margin
    for (project, channel, campaign), yuan in received.items():
        bearers = _bearers(by_place, project, channel, campaign)
        gained = margin_of(yuan, margin=margin)
        for line, part in zip(
            bearers, shared_out(gained, [line.amount for line in bearers]), strict=True
        ):
            found[line.key] += part
    return found


def _bearers(
    by_place: Mapping[Place, list[CostLine]], project: int, channel: str, campaign: str
) -> list[CostLine]:
    for place in ((channel, campaign), ("", campaign), (channel, "")):
        if place == ("", ""):
            continue
        fitting = [line for line in by_place.get(place, ()) if line.project in (None, project)]
        own = [line for line in fitting if line.project == project]
        if fitting:
            return own or fitting
    return []


def intent(user: Any, start: dt.date, end: dt.date) -> tuple[Decimal, int] | None:
    """Return how likely customers would recommend us (0 to 10) and how many said so."""
    rows = SurveyResponse.objects.visible_to(user).of_customers()
    asked = rows.between(midnight(start), midnight(end)).filter(recommends__isnull=False)
    found = asked.aggregate(mean=Avg("recommends"), n=Count("pk"))
    if not found["n"]:
        return None
    return Decimal(found["mean"]).quantize(Decimal("0.1")), found["n"]


def register() -> None:
    """Bring cost and campaigns to the KPIs, and the intent to recommend to attribution."""
    register_cost_source(SOURCE, costs)
    register_campaign_source(SOURCE, campaign_starts)
    register_intent_source("surveys", intent)
