"""Imports customers, staff, bookings, units or prices, with the engine of the import pages."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm_site.common.refusals import RefusedError
from crm_site.exchange.errors import ExchangeError
from crm_site.exchange.models import ImportJob
from crm_site.exchange.registry import importer
from crm_site.exchange.services import jobs, running
from crm_site.exchange.services.report import causes_of
from crm_site.exchange.services.upload import upload
from crm_site.staff.models import User

UNREADABLE = 2
KINDS = ("customer", "staff", "purchase", "unit", "price")
COUNTS = ("created", "updated", "unchanged", "repeated", "bad")


class Command(BaseCommand):
    """Print what became of the rows; exit with 2 and the reason when nothing can be imported."""

    help = "Import customers (or what --kind says) from a CSV or xlsx file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, help="JSON file: column header -> field key")
        parser.add_argument("--dry-run", action="store_true", help="check every row, write nothing")
        parser.add_argument("--kind", default="customer", choices=KINDS)
        parser.add_argument("--user", help="account whose rights and place apply")
        parser.add_argument(
            "--option", action="append", default=[], metavar="KEY=VALUE", help="as on the page"
        )
        parser.add_argument("--show-mapping", action="store_true", help="print the proposal, stop")

    def handle(self, **options: Any) -> None:
        try:
            self._import(options)
        except (ExchangeError, RefusedError) as error:
            self.stderr.write(self.style.ERROR(str(error)))
            sys.exit(UNREADABLE)

    def _import(self, options: dict[str, Any]) -> None:
        actor = _actor(options["user"])
        job = _upload(options["file"], options["kind"], actor)
        if options["show_mapping"]:
            self.stdout.write(json.dumps(job.mapping, ensure_ascii=False, indent=2))
            job.delete()
            return
        given = {**job.options, **_pairs(options["option"])}
        mapping = _mapping(options["mapping"]) if options["mapping"] else job.mapping
        jobs.set_mapping(job=job, mapping=mapping, options=given, actor=actor)
        jobs.require_answers(job)
        if options["dry_run"]:
            ImportJob.objects.filter(pk=job.pk).update(state=ImportJob.State.CHECKING)
            running.check(job_id=job.pk, clock=timezone.now)
        else:
            jobs.begin_writing(job=job, now=timezone.now(), allowed=(ImportJob.State.UPLOADED,))
            running.write(job_id=job.pk, clock=timezone.now)
        job.refresh_from_db()
        self._report(job, dry=options["dry_run"])

    def _report(self, job: ImportJob, *, dry: bool) -> None:
        self.stdout.write("Dry run, nothing written." if dry else f"Import {job.pk} done.")
        self.stdout.write(f"rows: {job.rows_total}")
        for name in COUNTS:
            self.stdout.write(f"{name}: {job.counts.get(name, 0)}")
        labels = importer(job.kind).findings
        for kind, values in job.findings.items():
            shown = ", ".join(f"{value} ({count})" for value, count in values.items())
            self.stdout.write(f"{labels.get(kind, kind)}: {shown}")
        for cause in causes_of(job):
            rows = ", ".join(map(str, cause.rows))
            note = "note" if cause.is_warning else "bad"
            self.stdout.write(
                f"{note}: {cause.count} × {cause.column or '-'}: {cause.message} (rows {rows})"
            )


def _actor(username: str | None) -> User | None:
    if not username:
        return None
    try:
        return User.objects.get(username=username, is_active=True)
    except User.DoesNotExist:
        raise CommandError(f"There is no active account {username}.") from None


def _upload(path: Path, kind: str, actor: User | None) -> ImportJob:
    try:
        with path.open("rb") as stream:
            return upload(
                kind=kind, stream=stream, file_name=path.name, actor=actor, now=timezone.now()
            )
    except OSError as error:
        raise ExchangeError(f"{path}: {error.strerror}", code="unreadable") from error


def _mapping(path: Path) -> dict[str, str]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ExchangeError(f"{path} is not a JSON file: {error}", code="mapping") from error
    if not isinstance(read, dict) or not all(isinstance(v, str) for v in read.values()):
        raise ExchangeError(f"{path} must map column headers to field keys.", code="mapping")
    return read


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = {}
    for item in given:
        key, sign, value = item.partition("=")
        if not sign:
            raise CommandError(f"--option {item}: write KEY=VALUE.")
        pairs[key] = value
    return pairs
