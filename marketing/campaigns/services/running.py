"""The life of an approved campaign: launched, ended, reviewed; what is late is chased."""

import datetime as dt
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.outbox.services import send
from crm_site.staff.models import User
from crm_site.staff.selectors import superiors
from customers.models import Task
from customers.rules.axes import TaskState
from customers.services.tasks import TaskEntry, complete_task, create_task
from marketing.campaigns import hooks
from marketing.campaigns.checks import PRINCIPLES, SUBJECT, check_of, latest_checks
from marketing.campaigns.errors import CampaignError
from marketing.campaigns.models import Campaign, CampaignReview, LoopItem
from marketing.campaigns.policies import campaign_rules
from marketing.campaigns.querysets import KEEP
from marketing.campaigns.rules.gates import joined, unticked_points
from marketing.campaigns.rules.states import CampaignState
from marketing.campaigns.services.events import note_campaign
from marketing.campaigns.services.planning import OPEN, held, require

REVIEW_TASK: Final = "campaign-review"
LATE: Final = "campaign.review_late"
BATCH: Final = 200
DAY_ENDS: Final = dt.time(18, 0)


@transaction.atomic
def launch(*, campaign: Campaign, actor: User, now: dt.datetime) -> Campaign:
    """Start an approved campaign and return it (MKT-19).

    Raise CampaignError while one of the four principles is not ticked, or another part holds it up.
    """
    require(actor, KEEP)
    row = held(campaign.pk, CampaignState.APPROVED)
    sheet = latest_checks(row.pk).get(PRINCIPLES)
    if sheet is None:
        raise CampaignError(_("Fill in the four principles first."), code="principles")
    unticked = unticked_points(check_of(sheet))
    if unticked:
        words = _("Not answered with yes: %(points)s. The campaign cannot start.")
        raise CampaignError(words % {"points": joined(unticked)}, code="principles")
    against = hooks.held_up_by(row, now)
    if against:
        raise CampaignError(joined(against), code="held-up")
    row.begun_on = timezone.localdate(now)
    return _go(row, CampaignState.RUNNING, actor, now)


@transaction.atomic
def end(*, campaign: Campaign, actor: User | None, now: dt.datetime) -> Campaign:
    """End a running campaign and return it; its owner is to review it within the days of the rules.

    The day it was over is today, or the planned last day where that has passed.
    """
    if actor is not None:
        require(actor, KEEP)
    row = held(campaign.pk, CampaignState.RUNNING)
    today = timezone.localdate(now)
    over = row.ends_on if actor is None else today
    row.over_on = max(min(over, today), row.begun_on or row.starts_on)
    row.review_due_on = today + dt.timedelta(days=campaign_rules(now).review_days)
    _go(row, CampaignState.ENDED, actor, now)
    due = dt.datetime.combine(row.review_due_on, DAY_ENDS, tzinfo=timezone.get_current_timezone())
    entry = TaskEntry(
        title=_("Review the campaign: %(name)s") % {"name": row.name},
        due_at=due,
        owner=row.owner,
        source=REVIEW_TASK,
        source_id=str(row.pk),
        subject=(SUBJECT, row.pk),
    )
    create_task(entry=entry, actor=None, now=now)
    return row


@transaction.atomic
def stop(*, campaign: Campaign, reason: str, actor: User, now: dt.datetime) -> Campaign:
    """Stop a campaign for good, with a reason, and return it."""
    require(actor, KEEP)
    row = held(campaign.pk, *OPEN)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the campaign is stopped.")})
    if row.state == CampaignState.DRAFT and row.approval_id is not None:
        raise CampaignError(_("The approval is asked for. Withdraw it before you change this."))
    if row.begun_on is not None:
        row.over_on = timezone.localdate(now)
    return _go(row, CampaignState.STOPPED, actor, now, note=reason.strip())


@transaction.atomic
def note_loop(*, campaign: Campaign, item: LoopItem, actor: User, now: dt.datetime) -> LoopItem:
    """Write what went out, came back or was adjusted, and return it (MKT-39)."""
    require(actor, KEEP)
    row = held(campaign.pk, CampaignState.APPROVED, CampaignState.RUNNING, CampaignState.ENDED)
    if item.at > now:
        raise ValidationError({"at": _("The time lies in the future.")})
    if item.answers is not None and item.answers.campaign_id != row.pk:
        raise ValidationError({"answers": _("This belongs to another campaign.")})
    if item.answers is not None and (item.kind == "message" or item.answers.at > item.at):
        raise ValidationError({"answers": _("It answers something that came before it.")})
    item.campaign, item.by = row, actor
    item.save(force_insert=True)
    note_campaign(row, "looped", actor=actor, now=now, facts={"kind": item.kind})
    return item


@transaction.atomic
def review(
    *, campaign: Campaign, judged: CampaignReview, actor: User, now: dt.datetime
) -> CampaignReview:
    """Close an ended campaign with its figures of today and the judgement (MKT-39, MKT-76).

    Raise ValidationError without a piece of feedback, unless ``has_no_feedback`` says so.
    """
    from marketing.campaigns.effects import frozen_figures

    require(actor, KEEP)
    row = held(campaign.pk, CampaignState.ENDED)
    has_feedback = row.loop.filter(kind="feedback").exists()
    if not has_feedback and not judged.has_no_feedback:
        words = _("Note what customers said first, or say that no feedback came in.")
        raise ValidationError({"has_no_feedback": words})
    if has_feedback and judged.has_no_feedback:
        raise ValidationError({"has_no_feedback": _("Feedback is noted above.")})
    judged.campaign, judged.by, judged.at = row, actor, now
    judged.figures = frozen_figures(row, now=now)
    judged.save(force_insert=True)
    _go(row, CampaignState.REVIEWED, actor, now)
    task = Task.objects.filter(
        source=REVIEW_TASK, source_id=str(row.pk), state=TaskState.OPEN.value
    ).first()
    if task is not None:
        complete_task(
            task=task, outcome=judged.judgement[:500], actor=actor, now=now, through=REVIEW_TASK
        )
    return judged


def _go(
    row: Campaign,
    state: CampaignState,
    actor: User | None,
    now: dt.datetime,
    *,
    note: str = "",
) -> Campaign:
    states: dict[str, Any] = {"from_state": row.state, "to_state": state.value}
    row.state = state.value
    row.save()
    note_campaign(row, "state", actor=actor, now=now, note=note, **states)
    hooks.follow(row, row.state, actor, now)
    return row


def tend(*, now: dt.datetime) -> dict[str, int]:
    """End what is past its last day, tell of late reviews; return how many of each."""
    today = timezone.localdate(now)
    over = Campaign.objects.filter(state=CampaignState.RUNNING.value, ends_on__lt=today)
    ended = 0
    for row in over.order_by("pk")[:BATCH]:
        with transaction.atomic():
            try:
                end(campaign=row, actor=None, now=now)
            except CampaignError:  # somebody ended it meanwhile
                continue
            ended += 1
    return {"ended": ended, "told": _tell_late(today, now)}


def _tell_late(today: dt.date, now: dt.datetime) -> int:
    told = 0
    late = Campaign.objects.awaiting_review(today=today).select_related("owner__node")
    for row in late.order_by("pk"):
        for person in {row.owner, *superiors(row.owner)[:1]}:
            message = send(
                kind=LATE,
                recipient=person,
                subject=(SUBJECT, row.pk),
                params={"name": row.name, "due": f"{row.review_due_on:%Y-%m-%d}"},
                key=f"{LATE}:{row.pk}:{person.pk}",
                now=now,
            )
            told += message is not None
    return told
