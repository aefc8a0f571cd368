from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "crm_site.documents"
    label = "documents"
    verbose_name = _("Documents")

    def ready(self) -> None:
        from crm_site.documents import registrations

        registrations.register()
