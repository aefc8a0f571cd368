from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    name = "service"
    label = "service"
    verbose_name = _("Service desk")

    def ready(self) -> None:
        """Make known below what the service desk brings; each line registers one part."""
        from service.care import registrations as care
        from service.clocks import registrations as clocks
        from service.delays import registrations as delays
        from service.desk import registrations as desk
        from service.experience import registrations as experience
        from service.groups import registrations as groups
        from service.knowledge import registrations as knowledge
        from service.repairs import registrations as repairs
        from service.surveys import registrations as surveys
        from service.tickets import registrations as tickets

        tickets.register()
        clocks.register()
        desk.register()
        knowledge.register()
        surveys.register()
        care.register()
        repairs.register()
        groups.register()
        experience.register()
        delays.register()
