"""``manage.py rotate_keys``: writes encrypted values under older keys anew under the newest."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from crm_site.common.rotation import columns, count_old, rotate


class Command(BaseCommand):
    help = "Encrypts everything under the first key of FIELD_KEYS; without --yes it only counts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="write")

    def handle(self, *args: Any, **options: Any) -> None:
        work = rotate if options["yes"] else count_old
        total = 0
        for column in columns():
            number = work(column)
            total += number
            if number:
                self.stdout.write(f"{column}: {number}")
        done = "written anew" if options["yes"] else "under an older key; --yes writes them anew"
        self.stdout.write(f"{total} values {done}.")
