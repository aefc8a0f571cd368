"""The words of signing in the language of the reader."""

from django.utils.translation import pgettext_lazy

from customers.signing.rules import SigningState

STATES = [
    (SigningState.WAITING.value, pgettext_lazy("online signature", "Being sent")),
    (SigningState.SENT.value, pgettext_lazy("online signature", "Waiting for the customer")),
    (SigningState.SIGNED.value, pgettext_lazy("online signature", "Signed")),
    (SigningState.DECLINED.value, pgettext_lazy("online signature", "Declined by the customer")),
    (SigningState.EXPIRED.value, pgettext_lazy("online signature", "Ran out")),
    (SigningState.FAILED.value, pgettext_lazy("online signature", "Not taken by the provider")),
    (SigningState.WITHDRAWN.value, pgettext_lazy("online signature", "Withdrawn")),
]
