"""Putting a model into use, and going back to the one before (BEY-08)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from analytics.scoring.choices import ModelState
from analytics.scoring.errors import ModelRefusedError, NoModelError, words_of, words_of_error
from analytics.scoring.models import ScoreModel
from analytics.scoring.rules.errors import BrokenModelError
from analytics.scoring.services.locking import only_writer
from analytics.scoring.services.registering import champion_of
from crm_site.audit.services import record
from crm_site.staff.models import User

ACTIVATED, ROLLED_BACK = "score_model.activated", "score_model.rolled_back"


@transaction.atomic
def activate(
    row: ScoreModel,
    *,
    actor: User | None,
    now: datetime,
    reason: str = "",
    confirmed: Sequence[str] = (),
) -> ScoreModel:
    """Put this version into use and return it; the one before is retired.

    ``confirmed`` names columns known to be no leak. ModelRefusedError when the version does not
    pass the gate, is broken, or holds a leak that was not confirmed. A second call changes nothing.
    """
    only_writer(row.kind, row.stage)
    row = ScoreModel.objects.select_for_update().get(pk=row.pk)
    if row.state == ModelState.ACTIVE:
        return row
    names = sorted({*row.confirmed, *confirmed} & set(row.leaks))
    refused = refusals_of(row, names)
    if refused:
        raise ModelRefusedError(" ".join(refused))
    row.confirmed = names
    _switch(row, actor=actor, now=now)
    _tell(ACTIVATED, row, actor=actor, now=now, reason=reason)
    return row


def refusals_of(row: ScoreModel, confirmed: Sequence[str] = ()) -> list[str]:
    """Return in words why this version may not be used; empty when it may."""
    found = [words_of(code, **names) for code, names in row.refusals]
    found += [
        words_of("leak", column=column, auc=f"{auc:.2f}")
        for column, auc in row.leaks.items()
        if column not in confirmed
    ]
    try:
        champion_of(row)
    except BrokenModelError as broken:
        found.append(words_of_error(broken))
    return found


@transaction.atomic
def roll_back(
    kind: str, stage: str = "", *, actor: User | None, now: datetime, reason: str
) -> ScoreModel:
    """Put the version used before into use again and return it.

    One that cannot be read is passed over. ModelRefusedError without a reason, NoModelError when
    there is none to go back to.
    """
    if not reason.strip():
        raise ModelRefusedError(_("Say why you go back to the model before."))
    only_writer(kind, stage)
    before = _before(kind, stage)
    if before is None:
        raise NoModelError(_("There is no earlier model that can be used."))
    _switch(before, actor=actor, now=now)
    _tell(ROLLED_BACK, before, actor=actor, now=now, reason=reason)
    return before


def model_before(kind: str, stage: str = "") -> ScoreModel | None:
    """Return the version that was in use before the one in use now, without its data."""
    rows = ScoreModel.objects.of(kind, stage).filter(activated_at__isnull=False)
    active = rows.active().first()
    if active is not None:
        rows = rows.filter(version__lt=active.version)
    found: ScoreModel | None = rows.defer("data").order_by("-version").first()
    return found


def _before(kind: str, stage: str) -> ScoreModel | None:
    rows = ScoreModel.objects.of(kind, stage).filter(activated_at__isnull=False)
    active = rows.active().first()
    if active is not None:
        rows = rows.filter(version__lt=active.version)
    for row in rows.select_for_update().order_by("-version"):
        try:
            champion_of(row)
        except BrokenModelError:
            continue
        return row
    return None


def _switch(row: ScoreModel, *, actor: User | None, now: datetime) -> None:
    others = ScoreModel.objects.of(row.kind, row.stage).active()
    others.update(state=ModelState.RETIRED, retired_at=now, updated_at=now)
    row.state = ModelState.ACTIVE
    row.activated_at, row.activated_by, row.retired_at = now, actor, None
    row.save(
        update_fields=[
            "state",
            "activated_at",
            "activated_by",
            "retired_at",
            "confirmed",
            "updated_at",
        ]
    )


def _tell(kind: str, row: ScoreModel, *, actor: User | None, now: datetime, reason: str) -> None:
    facts = {"kind": row.kind, "version": row.version, "engine": row.engine}
    if row.stage:
        facts["stage"] = row.stage
    if row.confirmed:
        facts["confirmed"] = row.confirmed
    record(
        kind=kind,
        actor=actor,
        now=now,
        subject=("score_model", row.pk),
        reason=reason,
        facts=facts,
    )
