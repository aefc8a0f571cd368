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
            name='RegisterEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('register', models.SlugField(db_index=False, help_text='key of a definition', max_length=40)),
                ('subject_kind', models.CharField(blank=True, max_length=40)),
                ('subject_id', models.BigIntegerField(null=True)),
                ('title', models.CharField(max_length=200, verbose_name='What')),
                ('state', models.CharField(default='open', help_text="open, or an outcome's key", max_length=20)),
                ('due_at', models.DateTimeField(null=True)),
                ('is_binding', models.BooleanField(default=True, help_text='missing the due time is a breach')),
                ('next_step_at', models.DateTimeField(help_text='next reminder or alert', null=True)),
                ('review_on', models.DateField(null=True)),
                ('values', models.JSONField(default=dict, help_text="by the keys of the definition's fields")),
                ('evidence', models.TextField(blank=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='register_entries', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['register', 'state', 'due_at'], name='register_by_due'), models.Index(fields=['subject_kind', 'subject_id'], name='register_by_subject'), models.Index(fields=['owner', 'state'], name='register_by_owner'), models.Index(condition=models.Q(('next_step_at__isnull', False), ('state', 'open')), fields=['next_step_at'], name='register_next_step')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='register_entry_closed_has_time'), models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(('evidence', ''), _negated=True), _connector='OR'), name='register_entry_closed_has_evidence'), models.CheckConstraint(condition=models.Q(models.Q(('subject_id__isnull', True), ('subject_kind', '')), models.Q(models.Q(('subject_kind', ''), _negated=True), ('subject_id__isnull', False)), _connector='OR'), name='register_entry_subject_is_whole')],
            },
        ),
        migrations.CreateModel(
            name='RegisterEffect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(max_length=10)),
                ('due_at', models.DateTimeField(help_text='the due time it was about')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='effects', to='registers.registerentry')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('entry', 'step', 'due_at'), name='register_effect_once_per_step')],
            },
        ),
        migrations.CreateModel(
            name='RegisterEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('added', 'Added'), ('changed', 'Changed'), ('closed', 'Closed'), ('moved', 'Handed to another person'), ('reviewed', 'Reviewed')], max_length=10)),
                ('changes', models.JSONField(default=dict, help_text='field -> [before, after]')),
                ('note', models.TextField(blank=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='registers.registerentry')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['entry', '-at'], name='register_event_by_entry')],
            },
        ),
    ]
