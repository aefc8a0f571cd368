from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "crm_site.audit"
    label = "audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        from crm_site.audit.events import declare_own
        from crm_site.common.navigation import register_entry

        declare_own()
        register_entry("audit", "audit:event-list", _("Audit"), "eye", 900, "audit.view_auditevent")
