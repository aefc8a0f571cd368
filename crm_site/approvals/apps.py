from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "crm_site.approvals"
    label = "approvals"
    verbose_name = _("Approvals")

    def ready(self) -> None:
        from crm_site.approvals import registrations

        registrations.register()
