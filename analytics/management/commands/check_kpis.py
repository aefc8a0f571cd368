"""Holds the frozen figures against the rows they open (BEY-03)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from analytics.kpis.models import KpiDifference, KpiSnapshot
from analytics.kpis.services.checking import check, due


class Command(BaseCommand):
    """``check_kpis`` checks the last two months, ``--all`` every figure that is kept."""

    help = "Check that every frozen figure equals the rows it opens; fail where one does not."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take which figures to check."""
        parser.add_argument("--all", action="store_true", help="every period, not two months")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, print the counts and each difference."""
        now = timezone.now()
        every = KpiSnapshot.objects.order_by("pk").values_list("pk", flat=True)
        found = check(list(every) if options["all"] else due(now), now=now)
        self.stdout.write(
            f"{found['same']} figures equal their rows, {found['differ']} differ,"
            f" {found['left']} cannot be counted again."
        )
        rows = KpiDifference.objects.select_related("snapshot").order_by("snapshot")
        for row in rows:
            self.stdout.write(f"  {row.snapshot}: frozen {row.frozen}, rows {row.counted}")
        if rows:
            raise CommandError("Some figures differ; rebuild_kpis builds them anew.")
