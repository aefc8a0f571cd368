from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalyticsConfig(AppConfig):
    name = "analytics"
    label = "analytics"
    verbose_name = _("Analytics")

    def ready(self) -> None:
        """Make known below what analytics brings; each line registers one part."""
        from analytics.churn import registrations as churn
        from analytics.dashboards import registrations as dashboards
        from analytics.improvement import registrations as improvement
        from analytics.kpis import goal_sources
        from analytics.kpis import registrations as kpis
        from analytics.kpis.registry import refuse_unknown
        from analytics.reviews import registrations as reviews
        from analytics.scoring import registrations as scoring
        from analytics.value import registrations as value
        from analytics.warehouse import registrations as warehouse
        from analytics.winback import registrations as winback

        kpis.register()
        warehouse.register()
        dashboards.register()
        scoring.register()
        churn.register()
        winback.register()
        value.register()
        reviews.register()
        improvement.register()
        refuse_unknown()
        goal_sources.register()
