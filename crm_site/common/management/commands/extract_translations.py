from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from crm_site.common.i18n.extraction import update_catalogue
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
            help='JSON files {"English": "translation"}; they win over the catalogue',
        )

    def handle(self, *args: Any, **options: Any) -> None:
        total, missing, dropped = update_catalogue(ROOT, merge=options["merge"])
        self.stdout.write(f"{total} texts, {missing} without translation, {dropped} dropped")
