from typing import Any

from django.core.management.base import BaseCommand

from crm_site.common.i18n.compiling import compile_catalogues
from crm_site.common.i18n.places import ROOT


class Command(BaseCommand):
    help = "Write the .mo files of catalogues that changed."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        written = compile_catalogues(ROOT)
        self.stdout.write(f"{len(written)} catalogue(s) compiled")
