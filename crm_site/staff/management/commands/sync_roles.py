"""``manage.py sync_roles``: makes Django's groups and their permissions equal to the role table."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm_site.staff.role_sync import UnknownPermissionError, sync_roles


class Command(BaseCommand):
    help = "Makes groups and their permissions equal to the role table; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = sync_roles()
        except UnknownPermissionError as error:
            raise CommandError(
                f"The role table names permissions that do not exist: {error}"
            ) from None
        self.stdout.write(
            f"Roles: {counts.roles}. Groups created: {counts.created}, removed: {counts.removed}. "
            f"Permissions granted: {counts.granted}, withdrawn: {counts.withdrawn}."
        )
