"""Entries of incentives are only ever added (ANA-37)."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION analytics_incentive_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries of incentives never change (entry %)', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'incentive_never_changes';
END $$;
CREATE TRIGGER incentive_never_changes
    BEFORE UPDATE OR DELETE ON analytics_incentiveentry FOR EACH ROW
    EXECUTE FUNCTION analytics_incentive_never_changes();
"""
ALLOW = """
DROP TRIGGER incentive_never_changes ON analytics_incentiveentry;
DROP FUNCTION analytics_incentive_never_changes();
"""


class Migration(migrations.Migration):
    dependencies = [("analytics", "0002_reviews")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
