"""Put the official days off and make-up working days of a year in force."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm_site.calendars.rules.years import YearTableError
from crm_site.calendars.services import load_calendar_year


class Command(BaseCommand):
    """Read ``{"year": 2027, "days": [{"name", "date", "isOffDay"}]}`` and put it in force."""

    help = "Load the official work calendar of a year from a JSON file and recompute open clocks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        year, days = _read(path)
        try:
            loaded = load_calendar_year(year=year, days=days, source=path.name, now=timezone.now())
        except YearTableError as error:
            raise CommandError(str(error)) from error
        table = loaded.table
        if loaded.is_new:
            self.stdout.write(
                f"Official year {year} version {table.version} is in force (source {path.name}): "
                f"{len(table.weekdays_off)} weekdays off, "
                f"{len(table.working_weekend_days)} weekend days worked."
            )
        else:
            self.stdout.write(
                f"Official year {year} is unchanged: "
                f"version {table.version}, source {table.source}."
            )
        self.stdout.write(f"Open clocks recomputed: {loaded.recomputed}")


def _read(path: Path) -> tuple[int, list[dict[str, object]]]:
    """Return the year and the days of the file; raise CommandError if it holds neither."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read as JSON ({error})"
        raise CommandError(msg) from error
    year = content.get("year") if isinstance(content, dict) else None
    days = content.get("days") if isinstance(content, dict) else None
    if not isinstance(year, int) or not isinstance(days, list):
        msg = f'{path}: an object with "year" and "days" is expected'
        raise CommandError(msg)
    if not all(isinstance(day, dict) for day in days):
        msg = f"{path}: every day must be an object"
        raise CommandError(msg)
    return year, days
