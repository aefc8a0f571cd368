"""The orders of the customer list have an index each."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_fill_vocabulary")]

    operations = [
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["sort_key", "id"], name="customer_by_name"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                models.F("last_contact_at").desc(nulls_last=True),
                models.F("id").desc(),
                name="customer_by_last_contact",
            ),
        ),
    ]
