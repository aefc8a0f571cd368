from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_kpis"), ("analytics", "0001_scoring")]
    operations: list = []
