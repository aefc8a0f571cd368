"""Keep the cut scores of each run, and room on the pages of grades for rewriting rows in place."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("customers", "0004_fill_vocabulary"),
    ]

    operations = [
        migrations.AddField(
            model_name="regraderun",
            name="cutoffs",
            field=models.JSONField(
                default=list, help_text="per region the lowest score of each grade, in hundredths"
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE customers_customergrade SET (fillfactor = 70)",
            "ALTER TABLE customers_customergrade RESET (fillfactor)",
        ),
    ]
