"""What the database refuses whoever asks: receipts, claims on customers and their decisions.

Receipts are reversed by a further row (CUS-70). Of a claim a merge may move the customer and
nothing else changes; a decision never does.
"""

from django.db import migrations

REFUSE_RECEIPTS = """
CREATE FUNCTION customers_receipt_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'receipts never change (receipt %)', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'receipt_never_changes';
END $$;
CREATE TRIGGER receipt_never_changes
    BEFORE UPDATE OR DELETE ON customers_receipt FOR EACH ROW
    EXECUTE FUNCTION customers_receipt_never_changes();
"""
ALLOW_RECEIPTS = """
DROP TRIGGER receipt_never_changes ON customers_receipt;
DROP FUNCTION customers_receipt_never_changes();
"""
REFUSE_CLAIMS = """
CREATE TRIGGER claim_event_never_changes
    BEFORE UPDATE ON customers_claimevent FOR EACH ROW
    WHEN (
        ROW(OLD.id, OLD.case_id, OLD.kind, OLD.party, OLD.at, OLD.facts, OLD.actor_id)
        IS DISTINCT FROM
        ROW(NEW.id, NEW.case_id, NEW.kind, NEW.party, NEW.at, NEW.facts, NEW.actor_id)
    )
    EXECUTE FUNCTION customers_known_never_changes();
CREATE TRIGGER claim_decision_never_changes
    BEFORE UPDATE ON customers_claimdecision FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION customers_known_never_changes();
"""
ALLOW_CLAIMS = """
DROP TRIGGER claim_event_never_changes ON customers_claimevent;
DROP TRIGGER claim_decision_never_changes ON customers_claimdecision;
"""


class Migration(migrations.Migration):
    """Add the triggers."""

    dependencies = [("customers", "0006_units")]

    operations = [
        migrations.RunSQL(REFUSE_RECEIPTS, ALLOW_RECEIPTS),
        migrations.RunSQL(REFUSE_CLAIMS, ALLOW_CLAIMS),
    ]
