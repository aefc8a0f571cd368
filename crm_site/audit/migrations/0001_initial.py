import crm_site.audit.models
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('staff', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('after', models.BigIntegerField(help_text='transaction number where the previous seal ended')),
                ('before', models.BigIntegerField(unique=True)),
                ('events', models.PositiveIntegerField()),
                ('digests', models.BinaryField(default=bytes)),
                ('previous_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
                ('sealed_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('kind', models.CharField(help_text='a declared event type', max_length=60)),
                ('role', models.CharField(blank=True, max_length=20)),
                ('subject_kind', models.CharField(blank=True, max_length=40)),
                ('subject_id', models.CharField(blank=True, max_length=40)),
                ('ip', models.GenericIPAddressField(null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('facts', models.JSONField(default=dict, help_text='names of changed fields, counts, file names')),
                ('transaction', models.BigIntegerField(db_default=crm_site.audit.models.CurrentTransaction(), editable=False)),
                ('actor', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subject_kind', 'subject_id', '-at'], name='audit_by_subject'), models.Index(fields=['actor', '-at'], name='audit_by_actor'), models.Index(fields=['kind', '-at'], name='audit_by_kind'), models.Index(fields=['transaction', 'id'], name='audit_seal_order')],
            },
        ),
    ]
