"""What the ledger of claims tells the other parts: the register, the gate, the part."""

from django.utils.translation import gettext_lazy as _

from customers.claims import ledger
from customers.purchase.hooks import PurchasePart, register_gate, register_part
from customers.purchase.rules import Step


def register() -> None:
    """Make everything of this package known; safe to call again."""
    ledger.register()
    register_gate(Step.HAND_OVER, "claims", ledger.unmarked)
    register_part(
        PurchasePart(
            key="claims",
            label=_("What was said, and what was built"),
            url_name="customers:purchase-claims",
            permission=ledger.VIEW,
            order=65,
            state=ledger.part_state,
        )
    )
