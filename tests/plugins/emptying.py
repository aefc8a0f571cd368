"""Lets tests with real transactions empty the database quickly, and even of its audit trail.

Only the tables that hold rows are emptied: to truncate all of them takes a second and more after
each such test. What migrations and not tests write stays: the word lists, and Django's own tables
of models and permissions, which it would otherwise write anew each time. The triggers that guard
the trail (PLT-03), and those of foreign keys, are off while the tables are emptied; the test itself
meets them.
"""

from collections.abc import Sequence
from typing import Any, Final

import pytest

KEPT: Final = {"customers_vocabularyterm", "django_content_type", "auth_permission"}


def pytest_configure(config: pytest.Config) -> None:
    """Replace the statements by which Django empties tables after a test."""
    from django.core.management.commands import flush
    from django.db.backends.postgresql.operations import DatabaseOperations

    DatabaseOperations.sql_flush = _statements
    flush.emit_post_migrate_signal = _tell_nobody


def _statements(self: Any, style: Any, tables: Sequence[str], **_options: Any) -> list[str]:
    """Return what empties those of ``tables`` that hold rows."""
    filled = _filled(self, sorted(set(tables) - KEPT))
    if not filled:
        return []
    emptied = (f"DELETE FROM {self.quote_name(table)}" for table in filled)  # noqa: S608
    return ["SET LOCAL session_replication_role = replica", *emptied]


def _filled(operations: Any, tables: Sequence[str]) -> list[str]:
    """Return the tables that hold rows."""
    if not tables:
        return []
    asked = " UNION ALL ".join(
        f"SELECT {number} WHERE EXISTS (SELECT 1 FROM {operations.quote_name(table)})"  # noqa: S608
        for number, table in enumerate(tables)
    )
    with operations.connection.cursor() as cursor:
        cursor.execute(asked)
        return [tables[number] for (number,) in cursor.fetchall()]


def _tell_nobody(*_args: Any, **_options: Any) -> None:
    """Leave out what Django writes after migrations: it is kept."""
