"""Lets tests with real transactions empty the database, whose audit tables refuse it.

Only the emptying after such a test runs with triggers off; the test itself meets them.
"""

from collections.abc import Sequence

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Wrap the statement by which Django empties tables after a test."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    original = DatabaseOperations.execute_sql_flush

    def without_triggers(self: DatabaseOperations, sql_list: Sequence[str]) -> None:
        switched = ["SET LOCAL session_replication_role = replica", *sql_list]
        original(self, switched)

    DatabaseOperations.execute_sql_flush = without_triggers
