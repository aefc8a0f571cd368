"""Improvement items: written, taken through plan, do, check and act, with their means."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.improvement.errors import ImprovementError
from analytics.improvement.programme_models import (
    Finding,
    ItemResource,
    PdcaEvent,
    PdcaItem,
    Programme,
)
from analytics.improvement.querysets import KEEP
from analytics.improvement.rules.pdca import (
    BOARD,
    NEXT,
    Decision,
    Stage,
    Step,
    comes_before,
    lacking,
)
from analytics.improvement.services.programmes import locked as locked_programme
from analytics.improvement.services.programmes import require_keeper
from analytics.reviews.querysets import place_of
from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.staff.models import User

OPEN = [stage.value for stage in BOARD]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDraft:
    """What somebody wants written of an item."""

    title: str
    track: str
    theme: str
    department: str
    accountable: User
    due_on: date
    measure: str
    baseline: Decimal
    goal: Decimal


@transaction.atomic
def add_item(
    *,
    draft: ItemDraft,
    programme: Programme | None,
    finding: Finding | None = None,
    actor: User,
    now: datetime,
) -> PdcaItem:
    """Write an item, of a programme and of a finding where given, and return it.

    Raise ValidationError where the goal equals the baseline, ImprovementError for a finding that
    is an item already.
    """
    require_keeper(actor)
    _check(draft)
    if programme is not None:
        programme = locked_programme(programme)
    row = PdcaItem.objects.create(
        programme=programme,
        region_id=programme.region_id if programme else place_of(actor),
        created_by=actor,
        created_at=now,
        **_values(draft),
    )
    if finding is not None and not Finding.objects.filter(pk=finding.pk, item=None).update(
        item=row
    ):
        raise ImprovementError(_("This finding is an item already."))
    _event(row, "", Stage.PLAN, pgettext("improvement", "Written"), actor, now)
    return row


@transaction.atomic
def change_item(*, item: PdcaItem, draft: ItemDraft, actor: User, now: datetime) -> PdcaItem:
    """Change an item that runs; what was measured stays. Raise ImprovementError once it ended."""
    require_keeper(actor)
    _check(draft)
    row = _locked(item)
    for name, value in _values(draft).items():
        setattr(row, name, value)
    row.save()
    _audit("improvement.item_changed", row, actor, now)
    return row


def earlier_waiting(item: PdcaItem) -> bool:
    """Return whether items of an earlier theme of the same programme have not started yet."""
    rows = PdcaItem.objects.filter(programme=item.programme_id, stage=Stage.PLAN.value)
    if item.programme_id is None:
        return False
    return comes_before(item.theme, rows.exclude(pk=item.pk).values_list("theme", flat=True))


@transaction.atomic
def advance(*, item: PdcaItem, step: Step, actor: User, now: datetime) -> PdcaItem:
    """Take an item one stage further, and return it; its accountable or a keeper does.

    Raise ValidationError by field for what the step lacks. Where the decision is another cycle,
    the item ends and the next one is returned, planned anew.
    """
    _may_work(item, actor)
    row = _locked(item)
    stage = Stage(row.stage)
    waits = stage is Stage.PLAN and earlier_waiting(row)
    lacks = lacking(stage, step, earlier_wait=waits)
    if lacks:
        raise ValidationError({key: _WORDS[key]() for key in lacks})
    following = NEXT[stage]
    if stage is Stage.PLAN:
        row.order_reason = step.order_reason.strip() if waits else ""
    if stage is Stage.DO:
        row.measured = step.measured
    if stage is Stage.ACT:
        row.decision, row.ended_on = step.decision, timezone.localdate(now)
    row.stage = following.value
    row.save()
    _event(row, stage, following, step.words, actor, now)
    if stage is Stage.ACT and step.decision == Decision.AGAIN:
        return _again(row, actor, now)
    return row


@transaction.atomic
def drop(*, item: PdcaItem, reason: str, actor: User, now: datetime) -> PdcaItem:
    """End an item without result, with a reason; raise ValidationError without."""
    require_keeper(actor)
    row = _locked(item)
    if not reason.strip():
        raise ValidationError({"words": _("Say why it is dropped.")})
    before, row.stage, row.ended_on = row.stage, Stage.DROPPED.value, timezone.localdate(now)
    row.measured = None
    row.save()
    _event(row, before, Stage.DROPPED, reason, actor, now)
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Means of one kind: how much is planned, how much is used."""

    kind: str
    planned: Decimal
    used: Decimal


