"""What the page of one model shows, worked out from what is stored of it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from analytics.churn.words import label_of
from analytics.dashboards.charts import Chart, Series
from analytics.scoring.choices import ENGINES, stage_words
from analytics.scoring.errors import words_of
from analytics.scoring.models import ModelCheck, ScoreModel
from customers.choices import GENDERS


@dataclass(frozen=True, slots=True)
class StageLine:
    """Figures of one stage on the later window."""

    label: str
    figures: dict[str, Any]


def stage_lines(row: ScoreModel) -> list[StageLine]:
    """Return the figures of all, then of each stage."""
    return [
        StageLine(str(stage_words(stage)), row.metrics[stage])
        for stage in sorted(row.metrics)
        if isinstance(row.metrics[stage], dict)
    ]


def reliability_chart(row: ScoreModel) -> Chart | None:
    """Return said against seen per tenth of the rows; None where neither was measured."""
    points = (row.metrics.get("") or {}).get("reliability") or row.about.get("reliability")
    if not points:
        return None
    said = [100 * float(point[0]) for point in points]
    seen = [100 * float(point[1]) for point in points]
    return Chart(
        key="reliability",
        kind="line",
        title=_("Said and seen"),
        categories=[f"{value:.0f}%" for value in said],
        series=(
            Series(_("Share lost"), seen),
            Series(_("Probability said"), said, tone="goal"),
        ),
        unit="percent",
        heading=_("Mean probability of each tenth"),
        summary=_("The closer the two lines are, the more the probabilities hold."),
        height="s",
    )


def candidates(row: ScoreModel) -> list[tuple[str, float, bool]]:
    """Return each candidate with its AUC on the inner folds, and whether it was chosen."""
    found = row.about.get("candidates") or {}
    return [
        (str(ENGINES.get(engine, engine)), auc, engine == row.engine)
        for engine, auc in found.items()
    ]


def warnings_of(check: ModelCheck | None) -> list[str]:
    """Return the warnings of a look in words."""
    return [warning_words(code, names) for code, names in (check.warnings if check else ())]


def warning_words(code: str, names: dict[str, Any]) -> str:
    """Return one warning as a sentence, inputs and groups by their names."""
    shown = dict(names)
    if "group" in shown:
        shown["group"] = group_words().get(shown["group"], shown["group"])
    if "column" in shown:
        shown["column"] = label_of(shown["column"])
    return words_of(code, **shown)


def moved_inputs(check: ModelCheck | None, *, most: int = 8) -> list[tuple[str, float]]:
    """Return the inputs that moved most since training."""
    found = check.inputs_psi.items() if check else ()
    ordered = sorted(found, key=lambda one: -one[1])[:most]
    return [(label_of(name), value) for name, value in ordered]


def fair_groups(check: ModelCheck | None) -> list[dict[str, Any]]:
    """Return per group by age and gender how the probabilities held."""
    words = group_words()
    found = check.fairness if check else []
    return [{**one, "label": words.get(one["group"], one["group"])} for one in found]


def group_words() -> dict[str, str]:
    """Return the groups of the fairness check in words."""
    between = _("%(low)s to %(high)s years")
    return {
        "age:0": _("Under 30 years"),
        **{f"age:{low}": between % {"low": low, "high": low + 14} for low in (30, 45)},
        "age:60": _("60 years and older"),
        **{f"gender:{value}": str(label) for value, label in GENDERS},
    }
