from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "crm_site.exchange"
    label = "exchange"
    verbose_name = _("Import and export")

    def ready(self) -> None:
        from crm_site.audit.events import declare
        from crm_site.common.marks import Mark, register_marks
        from crm_site.common.navigation import register_entry
        from crm_site.exchange import export_messages, import_policy
        from crm_site.exchange.messages import MESSAGES
        from crm_site.exchange.registry import register_messages

        register_messages(MESSAGES)
        export_messages.register()
        import_policy.register()
        declare("import.revert_started", _("Revert of an import started"))
        declare("import.rows_handed_back", _("Rows of an import handed back as a file"))
        place = ("exchange:import-start", _("Import"), "upload", 600)
        register_entry("imports", *place, "exchange.import_customer")
        register_entry("imports-staff", *place, "exchange.import_staff")
        register_marks(
            "import",
            {
                "uploaded": Mark("", "ring", _("Uploaded")),
                "checking": Mark("blue", "half", _("Trying rows")),
                "checked": Mark("amber", "dia", _("Tried, not written")),
                "writing": Mark("blue", "half", _("Importing")),
                "done": Mark("green", "tick", _("Done")),
                "failed": Mark("red", "tri", _("Failed")),
                "cancelled": Mark("", "cross", _("Cancelled")),
                "reverting": Mark("blue", "half", _("Being reverted")),
                "reverted": Mark("", "ring", _("Reverted")),
            },
        )
