"""Entries of the ledger of win-back are only ever added (CUS-103)."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION analytics_winback_entry_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries of win-back never change (entry %)', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'winback_entry_never_changes';
END $$;
CREATE TRIGGER winback_entry_never_changes
    BEFORE UPDATE OR DELETE ON analytics_winbackentry FOR EACH ROW
    EXECUTE FUNCTION analytics_winback_entry_never_changes();
"""
ALLOW = """
DROP TRIGGER winback_entry_never_changes ON analytics_winbackentry;
DROP FUNCTION analytics_winback_entry_never_changes();
"""


class Migration(migrations.Migration):
    dependencies = [("analytics", "0004_winback")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
