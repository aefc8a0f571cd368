"""A company of any size: two thousand demo customers with their history, multiplied in SQL.

A copy keeps project, owner, grade, leads, talks and tasks of its original and takes the name of
another one, so that names, owners and projects mix. Every twentieth customer gets thirty talks
more, so that record pages show full timelines. About four talks a customer: 400,000 at 100,000.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection

ORIGINALS = 2000
SEED = 20_260_101
TALKS_MORE = 30
EVERY = 20
NAME = ("name", "sort_key", "tokens")
# table -> columns that point to a copied row, with the table they point to
TABLES = {
    "customers_customer": {"id": "customers_customer"},
    "customers_customergrade": {"customer_id": "customers_customer"},
    "customers_lead": {"id": "customers_lead", "customer_id": "customers_customer"},
    **{
        table: {"id": table, "customer_id": "customers_customer", "lead_id": "customers_lead"}
        for table in ("customers_interaction", "customers_task", "customers_sourceevent")
    },
    **{
        table: {"id": table, "customer_id": "customers_customer"}
        for table in ("customers_ownershipevent", "customers_classevent", "customers_gradeevent")
    },
    "customers_leadevent": {"id": "customers_leadevent", "lead_id": "customers_lead"},
    "customers_leadclock": {"id": "customers_leadclock", "lead_id": "customers_lead"},
}


@dataclass(frozen=True, slots=True)
class Span:
    """The ids of the originals of one table."""

    lowest: int
    width: int


def fill(customers: int) -> None:
    """Write the demo company and as many copies of its customers as make up ``customers``."""
    times = max(1, customers // ORIGINALS)
    originals = customers // times
    call_command("seed_demo", customers=originals, seed=SEED, verbosity=0)
    copies = times - 1
    with connection.cursor() as cursor:
        spans = {table: _span(cursor, table) for table in TABLES if "id" in TABLES[table]}
        if copies:
            for table, links in TABLES.items():
                _copy(cursor, table, links, spans, copies)
        for table in spans:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )
        _add_talks(cursor)
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")


def _span(cursor, table: str) -> Span:
    cursor.execute(f"SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM {table}")
    lowest, highest = cursor.fetchone()
    return Span(lowest, highest - lowest + 1)


def _copy(
    cursor, table: str, links: Mapping[str, str], spans: Mapping[str, Span], copies: int
) -> None:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND table_schema = current_schema() AND is_generated = 'NEVER'",
        [table],
    )
    columns = [name for (name,) in cursor.fetchall()]
    values = {name: f"t.{name}" for name in columns}
    for name, target in links.items():
        values[name] = f"t.{name} + copy * {spans[target].width}"
    source = f"{table} t"
    if table == "customers_customer":
        values |= {name: f"n.{name}" for name in NAME}
        values["phone_index"] = "decode(md5(t.id || ' ' || copy), 'hex')"
        values["referrer_id"] = "NULL"
        span = spans[table]
        place = f"{span.lowest} + (t.id - {span.lowest} + copy * 7919) % {span.width}"
        source += f" JOIN {table} n ON n.id = {place}"
    picked = ", ".join(values[name] for name in columns)
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {picked}"
        f" FROM generate_series(1, {copies}) copy CROSS JOIN {source}"
    )


def _add_talks(cursor) -> None:
    cursor.execute(
        "INSERT INTO customers_interaction (customer_id, channel, result, content, mood,"
        " next_step, is_automatic, at, author_id, created_at)"
        " SELECT c.id, 'phone', 'reached', '来电咨询 ' || n, '', '', false,"
        " now() - n * interval '1 day', c.owner_id, now()"
        f" FROM customers_customer c, generate_series(1, {TALKS_MORE}) n"
        f" WHERE c.id % {EVERY} = 0 AND c.owner_id IS NOT NULL"
    )
