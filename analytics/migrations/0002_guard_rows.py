"""Entries of the ledgers of win-back and incentives are only ever added (CUS-103, ANA-37)."""

from django.db import migrations

LEDGERS = {
    "analytics_winbackentry": ("winback_entry_never_changes", "entries of win-back"),
    "analytics_incentiveentry": ("incentive_never_changes", "entries of incentives"),
}
REFUSE = """
CREATE FUNCTION analytics_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{words} never change (entry %)', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
END $$;
CREATE TRIGGER {name}
    BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW
    EXECUTE FUNCTION analytics_{name}();
"""
ALLOW = """
DROP TRIGGER {name} ON {table};
DROP FUNCTION analytics_{name}();
"""


def guard(table: str, name: str, words: str) -> migrations.RunSQL:
    """Return what refuses changes of the rows of a ledger."""
    parts = {"table": table, "name": name, "words": words}
    return migrations.RunSQL(REFUSE.format(**parts), ALLOW.format(**parts))


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_initial")]

    operations = [guard(table, *words) for table, words in LEDGERS.items()]
