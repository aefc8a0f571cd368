"""No budget holds less than its children and its own committed cost together (MKT-75)."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION marketing_budget_within(node bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    held numeric;
    used numeric;
BEGIN
    -- Whoever changes what is charged to a node holds it; the sums below see what is committed.
    SELECT amount INTO held FROM marketing_budgetnode WHERE id = node FOR NO KEY UPDATE;
    SELECT COALESCE(SUM(amount), 0) INTO used FROM marketing_budgetnode WHERE parent_id = node;
    SELECT used + COALESCE(SUM(amount), 0) INTO used
        FROM marketing_costitem WHERE node_id = node AND state IN ('approved', 'paid');
    IF used > held THEN
        RAISE EXCEPTION 'budget_never_overspent: budget % holds %, % would be charged', node, held, used
            USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_never_overspent';
    END IF;
END $$;

CREATE FUNCTION marketing_guard_node() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parent_id IS NOT NULL THEN
        PERFORM marketing_budget_within(NEW.parent_id);
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.amount < OLD.amount THEN
        PERFORM marketing_budget_within(NEW.id);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION marketing_guard_cost() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.node_id IS NOT NULL AND NEW.state IN ('approved', 'paid') THEN
        PERFORM marketing_budget_within(NEW.node_id);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER budget_never_overspent
    AFTER INSERT OR UPDATE ON marketing_budgetnode FOR EACH ROW
    EXECUTE FUNCTION marketing_guard_node();
CREATE TRIGGER cost_within_budget
    AFTER INSERT OR UPDATE ON marketing_costitem FOR EACH ROW
    EXECUTE FUNCTION marketing_guard_cost();
"""
ALLOW = """
DROP TRIGGER cost_within_budget ON marketing_costitem;
DROP TRIGGER budget_never_overspent ON marketing_budgetnode;
DROP FUNCTION marketing_guard_cost();
DROP FUNCTION marketing_guard_node();
DROP FUNCTION marketing_budget_within(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("marketing", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
