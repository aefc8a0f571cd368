"""KPIs as figures that measure marketing goals (MKT-01)."""

from datetime import timedelta
from decimal import Decimal

from analytics.kpis.kinds import COMPANY, Asking, Period, Place, ScopeKind
from analytics.kpis.registry import all_kpis
from analytics.kpis.services.reading import read_kpi
from marketing.planning.hooks import GoalSource, Question, register_goal_sources


def value_of(key: str, question: Question) -> Decimal | None:
    """Return the figure of a KPI over the time of a goal, for its project or the company.

    Row rights do not narrow it: a goal has one progress, whoever looks.
    """
    place = Place(ScopeKind.PROJECT, question.project_id) if question.project_id else COMPANY
    period = Period(question.start, question.end + timedelta(days=1))
    return read_kpi(key, Asking(period, place, question.now)).value


def source_of(key: str, label: object) -> GoalSource:
    """Return a KPI as a figure of goals."""
    return GoalSource(key=key, label=label, value=lambda question: value_of(key, question))


def register() -> None:
    """Offer every KPI; call it once all of them are known."""
    register_goal_sources(source_of(kpi.key, kpi.label) for kpi in all_kpis())
