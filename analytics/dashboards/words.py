"""What the pages and files of dashboards say beside their figures."""

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from analytics.dashboards.boards import boards_for
from analytics.dashboards.charts import Chart, Series
from analytics.dashboards.page import Funnel, days_of
from analytics.dashboards.questions import Question
from analytics.dashboards.rules.changes import Change, Move
from analytics.dashboards.rules.periods import Compare, PeriodRule, compared
from analytics.dashboards.rules.way import Step
from analytics.kpis.rules.lights import Light

STEPS: Final[dict[str, Any]] = {
    Step.BROWSED: pgettext_lazy("way", "Known"),
    Step.ASKED: pgettext_lazy("way", "Enquired"),
    Step.VISITED: pgettext_lazy("way", "Visited"),
    Step.SUBSCRIBED: pgettext_lazy("way", "Subscribed"),
    Step.SIGNED: pgettext_lazy("way", "Signed"),
}
OUTCOMES: Final[dict[str, Any]] = {
    "came": pgettext_lazy("way", "came this far"),
    "left": pgettext_lazy("way", "left here"),
    "waiting": pgettext_lazy("way", "still here"),
}
RULES: Final[dict[PeriodRule, Any]] = {
    PeriodRule.WEEK: gettext_lazy("This week"),
    PeriodRule.MONTH: gettext_lazy("This month"),
    PeriodRule.QUARTER: gettext_lazy("This quarter"),
    PeriodRule.YEAR: gettext_lazy("This year"),
}
COMPARES: Final[dict[Compare, Any]] = {
    Compare.BEFORE: gettext_lazy("Period before"),
    Compare.YEAR: gettext_lazy("Year before"),
}
LIGHTS: Final[dict[str, tuple[str, Any]]] = {
    Light.GREEN: ("dot", pgettext_lazy("light", "Green")),
    Light.AMBER: ("dia", pgettext_lazy("light", "Amber")),
    Light.RED: ("tri", pgettext_lazy("light", "Red")),
}


def title(asked: Question) -> str:
    """Return the heading of a dashboard."""
    return _("%(board)s dashboard") % {"board": asked.board.label}


def change_words(change: Change) -> str:
    """Return a move in words: +12.5%, −2.1 points, new, unchanged, ``--`` where unknown."""
    if change.move is Move.NEW:
        return _("new")
    if change.move is Move.SAME:
        return _("unchanged")
    if change.amount is None:
        return "--"
    sign = "+" if change.move is Move.UP else "\N{MINUS SIGN}"
    said = f"{sign}{change.amount}%"
    if change.in_points:
        said = _("%(sign)s%(n)s points") % {"sign": sign, "n": change.amount}
    return f"{said} · {_('may be chance')}" if change.is_chance else said


def frame(asked: Question) -> dict[str, Any]:
    """Return what stands around the figures: tabs, places, periods, comparisons."""
    mine = boards_for(asked.user)
    kept = {"period": asked.query["period"], "compare": asked.query["compare"]}
    return {
        "title_text": title(asked),
        "tabs": [(board, _tab_url(asked, board, kept)) for board in mine],
        "rules": [
            (rule.value, label, asked.url(period=rule.value)) for rule, label in RULES.items()
        ],
        "compares": [
            (
                compare.value,
                label,
                days_of(compared(asked.period, compare)),
                asked.url(compare=compare.value),
            )
            for compare, label in COMPARES.items()
        ],
        "period_words": days_of(asked.period),
        "base_words": days_of(asked.base),
        "is_own": asked.rule is PeriodRule.OWN,
        "may_see_customers": asked.user.has_perm("customers.view_customer"),
    }


def _tab_url(asked: Question, board: Any, kept: dict[str, str]) -> str:
    """Return the address of another dashboard with the same period, at its own usual place."""
    from urllib.parse import urlencode

    from django.urls import reverse

    own = {name: asked.query[name] for name in ("from", "to") if name in asked.query}
    return f"{reverse('analytics:dashboard', args=[board.key])}?{urlencode(kept | own)}"


def stop_title(step: Step, outcome: str) -> str:
    """Return what the customers behind a count of the way have in common."""
    return f"{STEPS[step]}: {OUTCOMES[outcome]}"


def way_chart(asked: Question, funnel: Funnel) -> Chart:
    """Return the way as bars, those who left and those still there stacked on who went on."""
    stages = funnel.stages
    rows = [
        (pgettext_lazy("way", "Went on"), "main", [stage.went_on for stage in stages], ""),
        (
            pgettext_lazy("way", "Still here"),
            "before",
            [stage.waiting for stage in stages],
            "waiting",
        ),
        (pgettext_lazy("way", "Left"), "bad", [stage.left for stage in stages], "left"),
    ]
    return Chart(
        key="way",
        kind="stack",
        title=_("What became of those who came to each step"),
        categories=[STEPS[stage.step] for stage in stages],
        heading=_("Step"),
        series=[
            Series(
                label,
                values,
                tone=tone,  # type: ignore[arg-type]
                links=[_stop_url(asked, stage.step, outcome) for stage in stages],
            )
            for label, tone, values, outcome in rows
        ],
        unit="count",
        summary=_("%(first)s became known, %(last)s signed")
        % {"first": stages[0].came, "last": stages[-1].came},
    )


def _stop_url(asked: Question, step: Step, outcome: str) -> str:
    return asked.url("way-customers", step=step.value, outcome=outcome) if outcome else ""
