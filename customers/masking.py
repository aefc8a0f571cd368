"""Who sees which part of a phone number: the one place that pages, API and exports ask (A-24)."""

from typing import Any

from crm_site.audit.seen import note
from crm_site.staff.rules.organisation import PhoneAccess
from customers.models import CustomerShare
from customers.rules.phones import mask_phone, show_phone

EMPTY = "--"
HIDDEN = "****"


def may_see_phone(user: Any, customer: Any) -> bool:
    """Return whether ``user`` sees the number in full without asking: consultants, of their own."""
    if not user.is_authenticated:
        return False
    if user.role_definition.phone is not PhoneAccess.OWN:
        return False
    if user.pk in (customer.owner_id, customer.backup_id):
        return True
    return customer.owner_id is not None and customer.pk in _taken_over(user)


def _taken_over(user: Any) -> frozenset[int]:
    """Return the customers whose offer ``user`` accepted (CUS-53); read once per request."""
    found: frozenset[int] | None = getattr(user, "taken_over_customers", None)
    if found is None:
        accepted = CustomerShare.objects.filter(accepted_by=user.pk, state="accepted")
        found = user.taken_over_customers = frozenset(accepted.values_list("customer", flat=True))
    return found


def may_reveal_phone(user: Any, customer: Any) -> bool:
    """Return whether ``user`` may have the number shown, with a reason if it is not their own."""
    if may_see_phone(user, customer):
        return True
    is_revealer = user.is_authenticated and user.role_definition.phone is PhoneAccess.REVEAL
    return is_revealer and user.has_perm("customers.reveal_phone")


def phone_for(user: Any, customer: Any) -> str:
    """Return the customer's phone as ``user`` sees it; ``--`` without a phone."""
    return number_for(user, customer, customer.phone)


def number_for(user: Any, customer: Any, number: str | None) -> str:
    """Return any phone number of ``customer`` as ``user`` sees it; ``--`` for none."""
    if not number:
        return EMPTY
    if may_see_phone(user, customer):
        note(user, kind="customer", pk=customer.pk, field="phone")
        return show_phone(number)
    if not user.is_authenticated or user.role_definition.phone is PhoneAccess.NONE:
        return HIDDEN
    return mask_phone(number)


def private_for(user: Any, customer: Any, value: Any) -> Any:
    """Return an ID number, income or address for those who see the phone; ``****`` for others."""
    if value in (None, ""):
        return EMPTY
    if not may_see_phone(user, customer):
        return HIDDEN
    note(user, kind="customer", pk=customer.pk, field="contact")
    return value
