"""The targets of the KPIs as a versioned policy: ``kpi_targets`` (ANA-01).

A target counts for the periods that begin after it came into force; those that began before keep
theirs. A KPI the policy does not name has the goal it was registered with.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Literal, cast

from django.utils.translation import gettext_lazy as _

from analytics.kpis.kinds import Goal, Kpi, Target, midnight
from analytics.kpis.registry import all_kpis, kpi_of
from crm_site.policies.forms import PolicyForm
from crm_site.policies.models import PolicyVersion
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import InForce, in_force
from crm_site.policies.shapes import setting
from service.clocks.hooks import register_standards
from service.clocks.rules.rates import Standard

TARGETS: Final = "kpi_targets"
TIMELINESS: Final = "complaint_timeliness"


class Comparison(StrEnum):
    """How a figure is held against its target."""

    LESS = "lt"
    AT_MOST = "le"
    AT_LEAST = "ge"
    MORE = "gt"


COMPARISONS: Final = {
    Comparison.LESS.value: _("less than"),
    Comparison.AT_MOST.value: _("at most"),
    Comparison.AT_LEAST.value: _("at least"),
    Comparison.MORE.value: _("more than"),
}


@dataclass(frozen=True, slots=True)
class GoalLine:
    """The target of one KPI; without a value it has none."""

    comparison: Comparison = setting(  # noqa: RUF009 -- a dataclass field
        _("Reached at"), default=Comparison.AT_LEAST, labels=COMPARISONS
    )
    value: Decimal | None = setting(  # noqa: RUF009 -- a dataclass field
        _("Target"), default=None
    )
    amber: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Close when missed by"), default=Decimal(0), low=0, help=_("0: no amber light.")
    )


@dataclass(frozen=True, slots=True)
class TargetsPolicy:
    """The targets by key of the KPI."""

    targets: dict[str, GoalLine] = setting(  # noqa: RUF009 -- a dataclass field
        _("Targets"), default={}
    )


class TargetsForm(PolicyForm):
    """All KPIs, also those that came after the version in force was written."""

    def __init__(self, kind: PolicyKind, value: Any, data: Any = None) -> None:
        super().__init__(kind, completed(value), data)


def completed(value: TargetsPolicy) -> TargetsPolicy:
    """Return the policy with a line for every KPI, those it does not name as registered."""
    lines = {kpi.key: value.targets.get(kpi.key) or line_of(kpi.goal) for kpi in all_kpis()}
    return TargetsPolicy({**lines, **value.targets})


def line_of(goal: Goal | None) -> GoalLine:
    """Return a goal as a line of the policy."""
    if goal is None:
        return GoalLine()
    return GoalLine(Comparison(goal.comparison), goal.value, goal.amber)


def target_of(key: str, on: dt.date) -> Target | None:
    """Return the target of the KPI ``key`` for a period that begins on a local day.

    None where it has none; raise UnknownKpiError.
    """
    return targets_of([kpi_of(key)], on)[key]


def targets_of(kpis: Iterable[Kpi], on: dt.date) -> dict[str, Target | None]:
    """Return the targets of several KPIs for periods that begin on a day, in one query."""
    return chosen(kpis, in_force(TARGETS, at=midnight(on)))


def chosen(kpis: Iterable[Kpi], held: InForce) -> dict[str, Target | None]:
    """Return the targets that one version of the policy gives."""
    return {kpi.key: _target(kpi, held) for kpi in kpis}


def standards(months: Sequence[dt.date]) -> dict[dt.date, Standard | None]:
    """Return the target of timely complaints for months, as the service desk is held against it.

    One query for the versions and one for each version in force at these days.
    """
    kpi = kpi_of(TIMELINESS)
    starts = PolicyVersion.objects.filter(key=TARGETS, state=PolicyVersion.State.APPROVED)
    since = sorted(at for at in starts.values_list("valid_from", flat=True) if at is not None)
    found: dict[int, Standard | None] = {}
    result = {}
    for month in months:
        version = bisect_right(since, midnight(month))
        if version not in found:
            found[version] = _standard(targets_of([kpi], month)[kpi.key])
        result[month] = found[version]
    return result


def _standard(target: Target | None) -> Standard | None:
    return None if target is None else Standard(target.goal.value, target.goal.comparison)


def _target(kpi: Kpi, held: InForce) -> Target | None:
    line = held.value.targets.get(kpi.target_key or kpi.key)
    if line is None:
        return None if kpi.goal is None else Target(kpi.goal, held.version)
    if line.value is None:
        return None
    comparison = cast(Literal["lt", "le", "ge", "gt"], line.comparison.value)
    return Target(Goal(comparison, line.value, line.amber), held.version)


_KIND = PolicyKind(
    key=TARGETS,
    label=_("Targets of the KPIs"),
    area=PolicyArea.GRADES,
    shape=TargetsPolicy,
    default=TargetsPolicy(),
    form_class=TargetsForm,
    help=_("A new target counts for periods that begin after it; earlier periods keep theirs."),
)


def register() -> None:
    """Make the policy known, and tell the service desk its target."""
    register_policy(_KIND)
    register_standards(standards)
