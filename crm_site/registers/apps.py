from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistersConfig(AppConfig):
    name = "crm_site.registers"
    label = "registers"
    verbose_name = _("Registers")

    def ready(self) -> None:
        from crm_site.registers import registrations

        registrations.register()
