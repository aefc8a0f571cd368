"""What can go wrong in a handover, in the words of the person who tried."""

from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import RefusedError, StaleError


class DeliveryRefusedError(RefusedError):
    """Something of the handover is not done; the message says what stands in the way."""

    code = "delivery-refused"
    title = _("The handover does not go on")


class SlotFullError(StaleError):
    """Somebody else took the last place of the slot."""

    code = "slot-full"
    title = _("This time is full")
