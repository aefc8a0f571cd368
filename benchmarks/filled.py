"""Whether a database is one of ours, filled to the wanted size, or has to be filled anew.

A comment on the database says so. One without it that holds people is somebody's, and refused.
"""

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from benchmarks.fill import fill

MARK = "filled for benchmarks, customers: "


def is_usable(customers: int) -> bool:
    """Return whether the database holds that company; empty it where it holds another of ours.

    One whose migrations are not those on disk is emptied too.
    """
    mark = _mark()
    if not mark.startswith(MARK):
        return False
    loader = MigrationLoader(connection)
    if mark == f"{MARK}{customers}" and not set(loader.applied_migrations) - set(
        loader.disk_migrations
    ):
        return True
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        cursor.execute(f"COMMENT ON DATABASE {_name(cursor)} IS NULL")
    return False


def fill_and_mark(customers: int) -> None:
    """Fill the migrated, empty database and mark it as filled."""
    fill(customers)
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON DATABASE {_name(cursor)} IS '{MARK}{customers}'")


def _mark() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database"
            " WHERE datname = current_database()"
        )
        return str(cursor.fetchone()[0])


def _name(cursor) -> str:
    cursor.execute("SELECT quote_ident(current_database())")
    return str(cursor.fetchone()[0])
