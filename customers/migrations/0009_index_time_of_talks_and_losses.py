"""Talks, leads and losses of a span of days are found without reading all of them."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_playbook_triggers")]

    operations = [
        migrations.AddIndex(
            model_name="interaction",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["at"], name="interaction_by_time"
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["received_at"], name="lead_by_receipt"
            ),
        ),
        migrations.AddIndex(
            model_name="leadevent",
            index=models.Index(
                condition=models.Q(("kind", "state"), ("to_value", "lost")),
                fields=["at"],
                name="lead_event_losses",
            ),
        ),
    ]
