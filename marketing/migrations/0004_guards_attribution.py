"""The shares of a contract under a model add up to one whole in every month (MKT-74)."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION marketing_shares_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken bigint;
BEGIN
    -- Once for each statement, whatever it wrote: a run writes a million rows in one.
    SELECT s.purchase_id INTO broken FROM marketing_attributionshare s
        JOIN (SELECT DISTINCT purchase_id, model, month FROM touched) t
            ON t.purchase_id = s.purchase_id AND t.model = s.model AND t.month = s.month
        GROUP BY s.purchase_id, s.model, s.month HAVING sum(s.share) <> 1 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'attribution_shares_whole: shares of purchase % do not add up to 1', broken
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attribution_shares_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER attribution_shares_whole_added
    AFTER INSERT ON marketing_attributionshare REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION marketing_shares_whole();
CREATE TRIGGER attribution_shares_whole_changed
    AFTER UPDATE ON marketing_attributionshare REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION marketing_shares_whole();
CREATE TRIGGER attribution_shares_whole_removed
    AFTER DELETE ON marketing_attributionshare REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION marketing_shares_whole();
"""
ALLOW = """
DROP TRIGGER attribution_shares_whole_removed ON marketing_attributionshare;
DROP TRIGGER attribution_shares_whole_changed ON marketing_attributionshare;
DROP TRIGGER attribution_shares_whole_added ON marketing_attributionshare;
DROP FUNCTION marketing_shares_whole();
"""


class Migration(migrations.Migration):
    dependencies = [("marketing", "0003_guards_channels")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
