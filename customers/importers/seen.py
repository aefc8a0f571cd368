"""Which rows of a file named which customer: kept in the database while the file is tried.

A file of any length takes no more memory, and a trial run that was killed goes on where it was.
"""

import hashlib
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from crm_site.exchange.models import ImportSeen
from customers.importers.copying import copy_rows

KEY_BYTES = 16
Key = bytes | str
Naming = tuple[int, str]  # row of the sheet, name it gives


class SeenKeys:
    """Phones and external ids of the rows so far, each with the rows that named it."""

    def __init__(self, job_id: int) -> None:
        self._job_id = job_id

    def of(self, keys: Iterable[Key]) -> dict[Key, list[Naming]]:
        """Return the rows that named each of ``keys``, in their order; nothing for a new one."""
        digests = {_digest(key): key for key in keys}
        rows = self._rows().filter(key__in=list(digests)).order_by("row")
        found: dict[Key, list[Naming]] = {}
        for digest, row, name in rows.values_list("key", "row", "name"):
            found.setdefault(digests[bytes(digest)], []).append((row, name))
        return found

    def add(self, named: Iterable[tuple[Key, Naming]]) -> None:
        """Remember rows that come after all those added before."""
        rows: Sequence[tuple[bytes, int, str]] = [(_digest(key), *naming) for key, naming in named]
        copy_rows(ImportSeen, ("key", "row", "name"), rows, {"job_id": self._job_id})

    def forget(self) -> None:
        """Delete what was kept."""
        self._rows().delete()

    def _rows(self) -> QuerySet[ImportSeen]:
        return ImportSeen.objects.filter(job=self._job_id)


def _digest(key: Key) -> bytes:
    """Return a phone's index as it is, an external id as a digest that no index equals."""
    if isinstance(key, bytes):
        return key
    return hashlib.blake2b(key.encode(), digest_size=KEY_BYTES, person=b"external-id").digest()
