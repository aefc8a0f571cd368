"""Writes the summary tables anew from the events and checks them against these."""

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from analytics.warehouse.services.checking import differences
from analytics.warehouse.services.refreshing import rebuild_cubes


class Command(BaseCommand):
    """``rebuild_cubes [--slot NAME] [--check]``: facts a slot has written are left alone."""

    help = "Write the summary tables anew from the events; --check compares only."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name of the run, and whether to compare only."""
        parser.add_argument("--slot", default="")
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run and print the counts; raise CommandError where summary and events differ."""
        if options["check"]:
            self._check()
            return
        slot = options["slot"] or f"manual:{uuid.uuid4().hex}"
        done = rebuild_cubes(slot=slot, now=timezone.now())
        if not done.ran:
            raise CommandError("another run is at it")
        self.stdout.write(f"facts {done.rebuilt}, cells {done.cells:,}")

    def _check(self) -> None:
        found = differences()
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(f"{len(found)} sums differ from the events")
        self.stdout.write("every sum equals its events")
