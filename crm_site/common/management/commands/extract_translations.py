from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm_site.common.i18n.extraction import TranslationsDifferError, update_catalogue
from crm_site.common.i18n.places import ROOT


class Command(BaseCommand):
    help = "Bring the Chinese catalogue up to the texts in code and templates."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--merge",
            nargs="+",
            type=Path,
            default=[],
            metavar="FILE",
            help='JSON files {"English": "translation"} of texts that have none yet',
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            total, missing, dropped = update_catalogue(ROOT, merge=options["merge"])
        except TranslationsDifferError as error:
            raise CommandError(f"{error}\nNothing is written.") from error
        self.stdout.write(f"{total} texts, {missing} without translation, {dropped} dropped")
