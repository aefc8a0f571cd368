"""One writer at a time per kind and stage of the register."""

from django.db import connection


def only_writer(kind: str, stage: str) -> None:
    """Wait until no other transaction changes this model; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"score model {kind}/{stage}"]
        )
