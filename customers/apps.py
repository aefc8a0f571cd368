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
        from customers.arbitration import registrations as arbitration
        from customers.changes import registrations as changes
        from customers.claims import registrations as claims
        from customers.handover import registrations as handover
        from customers.importers import registration as importing
        from customers.insurance import registrations as insurance
        from customers.journey import registrations as journey
        from customers.launch import registrations as launches
        from customers.paperwork import registrations as paperwork
        from customers.payment import registrations as payments
        from customers.pricing import registrations as prices
        from customers.property import papers
        from customers.property import registrations as property_registrations
        from customers.purchase import registrations as purchases
        from customers.signing import registrations as signing
        from customers.works import registrations as works

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
        arbitration.register()
        papers.register()
        property_registrations.register()
        paperwork.register()
        payments.register()
        signing.register()
        journey.register()
        launches.register()
        works.register()
        changes.register()
        claims.register()
        insurance.register()
        handover.register()
