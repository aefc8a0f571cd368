"""``manage.py verify_audit``: was any event of the audit trail altered?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm_site.audit.sealing import verify


class Command(BaseCommand):
    help = "Checks the hash chain of the audit trail; exit code 1 names the first altered row."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchor", default="", help="hash of a seal that was noted outside this database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify(anchor=options["anchor"])
        self.stdout.write(
            f"{verdict.seals} seals over {verdict.events} events hold, "
            f"{verdict.unsealed} events wait for a seal. Last hash: {verdict.head}"
        )
        if not verdict.is_sound:
            raise CommandError(f"The audit trail was altered: {verdict.trouble}", returncode=1)
