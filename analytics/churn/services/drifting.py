"""How the scores of a night differ from those of the training (ANA-48's nightly figures)."""

from collections import Counter
from typing import Any

from analytics.churn.models import ChurnRun
from analytics.scoring.rules.figures import psi


def bins_of(run: ChurnRun) -> dict[str, list[int]]:
    """Return per stage how many customers stood in each tenth of the risk."""
    totals: dict[str, Counter[int]] = {}
    for bins in run.shards.values_list("bins", flat=True):
        for stage, counts in bins.items():
            totals.setdefault(stage, Counter()).update(dict(enumerate(counts)))
    return {stage: [held[place] for place in range(10)] for stage, held in totals.items()}


def note_drift(run: ChurnRun) -> dict[str, Any]:
    """Return per stage the bins of the run and their stability against the first run of the model.

    The first night of a version is what later nights are held against.
    """
    found: dict[str, Any] = {}
    for stage, counts in bins_of(run).items():
        first = _first_bins(run, stage)
        value = psi(first, counts) if first and sum(first) and sum(counts) else None
        found[stage] = {"bins": counts, "psi": None if value is None else round(value, 4)}
    return found


def _first_bins(run: ChurnRun, stage: str) -> list[int] | None:
    used = run.models_used.get(stage)
    same = ChurnRun.objects.filter(
        finished_at__isnull=False, pk__lt=run.pk, **{f"models_used__{stage}": used}
    )
    first = same.order_by("pk").first()
    held = (first.drift if first else {}).get(stage)
    return held["bins"] if held else None
