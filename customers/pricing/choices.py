"""The words of prices in the language of the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.pricing.rules import Change, DiscountState, LetterState, ListState

LIST_STATES = [
    (ListState.DRAFT.value, pgettext_lazy("price list", "Draft")),
    (ListState.SUBMITTED.value, pgettext_lazy("price list", "Waiting for signatures")),
    (ListState.APPROVED.value, pgettext_lazy("price list", "Approved")),
    (ListState.REFUSED.value, pgettext_lazy("price list", "Refused")),
    (ListState.WITHDRAWN.value, pgettext_lazy("price list", "Withdrawn")),
]
DISCOUNT_STATES = [
    (DiscountState.WAITING.value, pgettext_lazy("discount", "Waiting for signatures")),
    (DiscountState.APPROVED.value, pgettext_lazy("discount", "Approved")),
    (DiscountState.REFUSED.value, pgettext_lazy("discount", "Refused")),
    (DiscountState.WITHDRAWN.value, pgettext_lazy("discount", "Withdrawn")),
    (DiscountState.EXPIRED.value, pgettext_lazy("discount", "Expired")),
    (DiscountState.USED.value, pgettext_lazy("discount", "Used")),
]
LETTER_STATES = [
    (LetterState.ISSUED.value, pgettext_lazy("price letter", "Issued")),
    (LetterState.SIGNED.value, pgettext_lazy("price letter", "Signed by the customer")),
    (LetterState.COUNTERSIGNED.value, pgettext_lazy("price letter", "Signed by both")),
]
CHANGES = [
    (Change.SET.value, _("Set the price per m² (yuan)")),
    (Change.PERCENT.value, _("Raise or lower by percent")),
    (Change.PER_M2.value, _("Raise or lower by yuan per m²")),
]
LINES = {
    "area": _("Area × unit price"),
    "list": _("List price"),
    "rounding": _("Rounded to the yuan"),
    "parking": _("Parking space"),
    "discount": _("Approved discount"),
    "surcharge": _("Agreed above the list"),
    "deed_tax": _("Deed tax"),
    "fund": _("Maintenance fund"),
}
WALL_STATES = {
    "available": pgettext_lazy("price wall", "Available"),
    "reserved": pgettext_lazy("price wall", "Reserved"),
    "sold": pgettext_lazy("price wall", "Sold"),
    "withheld": pgettext_lazy("price wall", "Not for sale"),
}
