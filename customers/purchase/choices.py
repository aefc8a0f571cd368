"""The words of purchases in the language of the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.purchase.rules import PurchaseState, Step

STATES = [
    (PurchaseState.HELD.value, pgettext_lazy("purchase", "Held")),
    (PurchaseState.PRESUBSCRIBED.value, pgettext_lazy("purchase", "Pre-subscribed")),
    (PurchaseState.SUBSCRIBED.value, pgettext_lazy("purchase", "Subscribed")),
    (PurchaseState.SIGNED.value, pgettext_lazy("purchase", "Signed")),
    (PurchaseState.HANDED_OVER.value, pgettext_lazy("purchase", "Handed over")),
    (PurchaseState.EXPIRED.value, pgettext_lazy("purchase", "Expired")),
    (PurchaseState.RELEASED.value, pgettext_lazy("purchase", "Released")),
    (PurchaseState.CANCELLED.value, pgettext_lazy("purchase", "Cancelled")),
    (PurchaseState.REFUNDED.value, pgettext_lazy("purchase", "Given back")),
    (PurchaseState.CHANGED.value, pgettext_lazy("purchase", "Moved to another unit")),
]
STEPS = [
    ("hold", pgettext_lazy("purchase step", "Held")),
    (Step.RENEW.value, pgettext_lazy("purchase step", "Hold renewed")),
    (Step.PRESUBSCRIBE.value, pgettext_lazy("purchase step", "Pre-subscribed")),
    (Step.SUBSCRIBE.value, pgettext_lazy("purchase step", "Subscribed")),
    (Step.SIGN.value, pgettext_lazy("purchase step", "Contract signed")),
    (Step.HAND_OVER.value, pgettext_lazy("purchase step", "Handed over")),
    (Step.RELEASE.value, pgettext_lazy("purchase step", "Hold released")),
    (Step.EXPIRE.value, pgettext_lazy("purchase step", "Ran out")),
    (Step.OVERRIDE.value, pgettext_lazy("purchase step", "Hold taken away")),
    (Step.CANCEL.value, pgettext_lazy("purchase step", "Cancelled")),
    (Step.UNSIGN.value, pgettext_lazy("purchase step", "Signature taken back")),
    (Step.CHANGE_UNIT.value, pgettext_lazy("purchase step", "Unit changed")),
    (Step.CHANGE_NAME.value, pgettext_lazy("purchase step", "Name changed")),
]
PARTY_ROLES = [("buyer", _("Buyer")), ("co_buyer", _("Co-buyer"))]
