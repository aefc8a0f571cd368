"""Offers the importers of customers and staff to the import wizard and the command."""

from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import declare
from crm_site.exchange.registry import register_importer, register_messages


def register() -> None:
    """Register both importers, their words and their audit events."""
    from customers.importers import customers, staff
    from customers.importers.messages import MESSAGES

    register_importer(customers.IMPORTER)
    register_importer(staff.IMPORTER)
    register_messages(MESSAGES)
    declare("customer.imported", _("Customers imported"))
    declare("customer.import_reverted", _("Import of customers reverted"))
    declare("staff.import_reverted", _("Import of staff reverted"))
    declare("staff.imported", _("Staff imported"))
