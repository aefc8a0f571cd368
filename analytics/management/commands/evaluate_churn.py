"""Measures the engine of scores on any table, through the real import, inputs and stored scores."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from analytics.scoring.evaluation.errors import EvaluationError
from analytics.scoring.evaluation.running import Asked, evaluate
from analytics.scoring.evaluation.scoring import FIGURES, Evaluated

HEADINGS = {"auc": "AUC", "pr_auc": "PR-AUC", "brier": "Brier", "ece": "ECE", "lift_10": "lift@10%"}


class Command(BaseCommand):
    """Print AUC, PR-AUC, Brier, ECE and lift pooled over the folds; nothing stays stored."""

    help = (
        "Import a table, score every row by a model of the other folds, and print how good the"
        " scores are. The transaction is rolled back: nothing stays."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--mapping",
            type=Path,
            required=True,
            help="JSON: column -> external_id, number, text, boolean, date, a field of the import,"
            " or for payments payment.day and payment.amount; with the customer alone all other"
            " columns are used",
        )
        parser.add_argument("--label", required=True, help="column that says who was lost")
        parser.add_argument("--folds", type=Path, help="CSV or JSON: fold of each customer")
        parser.add_argument("--lost", default="", help="value of the label that means lost")
        parser.add_argument(
            "--cutoff", type=date.fromisoformat, help="payments: last day the inputs may see"
        )
        parser.add_argument("--days", type=int, default=273, help="payments: days to stay silent")
        parser.add_argument("--seeds", type=int, default=1, help="repetitions without --folds")

    def handle(self, **options: Any) -> None:
        asked = Asked(
            file=options["file"],
            mapping=options["mapping"],
            label=options["label"],
            folds=options["folds"],
            lost=options["lost"],
            cutoff=options["cutoff"],
            days=options["days"],
            seeds=tuple(range(1, options["seeds"] + 1)),
        )
        try:
            report = evaluate(asked, now=timezone.now())
        except EvaluationError as error:
            raise CommandError(str(error)) from error
        for note in report.notes:
            self.stdout.write(f"note: {note}")
        for result in report.results:
            self._print(result)

    def _print(self, result: Evaluated) -> None:
        self.stdout.write(f"rows: {result.rows}")
        self.stdout.write(f"lost: {result.losses}")
        engines = ", ".join(f"{fold} {engine}" for fold, engine in result.engines.items())
        self.stdout.write(f"engines by fold: {engines}")
        if result.leaks:
            self.stdout.write(f"leak? tells the outcome alone: {', '.join(result.leaks)}")
        for name in FIGURES:
            pooled, mean = _figure(result.pooled[name]), _figure(result.mean[name])
            self.stdout.write(f"{HEADINGS[name]}: {pooled} (mean of folds {mean})")


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
