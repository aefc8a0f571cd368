"""What can go wrong with customer value, in the words of the person who tried."""

from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import RefusedError


class BookingError(RefusedError):
    """The entry cannot be booked or reversed."""

    code = "value-booking"
    title = _("The entry cannot be booked")


class DecidedError(RefusedError):
    """Somebody has decided it already, or there is nothing to decide."""

    code = "value-decided"
    title = _("This is decided already")


class PlanError(RefusedError):
    """The limits leave no split of the budget."""

    code = "value-plan"
    title = _("There is no such split")
