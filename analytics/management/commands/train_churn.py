"""Trains the models of churn and prints what became of each stage."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from analytics.churn.services.training import MONTHS, train_churn


class Command(BaseCommand):
    """``train_churn [--months N]``: learn from so many past month ends."""

    help = "Train the churn model of every stage; print engine, figures and whether it is in use."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of month ends to learn from."""
        parser.add_argument("--months", type=int, default=MONTHS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Train and print one line for each stage."""
        for each in train_churn(now=timezone.now(), months=options["months"]):
            auc = "–" if each.auc is None else f"{each.auc:.3f}"
            state = "in use" if each.in_use else "not in use"
            version = each.version or "–"
            self.stdout.write(
                f"{each.stage}: {each.engine} version {version}, AUC {auc}, {state}. {each.why}"
            )
