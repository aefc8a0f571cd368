"""The audit trail is only added to: no UPDATE, DELETE or TRUNCATE, whoever asks (A-34)."""

from django.db import migrations

GUARD = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION audit_number_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.transaction := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;

CREATE TRIGGER audit_event_numbered BEFORE INSERT ON audit_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_number_event();
CREATE TRIGGER audit_event_kept BEFORE UPDATE OR DELETE ON audit_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_event_not_emptied BEFORE TRUNCATE ON audit_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_seal_kept BEFORE UPDATE OR DELETE ON audit_auditseal
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_seal_not_emptied BEFORE TRUNCATE ON audit_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""

UNGUARD = """
DROP TRIGGER audit_event_numbered ON audit_auditevent;
DROP TRIGGER audit_event_kept ON audit_auditevent;
DROP TRIGGER audit_event_not_emptied ON audit_auditevent;
DROP TRIGGER audit_seal_kept ON audit_auditseal;
DROP TRIGGER audit_seal_not_emptied ON audit_auditseal;
DROP FUNCTION audit_refuse_change();
DROP FUNCTION audit_number_event();
"""

# Where the application has a database role of its own, that role can only add (docs/rights.md).
GRANT = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anju_app') THEN
        REVOKE ALL ON audit_auditevent, audit_auditseal FROM anju_app;
        GRANT SELECT, INSERT ON audit_auditevent, audit_auditseal TO anju_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(GRANT, migrations.RunSQL.noop),
    ]
