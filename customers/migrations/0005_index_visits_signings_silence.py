"""Visits and signings of a month, and who was not spoken to for longest, are found by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_add_order_indexes")]

    operations = [
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["last_contact_at", "id"], name="customer_by_silence"),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                fields=["customer", "-at"],
                name="interaction_visits",
                condition=models.Q(channel="visit") | models.Q(result="visited"),
            ),
        ),
        migrations.AddIndex(
            model_name="leadevent",
            index=models.Index(
                fields=["at"],
                name="lead_event_signings",
                condition=models.Q(kind="state", to_value="signed"),
            ),
        ),
    ]
