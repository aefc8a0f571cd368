"""What the list and the page of campaigns print."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from crm_site.questionnaires.models import AnswerSheet
from crm_site.staff.models import User
from customers.vocabulary import labels
from marketing.campaigns import choices, hooks
from marketing.campaigns.checks import EXECUTABILITY, PRINCIPLES, check_of, latest_checks
from marketing.campaigns.effects import Effect, effects_of
from marketing.campaigns.models import Campaign, LoopItem
from marketing.campaigns.publicity import entries_of
from marketing.campaigns.querysets import ASK_COST, KEEP, SEE_MONEY
from marketing.campaigns.rules.gates import refused_points, unticked_points
from marketing.campaigns.rules.plans import Activity, slippage
from marketing.campaigns.rules.states import CampaignState
from marketing.campaigns.selectors import approval_with
from marketing.campaigns.services.planning import OPEN

WAY = ("draft", "approved", "running", "ended", "reviewed")
LOOPS = (CampaignState.APPROVED, CampaignState.RUNNING, CampaignState.ENDED)


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign in the list with what it brought."""

    campaign: Campaign
    effect: Effect
    is_late: bool


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One of the two checks: who filled it in last, and what it holds against the campaign."""

    key: str
    sheet: AnswerSheet | None
    against: list[str]


@dataclass(frozen=True, slots=True)
class LoopLine:
    """An entry of the loop and the days since what it answers."""

    item: LoopItem
    days: int | None


def list_lines(rows: Iterable[Campaign], *, now: dt.datetime) -> list[CampaignLine]:
    """Return campaigns with what they brought; a fixed number of queries."""
    found = list(rows)
    effects, today = effects_of(found, now=now), timezone.localdate(now)
    return [CampaignLine(row, effects[row.pk], row.is_review_late(today)) for row in found]


def activity_of(row: Campaign) -> Activity:
    """Return a campaign as the report of plans reads it."""
    return Activity(
        planned_start=row.starts_on,
        planned_end=row.ends_on,
        start=row.begun_on,
        end=row.over_on,
        is_unplanned=row.is_unplanned,
    )


def check_lines(campaign: Campaign) -> dict[str, CheckLine]:
    """Return both checks of a campaign."""
    held = latest_checks(campaign.pk)
    found = {}
    for key, judge in ((EXECUTABILITY, refused_points), (PRINCIPLES, unticked_points)):
        sheet = held.get(key)
        found[key] = CheckLine(key, sheet, judge(check_of(sheet)) if sheet else [])
    return found


def loop_lines(campaign: Campaign) -> list[LoopLine]:
    """Return what went out, came back and was adjusted, the earliest first (MKT-39)."""
    rows = campaign.loop.select_related("answers", "by").order_by("at", "pk")
    return [LoopLine(one, _days(one.answers.at, one.at) if one.answers else None) for one in rows]


def _days(start: dt.datetime, end: dt.datetime) -> int:
    return (timezone.localdate(end) - timezone.localdate(start)).days


def campaign_page(row: Campaign, *, user: User, now: dt.datetime) -> dict[str, Any]:
    """Return everything the page of a campaign prints."""
    today, state = timezone.localdate(now), CampaignState(row.state)
    found = effects_of([row], now=now)[row.pk]
    words = labels("source")
    rows = row.placements.select_related("campaign").order_by("starts_on", "pk")
    checks = check_lines(row)
    return {
        "campaign": row,
        "way": [(key, dict(choices.STATES)[key]) for key in WAY],
        "effect": found,
        "is_late": row.is_review_late(today),
        "slippage": slippage(activity_of(row)),
        "mix": [(words.get(one.channel_code, one.channel_code), one.share) for one in _mix(row)],
        "executability": checks[EXECUTABILITY],
        "principles": checks[PRINCIPLES],
        "placements": entries_of(rows),
        "loop": loop_lines(row),
        "review": getattr(row, "review", None) if state is CampaignState.REVIEWED else None,
        "events": row.events.select_related("actor").order_by("-pk")[:20],
        "approval": approval_with(row.approval_id),
        "budgets": row.budgets.order_by("kind", "pk"),
        "planned_cost": rows.aggregate(found=Sum("planned_cost"))["found"] or Decimal(0),
        "panels": hooks.panels_for(row, user),
        "back": reverse("marketing:campaign", args=[row.pk]),
        **_rights(row, user),
    }


def _mix(row: Campaign) -> Any:
    return row.channels.order_by("-share", "channel_code")


def _rights(row: Campaign, user: User) -> dict[str, bool]:
    may_keep, state = user.has_perm(KEEP), row.state
    is_free = state == CampaignState.DRAFT and row.approval_id is None
    return {
        "may_see_money": user.has_perm(SEE_MONEY),
        "may_change": may_keep and is_free,
        "may_withdraw": may_keep and state == CampaignState.DRAFT and row.approval_id is not None,
        "may_launch": may_keep and state == CampaignState.APPROVED,
        "may_end": may_keep and state == CampaignState.RUNNING,
        "may_stop": may_keep and state in OPEN and (row.approval_id is None or state != "draft"),
        "may_review": may_keep and state == CampaignState.ENDED,
        "may_place": may_keep and state in OPEN,
        "may_loop": may_keep and state in LOOPS,
        "may_cost": user.has_perm(ASK_COST) and state in LOOPS,
        "may_check": may_keep and state in (CampaignState.DRAFT, CampaignState.APPROVED),
    }
