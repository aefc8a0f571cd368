"""Training at once, asked for on the page of the register; one at a time for each model.

Each model has one row in the log of jobs, which says where its last training stands. What fails
leaves the model in use and the scores where they are.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from analytics.scoring.choices import KINDS, stage_words
from analytics.scoring.errors import ModelRefusedError, words_of_error
from analytics.scoring.rules.errors import ScoringRefusedError
from analytics.scoring.trainings import Outcome, Training, training_of, trainings
from crm_site.audit.services import record
from crm_site.common.jobs import LEASE
from crm_site.common.models import JobRun
from crm_site.common.queueing import queue
from crm_site.common.refusals import RefusedError
from crm_site.staff.models import User

logger = logging.getLogger(__name__)
ASKED: Final = "score_model.training_asked"
ASKING: Final = 4_202_020  # advisory lock
RUNNING, DONE, FAILED = JobRun.Outcome.RUNNING, JobRun.Outcome.DONE, JobRun.Outcome.FAILED
AWAY: Final = "broker"
LONGEST: Final = 280


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the last training of one model stands."""

    training: Training
    run: JobRun | None
    is_running: bool
    stopped: bool

    @property
    def label(self) -> str:
        """The model in words."""
        kind = str(KINDS[self.training.kind])
        return f"{kind} · {stage_words(self.training.stage)}" if self.training.stage else kind

    @property
    def outcome(self) -> dict[str, Any]:
        """What became of it: version, engine, in_use, why."""
        return self.run.counts if self.run else {}


def standings(*, now: datetime) -> list[Standing]:
    """Return where each training stands, in the order they were told."""
    known = trainings()
    rows = JobRun.objects.filter(name__in=[one.key for one in known], slot="")
    runs = {run.name: run for run in rows}
    return [_standing(one, runs.get(one.key), now) for one in known]


def _standing(training: Training, run: JobRun | None, now: datetime) -> Standing:
    is_open = run is not None and run.outcome == RUNNING
    is_fresh = run is not None and run.started_at > now - LEASE
    return Standing(training, run, is_open and is_fresh, is_open and not is_fresh)


@transaction.atomic
def ask_training(kind: str, *, actor: User, now: datetime) -> int:
    """Have the models of ``kind`` trained and return how many are begun.

    ModelRefusedError for a kind nobody trains, and while one of them is being trained.
    """
    if kind not in {one.kind for one in trainings()}:
        raise ModelRefusedError(_("There is nothing to train for this score."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ASKING])
    found = [one for one in standings(now=now) if one.training.kind == kind]
    if any(one.is_running for one in found):
        raise ModelRefusedError(_("This training runs already; its outcome stands here soon."))
    for one in found:
        values = {"started_at": now, "finished_at": None, "outcome": RUNNING}
        JobRun.objects.update_or_create(
            name=one.training.key, slot="", defaults={**values, "counts": {}, "error": ""}
        )
        transaction.on_commit(partial(_send, one.training.key, now))
    record(kind=ASKED, actor=actor, facts={"kind": kind, "models": len(found)}, now=now)
    return len(found)


def _send(key: str, now: datetime) -> None:
    from analytics.scoring.tasks import train_asked

    if not queue(train_asked, key):
        _end(key, now, FAILED, Outcome(None), AWAY)


def train_one(key: str, *, now: datetime) -> Outcome | None:
    """Train what was asked for and write down what became of it; None where nobody waits for it.

    A message that comes twice finds nobody waiting the second time.
    """
    waiting = JobRun.objects.filter(name=key, slot="", outcome=RUNNING, finished_at=None)
    if not waiting.exists():
        return None
    try:
        found: Outcome = training_of(key).run(now)
    except ScoringRefusedError as refusal:
        found = Outcome(None, why=words_of_error(refusal))
    except RefusedError as refusal:
        found = Outcome(None, why=str(refusal))
    except Exception as error:
        logger.exception("training %s failed", key)
        _end(key, now, FAILED, Outcome(None), type(error).__name__)
        raise
    _end(key, now, DONE, found)
    return found


def _end(key: str, now: datetime, outcome: str, found: Outcome, error: str = "") -> None:
    counts = {
        "version": found.version or 0,
        "engine": found.engine,
        "in_use": int(found.in_use),
        "why": found.why[:LONGEST],
    }
    ended = {"finished_at": now, "outcome": outcome, "counts": counts, "error": error}
    if outcome == DONE:
        ended["succeeded_at"] = now
    JobRun.objects.filter(name=key, slot="").update(**ended)


def kinds_to_train() -> list[tuple[str, Any]]:
    """Return the kinds that can be trained, with their words."""
    return [(kind, KINDS[kind]) for kind in dict.fromkeys(one.kind for one in trainings())]
