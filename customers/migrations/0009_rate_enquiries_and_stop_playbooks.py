from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_keep_what_is_known")]

    operations = [
        migrations.AddField(
            model_name="lead",
            name="complexity",
            field=models.CharField(
                blank=True,
                choices=[("simple", "Simple"), ("standard", "Standard"), ("complex", "Complex")],
                db_default="",
                max_length=8,
                verbose_name="complexity",
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="level",
            field=models.CharField(
                blank=True,
                choices=[
                    ("front_desk", "Front desk"),
                    ("senior", "Senior consultant"),
                    ("specialist", "Specialist"),
                    ("manager", "Manager"),
                ],
                db_default="",
                max_length=10,
                verbose_name="answered by",
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="urgency",
            field=models.CharField(
                blank=True,
                choices=[("routine", "Routine"), ("urgent", "Urgent")],
                db_default="",
                max_length=8,
                verbose_name="urgency",
            ),
        ),
        migrations.AddField(
            model_name="playbookrun",
            name="stop_reason",
            field=models.CharField(
                blank=True, db_default="", help_text="why somebody stopped it", max_length=200
            ),
        ),
    ]
