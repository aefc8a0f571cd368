"""Builds frozen figures of a span of days anew (ANA-01)."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from analytics.kpis.registry import UnknownKpiError, all_kpis, kpi_of
from analytics.kpis.services.rebuilding import changes, plan, rebuild


class Command(BaseCommand):
    """``rebuild_kpis --from 2026-01-01 --to 2026-04-01`` tells, with ``--yes`` it writes."""

    help = "Freeze every month, quarter and year that lies within the span anew."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the span (the last day is not in it), the KPIs, and whether to write."""
        parser.add_argument("--from", dest="start", required=True, help="yyyy-mm-dd")
        parser.add_argument("--to", dest="end", required=True, help="yyyy-mm-dd, not in it")
        parser.add_argument("--kpi", action="append", help="a key; may be given again")
        parser.add_argument("--yes", action="store_true", help="write; else only tell")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell what changes, or write it."""
        now = timezone.now()
        start, end = _day(options["start"]), _day(options["end"])
        periods = plan(start, end, now=now)
        if not periods:
            raise CommandError(f"No whole month that has begun lies from {start} to {end}.")
        try:
            kpis = [kpi_of(key) for key in options["kpi"]] if options["kpi"] else all_kpis()
        except UnknownKpiError as error:
            raise CommandError(f"There is no KPI {error}.") from error
        if not options["yes"]:
            number, new = changes(periods, kpis, now=now)
            self.stdout.write(
                f"{len(periods)} periods, {len(kpis)} KPIs: {number} figures would change,"
                f" {new} would be new. Nothing is written; --yes writes."
            )
            return
        written = rebuild(periods, kpis, now=now)
        self.stdout.write(f"{written} figures of {len(periods)} periods are built anew.")


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise CommandError(f"{given} is no day such as 2026-05-20") from error
