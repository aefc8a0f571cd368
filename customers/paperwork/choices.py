"""The words of papers and transfers in the language of the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SIDES = [
    ("service", pgettext_lazy("file goes to", "Customer service")),
    ("property", pgettext_lazy("file goes to", "Property management")),
]
TRANSFER_STATES = [
    ("sent", pgettext_lazy("file transfer", "Waiting for acceptance")),
    ("accepted", pgettext_lazy("file transfer", "Accepted")),
    ("refused", pgettext_lazy("file transfer", "Sent back")),
    ("withdrawn", pgettext_lazy("file transfer", "Withdrawn")),
]
CHECKLISTS = [
    ("signing", _("For the signature")),
    ("mortgage", _("For the mortgage")),
    ("file", _("For the customer's file")),
]
