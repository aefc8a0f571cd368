"""The source of a lead is written once: the database refuses to change it, whoever asks (CUS-34)."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION customers_lead_source_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'lead source never changes (lead %)', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'lead_source_never_changes';
END $$;
CREATE TRIGGER lead_source_never_changes
    BEFORE UPDATE ON customers_lead FOR EACH ROW
    WHEN (
        OLD.source IS DISTINCT FROM NEW.source
        OR OLD.campaign IS DISTINCT FROM NEW.campaign
        OR OLD.capture_point IS DISTINCT FROM NEW.capture_point
    )
    EXECUTE FUNCTION customers_lead_source_never_changes();
"""
ALLOW = """
DROP TRIGGER lead_source_never_changes ON customers_lead;
DROP FUNCTION customers_lead_source_never_changes();
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
