"""The words of payments and mortgages in the language of the reader."""

from django.utils.translation import pgettext_lazy

from customers.choices import PAYMENT_METHODS
from customers.payment.rules import ReceiptKind

METHODS = PAYMENT_METHODS
RECEIPT_KINDS = [
    (ReceiptKind.PAYMENT.value, pgettext_lazy("receipt", "Payment")),
    (ReceiptKind.REFUND.value, pgettext_lazy("receipt", "Refund")),
    (ReceiptKind.REVERSAL.value, pgettext_lazy("receipt", "Reversal")),
]
BOOKED_KINDS = RECEIPT_KINDS[:2]  # those somebody types; a reversal names its entry
WAYS = [
    ("transfer", pgettext_lazy("way of payment", "Bank transfer")),
    ("card", pgettext_lazy("way of payment", "Card")),
    ("cash", pgettext_lazy("way of payment", "Cash")),
    ("loan", pgettext_lazy("way of payment", "Loan released by the bank")),
    ("moved", pgettext_lazy("way of payment", "Moved with a change of unit")),
]
