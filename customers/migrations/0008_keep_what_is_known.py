"""Behaviour events and registered wishes are only added to; fields of the company get a category.

Both triggers let a merge move rows to another customer. An UPDATE of anything else is refused,
whoever asks (CUS-32, CUS-33); deleting happens with the customer only.
"""

from django.db import migrations, models

REFUSE = """
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
ALLOW = """
DROP TRIGGER behaviour_event_never_changes ON customers_behaviourevent;
DROP TRIGGER intent_registration_never_changes ON customers_intentregistration;
DROP FUNCTION customers_known_never_changes();
"""
CATEGORIES = ["basic", "purchase", "preference", "history", "contact", "payment", "credit"]


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_add_channel_opt_out")]
    operations = [
        migrations.AlterModelOptions(
            name="fieldevent",
            options={
                "default_permissions": (),
                "permissions": [
                    ("view_sensitive", "See income, payment method and credit status"),
                    ("view_data_categories", "See the categories of customer data"),
                    ("set_data_category", "Set the category of a field the company added"),
                ],
            },
        ),
        migrations.AddField(
            model_name="customfield",
            name="category",
            field=models.CharField(
                blank=True,
                choices=[(category, category) for category in CATEGORIES],
                db_default="",
                default="",
                help_text="category of the data; empty: contact details if personal, else basic",
                max_length=12,
            ),
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
