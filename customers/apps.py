from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    label = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        """Make known below what customers bring: subjects, audit events, policies, messages.

        Each line registers what one module owns; nothing else happens here.
        """
        from customers import (
            care_registrations,
            clock_messages,
            duplicate_registrations,
            exporting,
            grade_messages,
            known_registrations,
            list_registrations,
            outreach_registrations,
            ownership_registrations,
            places,
            policies,
            promises,
            registrations,
            standing_registrations,
        )
        from customers.handover import registrations as handover
        from customers.importers import registration as importing
        from customers.pricing import registrations as prices
        from customers.property import papers
        from customers.property import registrations as property_registrations
        from customers.purchase import registrations as purchases

        registrations.register()
        promises.register()
        places.register()
        policies.register()
        clock_messages.register()
        grade_messages.register()
        known_registrations.register()
        importing.register()
        exporting.register()
        outreach_registrations.register()
        list_registrations.register()
        ownership_registrations.register()
        standing_registrations.register()
        care_registrations.register()
        duplicate_registrations.register()
        purchases.register()
        prices.register()
        papers.register()
        property_registrations.register()
        handover.register()
