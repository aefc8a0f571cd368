"""Plans that split a budget over channels by what each answers to it (ANA-55)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from analytics.value import choices
from analytics.value.errors import PlanError
from analytics.value.models import AdviceCard, MixLine, MixPlan
from analytics.value.rules.mix import Response, bend_of, best_split, response_of
from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.models import Project

USUAL_BEND: Final = 0.6  # where a channel was seen at one spending only
YUAN: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Suggested:
    """One channel of the best split: yuan and answers, beside what it was last."""

    line: MixLine
    bend: float
    is_bend_seen: bool
    spend: Decimal
    answers: float
    answers_as_was: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """The best split, what it brings, and what the same budget brings split as it was."""

    lines: tuple[Suggested, ...]
    answers: float
    answers_as_was: float
    unspent: Decimal

    @property
    def gain(self) -> float | None:
        """By which share the best split brings more; None where the old one brings nothing."""
        return self.answers / self.answers_as_was - 1 if self.answers_as_was else None


def propose(plan: MixPlan) -> Proposal | None:
    """Return the best split of a plan; None without channels. PlanError where limits leave none."""
    lines = list(plan.lines.order_by("pk"))
    if not lines:
        return None
    channels = [_response(line) for line in lines]
    total = float(plan.total)
    found = best_split(total, channels)
    if found is None:
        raise PlanError(_("The lower limits together are above the budget. Lower one of them."))
    spent_last = sum(float(line.spent) for line in lines)
    as_was = [
        channel.answer(total * float(line.spent) / spent_last)
        for channel, line in zip(channels, lines, strict=True)
    ]
    rounded = _whole(found.spent)
    suggested = tuple(
        Suggested(line, channel.bend, _bend(line) is not None, spend, answers, was)
        for line, channel, spend, answers, was in zip(
            lines, channels, rounded, found.answers, as_was, strict=True
        )
    )
    unspent = plan.total - sum(rounded, Decimal(0))
    return Proposal(suggested, found.answer, sum(as_was), max(unspent, Decimal(0)))


@transaction.atomic
def make_plan(
    *, title: str, project: Project, total: Decimal, actor: User, now: datetime
) -> MixPlan:
    """Write a plan without channels."""
    plan = MixPlan.objects.create(title=title, project=project, total=total, made_by=actor)
    record(kind="value.mix_plan", actor=actor, facts={"plan": plan.pk}, now=now)
    return plan


@transaction.atomic
def add_channel(*, plan: MixPlan, values: dict[str, Any]) -> MixLine:
    """Add a channel to a plan not handed in yet; PlanError where it is there or too late."""
    plan = MixPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    _refuse_handed_in(plan)
    try:
        with transaction.atomic():
            return MixLine.objects.create(plan=plan, **values)
    except IntegrityError as error:
        raise PlanError(_("The channel is in the plan already.")) from error


@transaction.atomic
def remove_channel(*, plan: MixPlan, line_id: int) -> None:
    """Take a channel out of a plan that is not handed in yet."""
    plan = MixPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    _refuse_handed_in(plan)
    plan.lines.filter(pk=line_id).delete()


@transaction.atomic
def hand_in(*, plan: MixPlan, actor: User, now: datetime) -> AdviceCard:
    """Make an advice card of the best split, with its figures frozen, to be decided."""
    plan = MixPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    _refuse_handed_in(plan)
    found = propose(plan)
    if found is None:
        raise PlanError(_("Add the channels first."))
    card = AdviceCard.objects.create(
        kind=choices.BUDGET,
        project_id=plan.project_id,
        slot=f"plan-{plan.pk}",
        evidence={
            "plan": plan.pk,
            "title": plan.title,
            "total": str(plan.total),
            "answers": round(found.answers, 2),
            "answers_as_was": round(found.answers_as_was, 2),
            "channels": [
                {
                    "name": each.line.channel,
                    "spent": str(each.line.spent),
                    "spend": str(each.spend),
                    "answers": round(each.answers, 2),
                }
                for each in found.lines
            ],
        },
        baseline=round(Decimal(str(found.answers_as_was)), 4),
        made_at=now,
    )
    plan.card = card
    plan.save(update_fields=["card", "updated_at"])
    record(kind="value.mix_handed_in", actor=actor, facts={"plan": plan.pk}, now=now)
    return card


def _refuse_handed_in(plan: MixPlan) -> None:
    if plan.card_id is not None:
        raise PlanError(_("The plan is handed in; make a new one."))


def _bend(line: MixLine) -> float | None:
    if line.spent_before is None or line.answers_before is None:
        return None
    return bend_of(
        float(line.spent),
        float(line.answers),
        float(line.spent_before),
        float(line.answers_before),
    )


def _response(line: MixLine) -> Response:
    seen = _bend(line)
    bend = USUAL_BEND if seen is None else seen
    base = response_of(line.channel, float(line.spent), float(line.answers), bend=bend)
    high = float("inf") if line.high is None else float(line.high)
    return Response(base.name, base.scale, base.bend, float(line.low), high)


def _whole(spent: Sequence[float]) -> list[Decimal]:
    """Return whole yuan, rounded down, so that the budget is never passed."""
    return [Decimal(int(each + 1e-6)) for each in spent]
