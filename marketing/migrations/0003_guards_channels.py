"""Entries of commission, breaches and what happened with partners are only added."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION marketing_channels_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER commission_entry_never_changes
    BEFORE UPDATE OR DELETE ON marketing_commissionentry
    FOR EACH ROW EXECUTE FUNCTION marketing_channels_only_added();

CREATE TRIGGER partner_breach_never_changes
    BEFORE UPDATE OR DELETE ON marketing_partnerbreach
    FOR EACH ROW EXECUTE FUNCTION marketing_channels_only_added();
"""
ALLOW = """
DROP TRIGGER commission_entry_never_changes ON marketing_commissionentry;
DROP TRIGGER partner_breach_never_changes ON marketing_partnerbreach;
DROP FUNCTION marketing_channels_only_added();
"""


class Migration(migrations.Migration):
    dependencies = [("marketing", "0002_guards_campaigns")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
