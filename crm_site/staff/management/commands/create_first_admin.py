"""``manage.py create_first_admin``: the first account, opened by a one-time link (A-19)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from crm_site.staff.logins import password_path
from crm_site.staff.models import User
from crm_site.staff.rules.reporting import ADMINISTRATIVE_ROLES
from crm_site.staff.services import create_user


class Command(BaseCommand):
    help = "Creates the first account of an administrative role and prints its one-time link."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="the person's name; default: the user name")
        parser.add_argument(
            "--role", default="sysadmin", choices=sorted(ADMINISTRATIVE_ROLES), help="sysadmin"
        )
        parser.add_argument("--base-url", default="http://127.0.0.1:8000", help="of this site")

    def handle(self, *args: Any, **options: Any) -> None:
        role, username = options["role"], options["username"]
        if User.objects.filter(role=role, is_active=True).exists():
            raise CommandError(
                f"There is an active {role} already. Accounts are created under /staff/."
            )
        if User.objects.filter(username=username).exists():
            raise CommandError(f"The user name {username} is taken.")
        user = create_user(
            username=username,
            name=options["name"] or username,
            role=role,
            node=None,
            now=timezone.now(),
        )
        link = options["base_url"].rstrip("/") + password_path(user)
        self.stdout.write(f"1 account created. Set its password once, within three days:\n{link}")
