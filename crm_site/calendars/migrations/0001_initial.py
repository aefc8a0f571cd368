import crm_site.calendars.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarYear',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('family', models.CharField(default='cn', max_length=8, verbose_name='calendar family')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('days', models.JSONField(verbose_name='days')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('loaded_at', models.DateTimeField(verbose_name='loaded at')),
            ],
            options={
                'verbose_name': 'official calendar year',
                'verbose_name_plural': 'official calendar years',
                'ordering': ['family', 'year', '-version'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('family', 'year', 'version'), name='one_calendar_year_per_version'), models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='calendar_year_version_from_one')],
            },
        ),
        migrations.CreateModel(
            name='WorkCalendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=40, unique=True, verbose_name='key')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('plan', models.JSONField(validators=[crm_site.calendars.models.validate_plan], verbose_name='working hours')),
                ('is_default', models.BooleanField(default=False, verbose_name='default calendar')),
            ],
            options={
                'verbose_name': 'work calendar',
                'verbose_name_plural': 'work calendars',
                'ordering': ['key'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('is_default',), name='one_default_work_calendar')],
            },
        ),
    ]
