"""The words of promotions."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS: Final = (
    ("opening", pgettext_lazy("promotion", "Opening")),
    ("festival", pgettext_lazy("promotion", "Festival")),
    ("return", pgettext_lazy("promotion", "Return to customers")),
    ("group", pgettext_lazy("promotion", "Group purchase")),
    ("limited", pgettext_lazy("promotion", "Limited-time discount")),
)
STATES: Final = (
    ("draft", pgettext_lazy("promotion", "Draft")),
    ("waiting", pgettext_lazy("promotion", "Waiting for approval")),
    ("approved", pgettext_lazy("promotion", "Approved")),
    ("refused", pgettext_lazy("promotion", "Not approved")),
    ("stopped", pgettext_lazy("promotion", "Stopped")),
    ("reviewed", pgettext_lazy("promotion", "Reviewed")),
)
BENEFITS: Final = (
    ("percent", _("Percent off the list price")),
    ("amount", _("Yuan off the list price")),
    ("gift", pgettext_lazy("benefit", "Gift")),
)
STACKING: Final = (
    ("exclusive", _("Alone: with no other promotion")),
    ("stackable", _("Together with other stackable ones")),
)
USE_STATES: Final = (
    ("asked", _("Price waits for its approval")),
    ("granted", pgettext_lazy("promotion", "Granted")),
    ("released", _("Given back")),
)
GROUP_STATES: Final = (
    ("open", pgettext_lazy("group purchase", "Gathering")),
    ("reached", pgettext_lazy("group purchase", "Reached")),
    ("missed", pgettext_lazy("group purchase", "Not reached")),
)
COUPON_KINDS: Final = (
    ("coupon", _("Coupon (yuan off)")),
    ("voucher", _("Gift voucher")),
)
COUPON_STATES: Final = (
    ("issued", pgettext_lazy("coupon", "Issued")),
    ("used", pgettext_lazy("coupon", "Used")),
    ("void", pgettext_lazy("coupon", "Void")),
)
EVENTS: Final = (
    ("written", pgettext_lazy("promotion", "Written")),
    ("changed", pgettext_lazy("promotion", "Changed")),
    ("submitted", pgettext_lazy("promotion", "Sent for approval")),
    ("decided", pgettext_lazy("promotion", "Decided")),
    ("stopped", pgettext_lazy("promotion", "Stopped")),
    ("reviewed", pgettext_lazy("promotion", "Reviewed")),
)
