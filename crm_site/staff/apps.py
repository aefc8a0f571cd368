from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "crm_site.staff"
    label = "staff"
    verbose_name = _("Staff")

    def ready(self) -> None:
        from crm_site.common.errors import register_helper
        from crm_site.common.navigation import register_entry
        from crm_site.staff.events import declare_events
        from crm_site.staff.selectors import helper_of
        from crm_site.staff.subjects import register_subjects

        register_helper(helper_of)
        declare_events()
        register_subjects()
        # Two doors to one page: whoever manages accounts, and whoever assigns roles.
        users = ("staff:user-list", _("Staff"), "users", 910)
        register_entry("staff", *users, "staff.manage_users")
        register_entry("staff-roles", *users, "staff.manage_roles")
        register_entry(
            "organisation", "staff:organisation", _("Organisation"), "building", 920,
            "staff.manage_users",
        )  # fmt: skip
