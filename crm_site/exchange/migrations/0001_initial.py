import crm_site.common.fields
import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('approvals', '0001_initial'),
        ('staff', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='key of a registered importer', max_length=30)),
                ('state', models.CharField(choices=[('uploaded', 'Uploaded'), ('checking', 'Checking'), ('checked', 'Checked'), ('writing', 'Writing'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled'), ('reverting', 'Being reverted'), ('reverted', 'Reverted')], default='uploaded', max_length=10)),
                ('file_name', models.CharField(max_length=200)),
                ('file_digest', models.CharField(max_length=64)),
                ('encoding', models.CharField(blank=True, max_length=12)),
                ('signature', models.CharField(blank=True, help_text='digest of the headers', max_length=64)),
                ('columns', models.JSONField(default=list, help_text='per column: header, kind, spelling of dates')),
                ('mapping', models.JSONField(default=dict, help_text='column header -> field key')),
                ('options', models.JSONField(default=dict)),
                ('rows_total', models.PositiveIntegerField(default=0)),
                ('rows_done', models.PositiveIntegerField(default=0)),
                ('parts_total', models.PositiveIntegerField(default=0)),
                ('parts_done', models.PositiveIntegerField(default=0)),
                ('counts', models.JSONField(default=dict, help_text='created, updated, unchanged, repeated, bad')),
                ('findings', models.JSONField(default=dict, help_text='what else the rows bring: new words, projects, unknown owners')),
                ('error', models.CharField(blank=True, max_length=300)),
                ('heartbeat_at', models.DateTimeField(help_text='last sign of the worker on this job', null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finished_at', models.DateTimeField(null=True)),
                ('parts_reverted', models.PositiveIntegerField(default=0)),
                ('revert_counts', models.JSONField(default=dict, help_text='removed, enquiries, restored, kept')),
                ('reverted_at', models.DateTimeField(null=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'permissions': [('import_customer', 'Import customers'), ('import_staff', 'Import staff')],
                'default_permissions': (),
                'indexes': [models.Index(fields=['author', '-id'], name='import_by_author'), models.Index(fields=['file_digest'], name='import_by_digest'), models.Index(fields=['kind', 'signature', '-id'], name='import_by_signature')],
            },
        ),
        migrations.CreateModel(
            name='ImportKept',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.PositiveIntegerField(help_text='row of the sheet; its first row is 1')),
                ('subject_id', models.BigIntegerField(help_text="key of the record, of the importer's kind")),
                ('code', models.CharField(max_length=40)),
                ('fields', models.JSONField(default=list, help_text='names of fields that were kept')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='kept', to='exchange.importjob')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['job', 'id'], name='import_kept_by_job')],
            },
        ),
        migrations.CreateModel(
            name='ImportPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='from 0')),
                ('first_row', models.PositiveIntegerField()),
                ('rows', models.PositiveIntegerField()),
                ('content', crm_site.common.fields.EncryptedTextField(help_text='JSON: a list of [row number, cells]')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='exchange.importjob')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('job', 'number'), name='import_part_once')],
            },
        ),
        migrations.CreateModel(
            name='ImportRowError',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.PositiveIntegerField(help_text='row of the sheet; its first row is 1')),
                ('column', models.CharField(blank=True, max_length=120)),
                ('code', models.CharField(max_length=40)),
                ('params', models.JSONField(default=dict, help_text='no personal data')),
                ('is_warning', models.BooleanField(default=False, help_text='the row is written all the same')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='row_errors', to='exchange.importjob')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['job', 'row'], name='import_error_by_row')],
            },
        ),
        migrations.CreateModel(
            name='ImportTrace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='from 0, in the order of writing')),
                ('rows', models.PositiveIntegerField()),
                ('content', crm_site.common.fields.EncryptedTextField(help_text='JSON of the importer: keys, values before and after')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='traces', to='exchange.importjob')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('job', 'number'), name='import_trace_once')],
            },
        ),
        migrations.CreateModel(
            name='ExportJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='key of a registered exporter', max_length=30)),
                ('state', models.CharField(choices=[('waiting', 'Waiting for approval'), ('queued', 'Queued'), ('running', 'Being made'), ('done', 'Ready'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('failed', 'Failed'), ('expired', 'Expired')], max_length=10)),
                ('reason', models.CharField(max_length=300)),
                ('query', crm_site.common.fields.EncryptedTextField(help_text='the query string of the list; may hold a phone number')),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ('rows_asked', models.PositiveIntegerField(help_text='rows of the list when it was asked for')),
                ('rows_done', models.PositiveIntegerField(default=0)),
                ('subject_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, help_text='what the file holds', size=None)),
                ('file', crm_site.common.fields.EncryptedTextField(help_text='the workbook in base64', null=True)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('heartbeat_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finished_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='export', to='approvals.approval')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'permissions': [('export_customer', 'Export customers with approval'), ('approve_export', 'Approve exports')],
                'default_permissions': (),
                'indexes': [models.Index(fields=['author', '-id'], name='export_by_author'), models.Index(fields=['author', 'finished_at'], name='export_by_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(('file', None), ('expires_at__isnull', False), _connector='OR'), name='export_file_has_end')],
            },
        ),
    ]
