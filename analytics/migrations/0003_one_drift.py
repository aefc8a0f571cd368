"""How scores drift is kept by the watch over the models alone (ANA-48)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("analytics", "0002_guard_rows")]

    operations = [
        migrations.RemoveField(model_name="churnrun", name="drift"),
        migrations.RemoveField(model_name="churnshard", name="bins"),
    ]
