"""What can go wrong on the buyer's way, in the words of the person who tried."""

from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import RefusedError, StaleError


class FileItemError(RefusedError):
    """The item cannot be told or confirmed now (CUS-67)."""

    code = "file-item"
    title = _("The item cannot be written down")


class SlotFullError(StaleError):
    """All places of the slot are taken (CUS-61)."""

    code = "slot-full"
    title = _("This slot is full")


class ViewingError(RefusedError):
    """The viewing cannot be booked or carried on now."""

    code = "viewing"
    title = _("The viewing cannot be booked or changed")
