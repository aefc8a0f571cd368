"""The lock on one customer that a withdrawal takes alone, and what it has to stop waits for.

A run over everybody takes one lock instead of thousands: the refusals share it.
"""

from collections.abc import Iterable

from django.db import connection

LOCK_CLASS = 0x434F4E53  # the first key of the advisory locks on customers
REFUSALS = 4_201_024  # the advisory lock that refusals share and a chunk of a run holds alone


def hold_customer(customer_id: int) -> None:
    """Wait for, and keep until the end of the transaction, the right to speak to a customer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, _key(customer_id)])


def hold_against_withdrawal(customer_ids: Iterable[int]) -> None:
    """Wait for withdrawals of these customers under way; later ones wait for this transaction."""
    keys = sorted({_key(pk) for pk in customer_ids})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%s, key) FROM unnest(%s::int[]) AS key",
            [LOCK_CLASS, keys],
        )


def hold_against_refusals() -> None:
    """Wait for refusals of assessment under way; later ones wait for this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REFUSALS])


def refuse_between_chunks() -> None:
    """Wait for the chunk of a run under way, so that it writes nothing about who refuses now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [REFUSALS])


def _key(customer_id: int) -> int:
    """Return the id as the four signed bytes that a two-part advisory lock takes."""
    return (customer_id + 2**31) % 2**32 - 2**31
