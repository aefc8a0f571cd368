"""The keyed indexes under which encrypted phones, ID numbers and addresses are found (PLT-01)."""

from crm_site.common.crypto import blind_index
from customers.rules.phones import phone_tail


def phone_index(e164: str) -> bytes:
    """Return the index of a canonical number; equal numbers, equal indexes."""
    return blind_index(e164, scope="phone")


def phone_tail_index(e164: str) -> bytes:
    """Return the index of the last four digits of a canonical number."""
    return tail_index(phone_tail(e164))


def tail_index(four_digits: str) -> bytes:
    """Return the index under which numbers that end in ``four_digits`` are found."""
    return blind_index(four_digits, scope="phone-tail")


def id_number_index(number: str) -> bytes:
    """Return the index of a canonical ID number."""
    return blind_index(number, scope="id-number")


def contact_index(kind: str, value: str) -> bytes:
    """Return the index of a further contact; a second phone shares the scope of first phones."""
    return phone_index(value) if kind == "phone" else blind_index(value, scope=kind)


def phone_columns(e164: str | None) -> dict[str, str | bytes | None]:
    """Return the three columns that hold a phone; all ``None`` without one."""
    if e164 is None:
        return {"phone": None, "phone_index": None, "phone_tail_index": None}
    return {
        "phone": e164,
        "phone_index": phone_index(e164),
        "phone_tail_index": phone_tail_index(e164),
    }
