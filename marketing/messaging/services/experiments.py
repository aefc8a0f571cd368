"""Experiments: written, started with their minimum sample, decided on what they show (MKT-41)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record as audit
from crm_site.common.proportions import least_per_arm
from crm_site.staff.models import User
from customers.models import Project
from marketing.messaging.errors import MessagingError
from marketing.messaging.hooks import tell_decided
from marketing.messaging.models import Experiment, MessageTemplate, Variant
from marketing.messaging.results import figures_of, verdict_of
from marketing.messaging.rules.verdicts import Decision, Standing
from marketing.messaging.services.templates import home_of

KEYS: Final = "ABCDEFGH"
DECIDE: Final = "marketing.decide_experiments"


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantDraft:
    """One way of treating customers, as somebody writes it; the first is the control."""

    name: str
    weight: int = 1
    template: MessageTemplate | None = None
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentDraft:
    """An experiment as somebody writes it; rates are shares, 0 to 1."""

    title: str
    kind: str
    metric: str
    base_rate: Decimal
    goal_rate: Decimal
    window_days: int = 14
    project: Project | None = None
    campaign_code: str = ""
    variants: Sequence[VariantDraft] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What somebody decides, why, and with which budget in yuan."""

    decision: str
    reason: str
    winner: Variant | None = None
    budget: Decimal | None = None


@transaction.atomic
def write_experiment(
    *, draft: ExperimentDraft, actor: User, now: datetime, experiment: Experiment | None = None
) -> Experiment:
    """Keep the draft of an experiment and return it; raise MessagingError once it was started."""
    if experiment is not None:
        experiment = _lock(experiment)
        if experiment.state != "draft":
            raise MessagingError(_("The experiment was started; it stays as it is."))
    row = experiment or Experiment(owner=actor, created_at=now, seed=secrets.token_hex(8))
    for name in draft.__slots__:
        if name != "variants":
            setattr(row, name, getattr(draft, name))
    row.region = home_of(draft.project, actor)
    row.save()
    row.variants.all().delete()
    Variant.objects.bulk_create(
        Variant(
            experiment=row,
            key=key,
            name=one.name,
            is_control=key == KEYS[0],
            weight=one.weight,
            template=one.template,
            channel=one.channel,
        )
        for key, one in zip(KEYS, draft.variants, strict=False)
    )
    return row


@transaction.atomic
def start_experiment(*, experiment: Experiment, actor: User, now: datetime) -> Experiment:
    """Work out how many each arm needs and start; raise MessagingError saying what is missing."""
    row = _lock(experiment)
    if row.state != "draft":
        raise MessagingError(_("The experiment was started already."))
    variants = list(row.variants.all())
    if len(variants) < 2:
        raise MessagingError(_("Name at least two variants; the first is what you do today."))
    if row.kind == "content" and any(one.template_id is None for one in variants):
        raise MessagingError(_("Give each variant its text."))
    if row.kind == "channel" and len({one.channel for one in variants} - {""}) < len(variants):
        raise MessagingError(_("Give each variant a channel of its own."))
    alpha = 0.05 / (len(variants) - 1)
    row.least = least_per_arm(float(row.base_rate), float(row.goal_rate), alpha=alpha)
    row.state, row.started_at = "running", now
    row.save()
    audit(kind="messaging.test_started", actor=actor, subject=("experiment", row.pk), now=now)
    return row


@transaction.atomic
def decide_experiment(
    *, experiment: Experiment, decided: Decided, actor: User, now: datetime
) -> Experiment:
    """Write the decision down with the figures it rests on; return the experiment.

    Raise MessagingError where the draw went wrong or too few count already (only an open end may be
    noted then), where the winner is not clearly better, or where nothing runs.
    """
    row = _lock(experiment)
    if row.state != "running":
        raise MessagingError(_("Only a running experiment is decided."))
    if not decided.reason.strip():
        raise MessagingError(_("Write down why."))
    figures = figures_of(row, now=now)
    verdict = verdict_of(row, figures)
    wanted = Decision(decided.decision)
    if wanted is not Decision.OPEN:
        _require_ready(verdict.standing, row.least)
    if wanted is Decision.ADOPT:
        _require_better(decided.winner, verdict)
    row.decision, row.reason = wanted.value, decided.reason.strip()
    row.winner = decided.winner if wanted is Decision.ADOPT else None
    row.budget, row.decided_by, row.ended_at = decided.budget, actor, now
    row.state, row.result = "decided", _kept(figures, verdict)
    row.save()
    audit(
        kind="messaging.test_decided",
        actor=actor,
        subject=("experiment", row.pk),
        facts={"decision": row.decision},
        now=now,
    )
    tell_decided(row, actor, now)
    return row


@transaction.atomic
def stop_experiment(*, experiment: Experiment, actor: User, now: datetime) -> Experiment:
    """End an experiment without a decision; raise MessagingError where it does not run."""
    row = _lock(experiment)
    if row.state != "running":
        raise MessagingError(_("Only a running experiment is stopped."))
    row.state, row.ended_at = "stopped", now
    row.save()
    audit(kind="messaging.test_stopped", actor=actor, subject=("experiment", row.pk), now=now)
    return row


def _lock(experiment: Experiment) -> Experiment:
    found: Experiment = Experiment.objects.select_for_update(of=("self",)).get(pk=experiment.pk)
    return found


def _require_ready(standing: Standing, least: int) -> None:
    if standing is Standing.MISMATCH:
        raise MessagingError(
            _("The arms are not as large as drawn: find the fault before you decide."),
            code="sample-ratio-mismatch",
        )
    if standing is Standing.TOO_FEW:
        text = _("Each arm needs %(n)s customers whose days are over. Wait, or note an open end.")
        raise MessagingError(text % {"n": least}, code="too-few")


def _require_better(winner: Variant | None, verdict: Any) -> None:
    compared = dict(verdict.compared)
    found = compared.get(winner.key) if winner is not None else None
    if found is None or found.difference <= 0 or not found.is_clear(verdict.alpha):
        raise MessagingError(
            _("The variant is not clearly better than the control."), code="not-clear"
        )


def _kept(figures: Any, verdict: Any) -> dict[str, Any]:
    """Return the figures as they stay with the decision."""
    return {
        "arms": [
            {
                "key": arm.key,
                "drawn": arm.drawn,
                "n": arm.share.n,
                "hits": arm.share.hits,
                "weight": arm.weight,
            }
            for arm in figures
        ],
        "srm_p": verdict.srm_p,
        "alpha": verdict.alpha,
        "compared": [
            {
                "key": key,
                "difference": one.difference,
                "low": one.newcombe[0],
                "high": one.newcombe[1],
                "z": one.z,
                "p": one.p,
            }
            for key, one in verdict.compared
        ],
    }
