"""The words of repair insurance in the language of the reader."""

from django.utils.translation import pgettext_lazy

from customers.insurance.rules import ClaimState

STATES = [
    (ClaimState.CLAIMED.value, pgettext_lazy("insurance claim", "Claimed")),
    (ClaimState.ASSESSED.value, pgettext_lazy("insurance claim", "Assessed")),
    (ClaimState.PAID.value, pgettext_lazy("insurance claim", "Paid")),
    (ClaimState.REPAIRED.value, pgettext_lazy("insurance claim", "Repaired")),
    (ClaimState.REJECTED.value, pgettext_lazy("insurance claim", "Rejected")),
]
