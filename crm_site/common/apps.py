from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    name = "crm_site.common"
    label = "common"
    verbose_name = _("Common")

    def ready(self) -> None:
        from django.core.checks import register

        from crm_site.common.checks import CHECKS
        from crm_site.common.liveness import watch_worker
        from crm_site.common.navigation import register_entry

        for check in CHECKS:
            register(check, "crm")
        watch_worker()
        register_entry(
            "health", "common:health", _("System health"), "wifi", 930, "staff.view_health"
        )
