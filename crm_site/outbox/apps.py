from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "crm_site.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Declare the outbox's own message: a delivery that was given up."""
        from crm_site.audit.alarms import register_alarm_hook
        from crm_site.audit.events import MASS_VIEWING
        from crm_site.common.marks import Mark, register_marks
        from crm_site.outbox.alarms import tell_watchers
        from crm_site.outbox.kinds import MessageKind, declare_message
        from crm_site.staff.events import SPRAYED

        register_marks(
            "message",
            {
                "waiting": Mark("blue", "half", _("Waiting")),
                "sent": Mark("green", "tick", _("Sent")),
                "failed": Mark("red", "tri", _("Failed")),
                "suppressed": Mark("amber", "cross", _("Held back")),
            },
        )
        declare_message(
            MessageKind(
                key="outbox.failed",
                label=_("A message could not be delivered"),
                title=_("Message %(number)s could not be delivered"),
                body=_("Kind %(kind)s over channel %(channel)s was given up after all attempts."),
                url_name="outbox:message-log",
                icon="alert",
                tone="red",
            )
        )
        declare_message(
            MessageKind(
                key=MASS_VIEWING,
                label=_("Unusually many records viewed"),
                title=_("%(person)s viewed unusually many records"),
                body=_("%(views)s records within an hour. The audit trail shows them."),
                icon="alert",
                tone="red",
            )
        )
        declare_message(
            MessageKind(
                key=SPRAYED,
                label=_("One address tries many accounts"),
                title=_("Wrong passwords for %(accounts)s accounts from one address"),
                body=_("Address %(address)s, within a quarter of an hour. Nobody else is locked."),
                icon="alert",
                tone="red",
            )
        )
        register_alarm_hook(tell_watchers)
