"""Tables without their indexes and constraints while much is written into them."""

import contextlib
from collections.abc import Iterator, Sequence

# Foreign keys come first when taken away and last when put back; those of other tables that point
# to one of these go as well.
CONSTRAINTS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid), contype = 'f'
FROM pg_constraint
WHERE contype IN ('p', 'u', 'f') AND (conrelid = ANY(%(tables)s::regclass[])
    OR confrelid = ANY(%(tables)s::regclass[]))
ORDER BY contype <> 'f', conrelid, oid
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY(%(tables)s::regclass[]) AND NOT EXISTS (
    SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
ORDER BY indrelid, indexrelid
"""


@contextlib.contextmanager
def bare(cursor, tables: Sequence[str]) -> Iterator[None]:
    """Take indexes, keys and foreign keys of the tables away; build them again at the end."""
    values = {"tables": list(tables)}
    cursor.execute(CONSTRAINTS, values)
    constraints = cursor.fetchall()
    cursor.execute(INDEXES, values)
    indexes = cursor.fetchall()
    for table, name, _definition, _is_foreign in constraints:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for is_foreign in (False, True):
        for table, name, definition, foreign in constraints:
            if foreign == is_foreign:
                cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        if not is_foreign:
            for _name, definition in indexes:
                cursor.execute(definition)
