"""Password login whose rights come from the role table (PLT-02)."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from crm_site.staff.models import User


class RoleBackend(ModelBackend):
    """Permissions are those of the account's role and nothing else: no query, deny by default."""

    def get_user(self, user_id: int) -> User | None:
        """Return the active account with its place, in one query; None for a closed one."""
        return User.objects.select_related("node").filter(pk=user_id, is_active=True).first()

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return isinstance(user_obj, User) and user_obj.has_perm(perm)

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not isinstance(user_obj, User) or not user_obj.is_active:
            return set()
        return set(user_obj.role_definition.may)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return isinstance(user_obj, User) and user_obj.has_module_perms(app_label)
