"""Grades every customer now and prints what changed."""

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from customers.services.grading import regrade


class Command(BaseCommand):
    """``regrade_customers [--slot NAME]``: run the regrade; the same slot never runs twice."""

    help = "Grade every customer by the policy in force and print what changed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name of the run; without one each call is a run of its own."""
        parser.add_argument("--slot", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run and print the counts."""
        slot = options["slot"] or f"manual:{uuid.uuid4().hex}"[:40]
        done = regrade(slot=slot, now=timezone.now())
        if done.is_repeat:
            self.stdout.write(f"slot {slot} has run already; nothing done")
            return
        self.stdout.write(
            f"scored {done.scored}, written {done.written}, grades changed {done.changed}"
        )
