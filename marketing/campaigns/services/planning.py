"""Writing campaigns down: facts, channel mix, what is shown where and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.common.refusals import NotAllowedError, StaleError
from crm_site.staff.models import User
from customers.models import Project
from marketing.campaigns.errors import CampaignError
from marketing.campaigns.models import Campaign, CampaignChannel, Placement
from marketing.campaigns.models.campaign import NO_CAMPAIGN
from marketing.campaigns.querysets import KEEP
from marketing.campaigns.rules.states import CampaignState
from marketing.campaigns.services.events import note_campaign

HUNDRED: Final = Decimal(100)
OPEN: Final = (
    CampaignState.DRAFT.value,
    CampaignState.APPROVED.value,
    CampaignState.RUNNING.value,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDraft:
    """What is written down of a campaign before it is approved."""

    code: str
    name: str
    kind: str
    phase: str
    starts_on: date
    ends_on: date
    owner: User
    project: Project | None = None
    goal: Any = None
    aim: str = ""
    message: str = ""
    segment_id: int | None = None
    is_unplanned: bool = False
    ordered_by: str = ""
    budget: Decimal = Decimal(0)
    expected_exposure: int = 0
    expected_leads: int = 0
    expected_visits: int = 0
    expected_deals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementDraft:
    """A piece of publicity: where, for which phase, what, when."""

    medium: str
    phase: str
    title: str
    starts_on: date
    ends_on: date
    content: str = ""
    link: str = ""
    channel_code: str = ""
    planned_cost: Decimal = Decimal(0)


@transaction.atomic
def add_campaign(*, draft: CampaignDraft, actor: User, now: datetime) -> Campaign:
    """Write a campaign as a draft and return it; raise ValidationError for what does not fit."""
    require(actor, KEEP)
    _check(draft)
    row = Campaign(created_by=actor)
    _fill(row, draft, actor)
    row.save(force_insert=True)
    note_campaign(row, "drafted", actor=actor, now=now, to_state=row.state)
    return row


@transaction.atomic
def change_campaign(
    *, campaign: Campaign, draft: CampaignDraft, actor: User, now: datetime
) -> Campaign:
    """Change a draft and return it; raise CampaignError once it is asked for or approved."""
    require(actor, KEEP)
    _check(draft, campaign)
    row = held(campaign.pk, CampaignState.DRAFT)
    if row.approval_id is not None:
        raise CampaignError(_("The approval is asked for. Withdraw it before you change this."))
    _fill(row, draft, actor)
    row.save()
    note_campaign(row, "changed", actor=actor, now=now)
    return row


def mix_text(shares: Mapping[str, Decimal]) -> str:
    """Return a channel mix as a text that tells whether it changed."""
    return " ".join(f"{code}={shares[code]:.2f}" for code in sorted(shares))


@transaction.atomic
def set_channels(
    *,
    campaign: Campaign,
    shares: Mapping[str, Decimal],
    actor: User,
    now: datetime,
    was: str | None = None,
) -> None:
    """Set the channel mix of a draft; what is left to 100 stays with the campaign itself.

    Raise ValidationError where the shares exceed 100, StaleError where the mix is no longer the
    one that ``was`` shown.
    """
    require(actor, KEEP)
    row = held(campaign.pk, CampaignState.DRAFT)
    if row.approval_id is not None:
        raise CampaignError(_("The approval is asked for. Withdraw it before you change this."))
    standing = dict(row.channels.values_list("channel_code", "share"))
    if was is not None and was != mix_text(standing):
        raise StaleError(_("Somebody else changed the channel mix meanwhile. Reload, then decide."))
    given = {code: share for code, share in shares.items() if share}
    if any(share < 0 for share in given.values()):
        raise ValidationError(_("A share lies between 0 and 100 %."))
    total = sum(given.values(), Decimal(0))
    if total > HUNDRED:
        words = _("The shares add up to %(total)s %%, which is more than 100 %%.")
        raise ValidationError(words % {"total": total})
    row.channels.exclude(channel_code__in=given).delete()
    CampaignChannel.objects.bulk_create(
        [
            CampaignChannel(campaign=row, channel_code=code, share=one)
            for code, one in given.items()
        ],
        update_conflicts=True,
        unique_fields=["campaign", "channel_code"],
        update_fields=["share"],
    )
    note_campaign(row, "changed", actor=actor, now=now, facts={"channels": len(given)})


@transaction.atomic
def place(
    *,
    campaign: Campaign,
    draft: PlacementDraft,
    placement: Placement | None = None,
    actor: User,
    now: datetime,
) -> Placement:
    """Write a piece of publicity of a campaign, or change ``placement``, and return it."""
    require(actor, KEEP)
    row = held(campaign.pk, *OPEN)
    if draft.ends_on < draft.starts_on:
        raise ValidationError({"ends_on": _("The end lies before the beginning.")})
    if draft.ends_on < row.starts_on or draft.starts_on > row.ends_on:
        days = {"first": row.starts_on.isoformat(), "last": row.ends_on.isoformat()}
        message = _("Choose days of the campaign, from %(first)s to %(last)s.")
        raise ValidationError({"starts_on": message % days})
    made = placement or Placement(campaign=row, created_by=actor)
    for name in PlacementDraft.__dataclass_fields__:
        setattr(made, name, getattr(draft, name))
    made.save()
    note_campaign(row, "placed", actor=actor, now=now, facts={"placement": made.pk})
    return made


@transaction.atomic
def remove_placement(*, placement: Placement, actor: User, now: datetime) -> None:
    """Take a piece of publicity out of the plan; raise CampaignError where cost hangs on it."""
    require(actor, KEEP)
    row = held(placement.campaign_id, *OPEN)
    if placement.costs.exists():
        raise CampaignError(_("Cost is charged to this. Allocate the cost elsewhere first."))
    note_campaign(row, "unplaced", actor=actor, now=now, note=placement.title)
    placement.delete()


def held(pk: int, *states: str) -> Campaign:
    """Return a campaign held until the transaction ends; raise CampaignError in another state."""
    row: Campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.state not in states:
        words = {"state": row.get_state_display()}
        raise CampaignError(_("The campaign is in the state “%(state)s” already.") % words)
    return row


def require(actor: User, permission: str) -> None:
    """Raise NotAllowedError without the right."""
    if not actor.has_perm(permission):
        raise NotAllowedError(_("Your role does not do this."))


def _check(draft: CampaignDraft, campaign: Campaign | None = None) -> None:
    faults: dict[str, Any] = {}
    others = (
        Campaign.objects.all() if campaign is None else Campaign.objects.exclude(pk=campaign.pk)
    )
    if draft.code == NO_CAMPAIGN:
        faults["code"] = _("This code stands for leads without a campaign. Choose another.")
    elif others.filter(code=draft.code).exists():
        faults["code"] = _("Another campaign has this code. Choose another.")
    if draft.ends_on < draft.starts_on:
        faults["ends_on"] = _("The end lies before the beginning.")
    if draft.is_unplanned and not draft.ordered_by.strip():
        faults["ordered_by"] = _("Say who ordered it, since it was not planned.")
    if draft.budget < 0:
        faults["budget"] = _("Enter an amount of 0 or more.")
    if faults:
        raise ValidationError(faults)


def _fill(row: Campaign, draft: CampaignDraft, actor: User) -> None:
    for name in CampaignDraft.__dataclass_fields__:
        setattr(row, name, getattr(draft, name))
    if draft.project is not None:
        row.region_id = draft.project.node.region_id
    elif row.pk is None:
        row.region_id = actor.node.region_id if actor.node else None
    if not draft.is_unplanned:
        row.ordered_by = ""
