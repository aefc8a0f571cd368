from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketingConfig(AppConfig):
    name = "marketing"
    label = "marketing"
    verbose_name = _("Marketing")

    def ready(self) -> None:
        """Make known below what marketing brings; each line registers one part."""
        from marketing.attribution import registrations as attribution
        from marketing.campaigns import registrations as campaigns
        from marketing.channels import registrations as channels
        from marketing.content import registrations as content
        from marketing.messaging import registrations as messaging
        from marketing.planning import registrations as planning
        from marketing.promotions import registrations as promotions
        from marketing.segments import registrations as segments
        from marketing.selling import registrations as selling

        planning.register()
        campaigns.register()
        content.register()
        channels.register()
        attribution.register()
        segments.register()
        messaging.register()
        promotions.register()
        selling.register()
