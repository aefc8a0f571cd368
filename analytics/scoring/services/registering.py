"""Keeping trained models: store a version, read it back, find the one in use."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from analytics.scoring.choices import ModelState
from analytics.scoring.errors import NoModelError, words_of_error
from analytics.scoring.models import ScoreModel
from analytics.scoring.rules.champion import Champion, champion_from_json
from analytics.scoring.rules.errors import BrokenModelError
from analytics.scoring.services.locking import only_writer


@dataclass(frozen=True)
class Findings:
    """What is known of a champion when it is stored.

    ``metrics`` maps the level of a stage (``""`` for all) to its figures on the later window;
    ``refusals`` says why it may not be used, as ``[code, {names}]``.
    """

    metrics: dict[str, Any] = field(default_factory=dict)
    refusals: list[Any] = field(default_factory=list)
    trained_from: date | None = None
    trained_to: date | None = None
    retrain_on: date | None = None
    why: str = ""


@dataclass(frozen=True)
class InUse:
    """A stored model with what it answers."""

    row: ScoreModel
    champion: Champion
    skipped: tuple[str, ...] = ()


@transaction.atomic
def store_model(
    kind: str, champion: Champion, *, tested: Findings, now: datetime, stage: str = ""
) -> ScoreModel:
    """Return a new candidate: the next version of its kind and stage."""
    only_writer(kind, stage)
    data = champion.to_json()
    last = ScoreModel.objects.of(kind, stage).aggregate(last=Max("version"))["last"] or 0
    row: ScoreModel = ScoreModel.objects.create(
        kind=kind,
        stage=stage,
        version=last + 1,
        engine=champion.engine,
        trained_at=now,
        trained_from=tested.trained_from,
        trained_to=tested.trained_to,
        retrain_on=tested.retrain_on,
        rows=int(champion.about.get("rows", 0)),
        losses=int(champion.about.get("losses", 0)),
        metrics=tested.metrics,
        about=champion.about,
        refusals=tested.refusals,
        leaks=champion.leaks,
        why=tested.why,
        checksum=data["checksum"],
        data=json.dumps(data, sort_keys=True, allow_nan=False),
    )
    return row


def champion_of(row: ScoreModel) -> Champion:
    """Return the stored model; BrokenModelError when it is not what was stored."""
    try:
        data = json.loads(row.data)
    except ValueError as broken:
        raise BrokenModelError("not_a_model") from broken
    if isinstance(data, dict) and data.get("checksum") != row.checksum:
        raise BrokenModelError("checksum")
    return champion_from_json(data)


def model_in_use(kind: str, stage: str = "") -> InUse:
    """Return the model in use; when it is broken, the one before it that still reads.

    ``skipped`` says in words what is wrong with those passed over. NoModelError when none is left.
    """
    rows = ScoreModel.objects.of(kind, stage).filter(activated_at__isnull=False)
    skipped: list[str] = []
    for row in _last_good_first(list(rows.order_by("-activated_at"))):
        try:
            return InUse(row, champion_of(row), tuple(skipped))
        except BrokenModelError as broken:
            skipped.append(f"{row.version}: {words_of_error(broken)}")
    raise NoModelError(" ".join(skipped) or _("There is no model in use yet. Train one first."))


def _last_good_first(rows: list[ScoreModel]) -> list[ScoreModel]:
    return sorted(rows, key=lambda row: row.state != ModelState.ACTIVE)
