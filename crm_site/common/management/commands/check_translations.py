from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm_site.common.i18n.checking import complaints
from crm_site.common.i18n.places import ROOT


class Command(BaseCommand):
    help = "Fail if a text is untranslated, hard-coded in Chinese, or blames its reader."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        found = complaints(ROOT)
        for line in found:
            self.stderr.write(line)
        if found:
            message = f"{len(found)} fault(s) in the translations"
            raise CommandError(message)
        self.stdout.write("Translations are complete")
