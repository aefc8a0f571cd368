"""What the database refuses whoever asks, and room on the pages of grades for rewriting in place.

The source of a lead is written once (CUS-34). Behaviour events and registered wishes are only
added to (CUS-32, CUS-33): both triggers let a merge move rows to another customer, every other
UPDATE is refused, and deleting happens with the customer only.
"""

from django.db import migrations

REFUSE_SOURCE = """
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
ALLOW_SOURCE = """
DROP TRIGGER lead_source_never_changes ON customers_lead;
DROP FUNCTION customers_lead_source_never_changes();
"""
REFUSE_KNOWN = """
CREATE FUNCTION customers_known_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows never change (row %)', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER behaviour_event_never_changes
    BEFORE UPDATE ON customers_behaviourevent FOR EACH ROW
    WHEN (
        ROW(OLD.id, OLD.event_id, OLD.kind, OLD.action, OLD.channel, OLD.facts, OLD.at, OLD.received_at)
        IS DISTINCT FROM
        ROW(NEW.id, NEW.event_id, NEW.kind, NEW.action, NEW.channel, NEW.facts, NEW.at, NEW.received_at)
    )
    EXECUTE FUNCTION customers_known_never_changes();
CREATE TRIGGER intent_registration_never_changes
    BEFORE UPDATE ON customers_intentregistration FOR EACH ROW
    WHEN (
        ROW(OLD.id, OLD.project_id, OLD.layout, OLD.area_min, OLD.area_max, OLD.price_min,
            OLD.price_max, OLD.purpose, OLD.timing, OLD.deciders, OLD.competitors, OLD.obstacle,
            OLD.at, OLD.actor_id)
        IS DISTINCT FROM
        ROW(NEW.id, NEW.project_id, NEW.layout, NEW.area_min, NEW.area_max, NEW.price_min,
            NEW.price_max, NEW.purpose, NEW.timing, NEW.deciders, NEW.competitors, NEW.obstacle,
            NEW.at, NEW.actor_id)
    )
    EXECUTE FUNCTION customers_known_never_changes();
"""
ALLOW_KNOWN = """
DROP TRIGGER behaviour_event_never_changes ON customers_behaviourevent;
DROP TRIGGER intent_registration_never_changes ON customers_intentregistration;
DROP FUNCTION customers_known_never_changes();
"""
ROOM = "ALTER TABLE customers_customergrade SET (fillfactor = 70)"
NO_ROOM = "ALTER TABLE customers_customergrade RESET (fillfactor)"


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE_SOURCE, ALLOW_SOURCE),
        migrations.RunSQL(REFUSE_KNOWN, ALLOW_KNOWN),
        migrations.RunSQL(ROOM, NO_ROOM),
    ]
