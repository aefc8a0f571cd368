import django.contrib.postgres.fields
import django.contrib.postgres.indexes
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
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='key of a registered approval kind', max_length=40)),
                ('subject_kind', models.CharField(blank=True, max_length=40)),
                ('subject_id', models.CharField(blank=True, max_length=40)),
                ('title', models.CharField(max_length=200)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('content', models.JSONField(default=dict, help_text='what is signed')),
                ('digest', models.CharField(help_text='SHA-256 of the content', max_length=64)),
                ('steps', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), help_text='a permission per signature', size=None)),
                ('joint', models.BooleanField(default=False, help_text='signed in any order')),
                ('next_permissions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, size=None)),
                ('round', models.PositiveIntegerField(default=1, help_text='changed content starts a new round')),
                ('places', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), help_text="the requester's place and above", size=None)),
                ('state', models.CharField(choices=[('waiting', 'Waiting for signatures'), ('approved', 'Approved'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('expired', 'Expired'), ('used', 'Used')], default='waiting', max_length=10)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('used_at', models.DateTimeField(null=True)),
                ('requester', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['requester', '-id'], name='approval_by_requester'), models.Index(fields=['subject_kind', 'subject_id'], name='approval_by_subject'), models.Index(fields=['state', 'expires_at'], name='approval_by_expiry'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('state', 'waiting')), fields=['next_permissions'], name='approval_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'used'), ('used_at__isnull', False)), models.Q(models.Q(('state', 'used'), _negated=True), ('used_at__isnull', True)), _connector='OR'), name='approval_used_has_time'), models.CheckConstraint(condition=models.Q(('steps__len__gt', 0)), name='approval_asks_somebody')],
            },
        ),
        migrations.CreateModel(
            name='ApprovalSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.PositiveSmallIntegerField(help_text="index into the approval's steps")),
                ('is_refusal', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('digest', models.CharField(help_text='of the content that was signed', max_length=64)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('voided_at', models.DateTimeField(null=True)),
                ('approval', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='signatures', to='approvals.approval')),
                ('requester', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('signer', models.F('requester')), _negated=True), name='approval_not_signed_by_requester'), models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('approval', 'signer'), name='approval_signed_once_per_person'), models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('approval', 'step'), name='approval_signed_once_per_step'), models.CheckConstraint(condition=models.Q(('is_refusal', False), models.Q(('reason', ''), _negated=True), _connector='OR'), name='approval_refusal_has_reason')],
            },
        ),
    ]
