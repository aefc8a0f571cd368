"""Entries of a care fund are only ever added (SVC-90)."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION service_care_fund_entry_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries of a fund never change (entry %)', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'care_fund_entry_never_changes';
END $$;
CREATE TRIGGER care_fund_entry_never_changes
    BEFORE UPDATE OR DELETE ON service_carefundentry FOR EACH ROW
    EXECUTE FUNCTION service_care_fund_entry_never_changes();
"""
ALLOW = """
DROP TRIGGER care_fund_entry_never_changes ON service_carefundentry;
DROP FUNCTION service_care_fund_entry_never_changes();
"""


class Migration(migrations.Migration):
    dependencies = [("service", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
