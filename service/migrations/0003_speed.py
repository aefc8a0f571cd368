"""An index for the columns of the board, each read in its own order."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("service", "0002_guard_rows")]

    operations = [
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["state", "rank", "opened_at", "id"], name="ticket_by_state"),
        ),
    ]
