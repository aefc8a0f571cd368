"""Scores every active customer now and prints what was done."""

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from analytics.churn.features.building import FutureError
from analytics.churn.services.finding import find_losses
from analytics.churn.services.losses import end_losses_of_returned
from analytics.churn.services.running import score_churn


class Command(BaseCommand):
    """``score_churn [--slot NAME]``: several at once share the work; a slot is done once."""

    help = "Find who was lost, score every active customer, print what was done."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name of the run; without one each call is a run of its own."""
        parser.add_argument("--slot", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run and print the counts."""
        now = timezone.now()
        slot = options["slot"] or f"manual:{uuid.uuid4().hex}"[:40]
        back = end_losses_of_returned(now=now)
        lost = find_losses(now=now)
        try:
            done = score_churn(slot=slot, now=now)
        except FutureError as error:
            raise CommandError(f"{error}; the scores of the last run stay") from error
        if done.was_done:
            self.stdout.write(f"slot {slot} has run already; nothing done")
            return
        if done.run.slot != slot:
            self.stdout.write(f"{done.run.slot} was under way; this command helped to end it")
        done.run.refresh_from_db()
        self.stdout.write(
            f"lost {lost}, came back {back}, scored {done.scored} in {done.shards} ranges,"
            f" written {done.run.changed}, removed {done.run.removed}"
        )
        for stage, why in done.run.kept_back.items():
            self.stdout.write(self.style.WARNING(f"{stage}: the last good scores stay. {why}"))