@transaction.atomic
def plan_means(*, item: PdcaItem, means: Means, actor: User, now: datetime) -> ItemResource:
    """Keep what an item may use of one kind of means and what it used; over-use is allowed, shown.

    Raise ValidationError for negative figures.
    """
    _may_work(item, actor)
    row = _locked(item)
    kind, planned, used = means.kind, means.planned, means.used
    if planned < 0 or used < 0:
        raise ValidationError(_("Means are not negative."))
    if not actor.has_perm(KEEP):
        held = ItemResource.objects.filter(item=row, kind=kind).first()
        if held is None or held.planned != planned:
            raise NotAllowedError(_("Only who keeps the programme plans its means."))
    found, _is_new = ItemResource.objects.update_or_create(
        item=row, kind=kind, defaults={"planned": planned, "used": used}
    )
    _audit("improvement.means_kept", row, actor, now)
    return found


def _again(row: PdcaItem, actor: User, now: datetime) -> PdcaItem:
    """Plan the next cycle: it starts from what was measured."""
    today = timezone.localdate(now)
    length = max((row.due_on - timezone.localdate(row.created_at)), (today - today))
    following = PdcaItem.objects.create(
        programme_id=row.programme_id,
        region_id=row.region_id,
        title=row.title,
        track=row.track,
        theme=row.theme,
        department=row.department,
        accountable_id=row.accountable_id,
        due_on=today + length,
        measure=row.measure,
        baseline=row.goal if row.measured is None else row.measured,
        goal=row.goal,
        cycle=row.cycle + 1,
        previous=row,
        created_by=actor,
        created_at=now,
    )
    words = _("Cycle %(n)s, from the result of the one before") % {"n": following.cycle}
    _event(following, "", Stage.PLAN, words, actor, now)
    return following


def _check(draft: ItemDraft) -> None:
    if draft.baseline == draft.goal:
        raise ValidationError({"goal": _("The value to reach equals the value before.")})


def _values(draft: ItemDraft) -> dict[str, object]:
    return {name: getattr(draft, name) for name in ItemDraft.__slots__}


def _locked(item: PdcaItem) -> PdcaItem:
    row: PdcaItem = PdcaItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if row.stage not in OPEN:
        raise ImprovementError(_("The item has ended and stays as it is."))
    return row


def _may_work(item: PdcaItem, actor: User) -> None:
    if actor.pk != item.accountable_id and not actor.has_perm(KEEP):
        raise NotAllowedError(_("Only who is accountable takes an item further."))


def _event(
    row: PdcaItem, before: str, after: Stage, words: str, actor: User, now: datetime
) -> None:
    PdcaEvent.objects.create(
        item=row,
        at=now,
        from_stage=before,
        to_stage=after.value,
        words=words.strip(),
        measured=row.measured,
        actor=actor,
    )
    _audit("improvement.item_moved", row, actor, now)


def _audit(kind: str, row: PdcaItem, actor: User, now: datetime) -> None:
    facts = {"stage": row.stage, "cycle": row.cycle}
    record(kind=kind, actor=actor, subject=("pdca-item", row.pk), facts=facts, now=now)


_WORDS = {
    "words": lambda: _("Say what was planned, done, found or decided."),
    "measured": lambda: _("Enter the measured result: without it there is nothing to check."),
    "decision": lambda: _("Choose what follows."),
    "order_reason": lambda: _(
        "Items of an earlier theme have not started. Start them first, or say why this goes before."
    ),
}
