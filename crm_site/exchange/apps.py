from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "crm_site.exchange"
    label = "exchange"
    verbose_name = _("Import and export")

    def ready(self) -> None:
        from crm_site.audit.events import declare
        from crm_site.exchange.messages import MESSAGES
        from crm_site.exchange.registry import register_messages

        declare("import.finished", _("Import finished"))
        register_messages(MESSAGES)
